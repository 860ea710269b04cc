import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RARE, READS } from '../core/rate-limits.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { actorOf } from '../http/actor.ts';
import { originOf } from '../http/origin.ts';
import { problems } from '../http/problem.ts';
import type { UserService } from './user.service.ts';

const tags = ['account'];
const text = (maxLength: number) => z.string().meta({ maxLength, pattern: TEXT_PATTERN });

const userResource = z
  .object({
    id: text(255).describe("The token's subject."),
    email: text(320).nullable(),
    name: text(255).nullable(),
    created_at: z.iso.datetime().meta({ maxLength: 24, description: 'When the user was first seen here.' }),
  })
  .meta({ id: 'User', description: 'The user that the token names.' });

/** The account over REST. */
export function userRoutes(users: UserService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/auth/me',
      {
        config: { rateLimit: READS },
        schema: {
          tags,
          operationId: 'getMe',
          summary: 'Who the token names',
          description: 'The account as this server knows it: what its tokens said last.',
          response: { 200: userResource.describe('The account'), ...problems() },
        },
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
          operationId: 'revokeTokens',
          summary: 'Sign out everywhere: end every token issued before',
          description:
            'Every token of the user that was issued before this request is refused from now on, this one too.',
          response: { 204: z.null().describe('Done'), ...problems() },
        },
      },
      async (request, reply) => {
        await users.revokeTokens(actorOf(request), originOf(request.raw));
        return reply.code(204).send(null);
      },
    );

    scope.delete(
      '/auth/me',
      {
        config: { rateLimit: RARE },
        schema: {
          tags,
          operationId: 'deleteMe',
          summary: 'Erase the account and all its data, for good',
          description: 'There is no way back. The tokens of the account are refused from now on.',
          response: { 204: z.null().describe('Done'), ...problems() },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        await users.deleteAccount(actor, actor.userId, originOf(request.raw));
        return reply.code(204).send(null);
      },
    );
    done();
  };
}
