import type { Actor } from './actor.ts';

/** What a request carries to its resolvers. Apollo copies it for every operation, so it holds plain fields only. */
export interface RequestContext {
  readonly actor: Actor;
  readonly requestId: string;
}
