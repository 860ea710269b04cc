/**
 * The textbook: the product's libraries put together as their own introductions do it. Apollo's standalone server,
 * TypeGraphQL with class-validator, the rate-limit directive and a DataLoader as documented, MikroORM entities for reads and writes, and every token verified on every request.
 */
import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import DataLoader from 'dataloader';
import { buildSchema as buildFromSdl, type GraphQLDirective, GraphQLError, specifiedDirectives } from 'graphql';
import { rateLimitDirective } from 'graphql-rate-limit-directive';
import { jwtVerify } from 'jose';
import { buildSchema } from 'type-graphql';
import { DATABASE_URL, POOL_SIZE, PORT, TOKEN_KEY } from '../settings.ts';
import { Task } from './task.entity.ts';
import { TaskResolver, type TextbookContext } from './task.resolver.ts';

const orm = await MikroORM.init({ clientUrl: DATABASE_URL, entities: [Task], pool: { max: POOL_SIZE } });
const rateLimit = rateLimitDirective<TextbookContext>({
  keyGenerator: (_directive, _source, _args, { userId }) => userId,
});
const directive = buildFromSdl(`${rateLimit.rateLimitDirectiveTypeDefs} type Query { none: Int }`).getDirective(
  'rateLimit',
);
const schema = rateLimit.rateLimitDirectiveTransformer(
  await buildSchema({
    resolvers: [TaskResolver],
    validate: true,
    directives: [...specifiedDirectives, directive as GraphQLDirective],
  }),
);
const server = new ApolloServer<TextbookContext>({ schema });

await startStandaloneServer(server, {
  listen: { port: PORT, host: '127.0.0.1' },
  context: async ({ req }) => {
    const userId = await userOf(req);
    const em = orm.em.fork();
    return { userId, em, taskById: taskLoader(em) };
  },
});

process.once('SIGTERM', () => process.exit());

function taskLoader(em: EntityManager): DataLoader<string, Task | undefined> {
  return new DataLoader(async (ids) => {
    const tasks = await em.find(Task, { id: { $in: [...ids] }, deletedAt: null });
    const byId = new Map(tasks.map((task) => [task.id, task]));
    return ids.map((id) => byId.get(id));
  });
}

async function userOf(request: IncomingMessage): Promise<string> {
  const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
  try {
    const { payload } = await jwtVerify(token, TOKEN_KEY, { algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] });
    if (payload.sub) return payload.sub;
  } catch {
    // Falls through to the one answer for all bad tokens.
  }
  throw new GraphQLError('unauthenticated', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
}
