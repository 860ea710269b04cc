/**
 * The textbook: the product's libraries put together as their own introductions do it. Apollo's standalone server,
 * TypeGraphQL's defaults, MikroORM entities for reads and writes, and every token verified on every request.
 */
import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { MikroORM } from '@mikro-orm/postgresql';
import { GraphQLError } from 'graphql';
import { jwtVerify } from 'jose';
import { buildSchema } from 'type-graphql';
import { DATABASE_URL, POOL_SIZE, PORT, TOKEN_KEY } from '../settings.ts';
import { Task } from './task.entity.ts';
import { TaskResolver, type TextbookContext } from './task.resolver.ts';

const orm = await MikroORM.init({ clientUrl: DATABASE_URL, entities: [Task], pool: { max: POOL_SIZE } });
const schema = await buildSchema({ resolvers: [TaskResolver] });
const server = new ApolloServer<TextbookContext>({ schema });

await startStandaloneServer(server, {
  listen: { port: PORT, host: '127.0.0.1' },
  context: async ({ req }) => ({ userId: await userOf(req), em: orm.em.fork() }),
});

process.once('SIGTERM', () => process.exit());

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
