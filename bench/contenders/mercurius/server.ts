/**
 * Mercurius, the GraphQL plugin of Fastify, with its just-in-time compiler on from the first execution, and
 * hand-written SQL in named prepared statements.
 */
import { fastify } from 'fastify';
import mercurius from 'mercurius';
import { PORT } from '../settings.ts';
import { userOf } from '../tokens.ts';
import { resolvers } from './resolvers.ts';
import { SCHEMA } from './schema.ts';

const app = fastify();

app.decorateRequest('userId', '');
app.addHook('onRequest', async (request, reply) => {
  const userId = await userOf(request.headers.authorization);
  if (userId === undefined) return reply.code(401).send({ code: 'UNAUTHENTICATED' });
  request.setDecorator('userId', userId);
  return undefined;
});

await app.register(mercurius, {
  schema: SCHEMA,
  resolvers,
  jit: 1,
  context: (request) => ({ userId: request.getDecorator<string>('userId') }),
});
await app.listen({ port: PORT, host: '127.0.0.1' });

process.once('SIGTERM', () => process.exit());
