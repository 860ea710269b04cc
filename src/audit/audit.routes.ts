import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { READS } from '../core/rate-limits.ts';
import { SECURITY_DETAILS, SECURITY_EVENTS, SECURITY_OUTCOMES } from '../core/security-events.ts';
import { actorOf } from '../http/actor.ts';
import { pageLinks, pageOf, pageParameters } from '../http/paging.ts';
import { problems } from '../http/problem.ts';
import type { AuditEvent } from './audit.event.ts';
import type { AuditService } from './audit.service.ts';

const moment = z.iso.datetime().meta({ maxLength: 24 });

const eventResource = z
  .object({
    id: z.uuid().meta({ maxLength: 36 }),
    event: z.enum(SECURITY_EVENTS).describe('What happened.'),
    outcome: z.enum(SECURITY_OUTCOMES).describe('How it ended.'),
    detail: z.enum(SECURITY_DETAILS).nullable().describe('What more there is to say of it.'),
    address: z
      .string()
      .meta({ maxLength: 45, pattern: '^[0-9a-z.:]+$' })
      .nullable()
      .describe('Network address that the request came from.'),
    request_id: z
      .string()
      .meta({ maxLength: 128, pattern: '^[\\w.:+/=-]+$' })
      .nullable()
      .describe('Names the request, as `X-Request-Id` of its answer did.'),
    occurrences: z
      .int32()
      .min(1)
      .meta({ format: 'int32' })
      .describe('How many equal events this one stands for; more than 1 after many within a minute.'),
    occurred_at: moment.describe('When it happened; of several, the first time.'),
    last_at: moment.describe('When it happened last.'),
  })
  .meta({ id: 'SecurityEvent', description: 'Something that concerns the safety of the account.' });

const eventPage = pageOf(eventResource, 'Events').meta({
  id: 'SecurityEventPage',
  description: 'A page of the security events of the user, newest first.',
});

/** The user's own security events over REST. */
export function auditRoutes(audit: AuditService): FastifyPluginCallbackZod {
  return (scope, _options, done) => {
    scope.get(
      '/auth/events',
      {
        config: { rateLimit: READS },
        schema: {
          tags: ['account'],
          operationId: 'listEvents',
          summary: 'What concerned the safety of the account',
          description:
            'Signing in, refused tokens, denied access and the like, newest first; the `Link` header leads to the other pages.',
          querystring: z.strictObject(pageParameters('Events')),
          response: { 200: eventPage.describe('A page of events'), ...problems() },
        },
      },
      async (request, reply) => {
        const { page, limit } = request.query;
        const result = await audit.offsetPage(actorOf(request), { page: Number(page), limit: Number(limit) });
        reply.header('link', pageLinks(request.url, result));
        return { ...result, items: result.items.map(toResource) };
      },
    );
    done();
  };
}

function toResource(event: AuditEvent): z.output<typeof eventResource> {
  const { requestId, occurredAt, lastAt, ...same } = event;
  return { ...same, request_id: requestId, occurred_at: occurredAt, last_at: lastAt };
}
