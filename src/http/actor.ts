import type { FastifyRequest } from 'fastify';
import type { ConnectedActor } from '../core/actor.ts';
import type { RateLimit } from '../core/rate-limits.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** what a route that acts for a user counts against */
    rateLimit?: RateLimit;
    /** names the operation, as in the OpenAPI document */
    operationId?: string | undefined;
  }
}

const actors = new WeakMap<FastifyRequest, ConnectedActor>();

export function setActor(request: FastifyRequest, actor: ConnectedActor): void {
  actors.set(request, actor);
}

/** The same where it may not be known: an error can come before. */
export function knownActorOf(request: FastifyRequest): ConnectedActor | undefined {
  return actors.get(request);
}

/** The user that the request acts for. Only authenticated routes have one; elsewhere it is a bug to ask. */
export function actorOf(request: FastifyRequest): ConnectedActor {
  const actor = actors.get(request);
  if (!actor) throw new Error('a route without authentication asked for its actor');
  return actor;
}
