import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RARE, READS, WRITES } from '../core/rate-limits.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { actorOf } from '../http/actor.ts';
import { originOf } from '../http/origin.ts';
import { problems } from '../http/problem.ts';
import { bodyOf } from '../http/snake-case.ts';
import { updateUserInput } from './user.inputs.ts';
import type { UserService } from './user.service.ts';
import type { UserRow } from './user.store.ts';

const tags = ['account'];
const text = (maxLength: number) => z.string().meta({ maxLength, pattern: TEXT_PATTERN });

const userResource = z
  .object({
    id: text(255).describe("The token's subject."),
    email: text(320).nullable(),
    name: text(255).nullable(),
    created_at: z.iso.datetime().meta({ maxLength: 24, description: 'When the user was first seen here.' }),
    time_zone: z
      .string()
      .meta({ maxLength: 64, pattern: '^[A-Za-z0-9_+/-]+$' })
      .nullable()
      .describe('Where the days of the user begin: an IANA time zone; UTC where it is null.'),
  })
  .meta({ id: 'User', description: 'The user that the token names.' });

const userUpdate = z
  .strictObject({ time_zone: updateUserInput.shape.timeZone.describe('An IANA time zone such as Europe/Berlin.') })
  .meta({ id: 'UserUpdate', description: 'Changes of the account.' });

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
        return toResource(await users.profile(actorOf(request)));
      },
    );

    scope.patch(
      '/auth/me',
      {
        config: { rateLimit: WRITES },
        schema: {
          tags,
          operationId: 'updateMe',
          summary: 'Change what the user has said of themselves here',
          description: 'Fields that are absent stay as they are, and `null` clears.',
          body: userUpdate,
          response: { 200: userResource.describe('The account'), ...problems(413) },
        },
      },
      async (request) => toResource(await users.update(actorOf(request), bodyOf(request.body))),
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

function toResource({ id, email, name, createdAt, timeZone }: UserRow): z.output<typeof userResource> {
  return { id, email, name, created_at: createdAt, time_zone: timeZone };
}
