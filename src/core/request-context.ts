import type { Actor } from './actor.ts';
import type { RateLimitState } from './rate-limits.ts';
import type { RequestRecord } from './request-record.ts';
import type { RequestOrigin } from './security-events.ts';

/** What a request carries to its resolvers. Apollo copies it for every operation, so it holds plain fields only. */
export interface RequestContext {
  readonly actor: Actor;
  readonly requestId: string;
  readonly origin: RequestOrigin;
  /** what is told of the request at its end */
  readonly record: RequestRecord;
  /** the tightest of the limits that the operation has counted against so far */
  rateLimit?: RateLimitState | undefined;
  /** the answer depends on the time as well, so that it is not to be kept */
  isTimeBound?: boolean;
}
