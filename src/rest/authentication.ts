import type { FastifyInstance } from 'fastify';
import type { Authenticator } from '../auth/authenticator.ts';
import type { RateLimits } from '../core/rate-limits.ts';
import { setActor } from '../http/actor.ts';
import { rateLimitHeaders } from '../http/error-headers.ts';

/** Lets only authenticated requests reach the routes of this scope, and counts each against its rate limit. */
export function requireActor(scope: FastifyInstance, authenticator: Authenticator, rateLimits: RateLimits): void {
  scope.addHook('onRequest', async (request, reply) => {
    const actor = await authenticator.authenticate(request.raw);
    setActor(request, actor);
    const { rateLimit } = request.routeOptions.config;
    const state = rateLimit && (await rateLimits.consume(rateLimit, actor.userId));
    if (state) reply.headers(rateLimitHeaders(state));
  });
}
