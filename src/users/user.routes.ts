import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RARE, READS } from '../core/rate-limits.ts';
import { actorOf } from '../http/actor.ts';
import { problems } from '../http/problem.ts';
import type { UserService } from './user.service.ts';

const tags = ['account'];

const userResource = z
  .object({
    id: z.string().describe("The token's subject."),
    email: z.string().nullable(),
    name: z.string().nullable(),
    created_at: z.iso.datetime().describe('When the user was first seen here.'),
  })
  .meta({ id: 'User', description: 'The user that the token names.' });

/** The account over REST. */
export function userRoutes(users: UserService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/auth/me',
      {
        config: { rateLimit: READS },
        schema: { tags, summary: 'Who the token names', response: { 200: userResource, ...problems() } },
      },
      async (request) => {
        const { id, email, name, createdAt } = await users.profile(actorOf(request));
        return { id, email, name, created_at: createdAt };
      },
    );

    scope.post(
      '/auth/revoke',
      {
        config: { rateLimit: RARE },
        schema: {
          tags,
          summary: 'Sign out everywhere: end every token issued before',
          response: { 204: z.null().describe('Done'), ...problems() },
        },
      },
      async (request, reply) => {
        await users.revokeTokens(actorOf(request));
        return reply.code(204).send(null);
      },
    );

    scope.delete(
      '/auth/me',
      {
        config: { rateLimit: RARE },
        schema: {
          tags,
          summary: 'Erase the account and all its data, for good',
          response: { 204: z.null().describe('Done'), ...problems() },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        await users.deleteAccount(actor, actor.userId);
        return reply.code(204).send(null);
      },
    );
    done();
  };
}
