import type { FastifyInstance } from 'fastify';
import type { Authenticator } from '../auth/authenticator.ts';
import type { RateLimits } from '../core/rate-limits.ts';
import { setActor } from '../http/actor.ts';
import { rateLimitHeaders } from '../http/error-headers.ts';
import { recordOf } from '../http/request-record.ts';

/** Lets only authenticated requests reach the routes of this scope, and counts each against its rate limit. */
export function requireActor(scope: FastifyInstance, authenticator: Authenticator, rateLimits: RateLimits): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, operationId: route.schema?.operationId };
  });
  scope.addHook('onRequest', async (request, reply) => {
    const record = recordOf(request.raw);
    const { rateLimit, operationId } = request.routeOptions.config;
    record.operation = operationId;
    const actor = await authenticator.authenticate(request.raw);
    setActor(request, actor);
    record.userId = actor.userId;
    const state = rateLimit && (await rateLimits.consume(rateLimit, actor.userId));
    if (state) reply.headers(rateLimitHeaders(state));
  });
}
