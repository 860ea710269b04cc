import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './errors.ts';

/** So many calls in so many seconds, per user. */
export interface RateLimit {
  readonly limit: number;
  readonly duration: number;
  /** what is counted, where it is something else than a user's calls: it is counted apart from them */
  readonly scope?: string;
}

export const READS: RateLimit = { limit: 600, duration: 60 };
export const WRITES: RateLimit = { limit: 120, duration: 60 };
/** Batches of writes, each of many. */
export const BATCHES: RateLimit = { limit: 60, duration: 60 };
/** Operations that end something for good, and those that read everything the user has. */
export const RARE: RateLimit = { limit: 10, duration: 60 };
/** Documents of a user that were never executed: each is parsed and validated, whatever comes of it. */
export const NEW_DOCUMENTS: RateLimit = { limit: 600, duration: 60, scope: 'new-documents' };
/** Requests of one address that fail authentication. */
export const FAILED_AUTHENTICATIONS: RateLimit = { limit: 120, duration: 60, scope: 'failed-authentication' };

/** How the limits are called in log and metrics; those of other sizes and scopes by these. */
const NAMES = new Map([
  [nameOf(READS), 'reads'],
  [nameOf(WRITES), 'writes'],
  [nameOf(BATCHES), 'batches'],
  [nameOf(RARE), 'rare'],
  [nameOf(NEW_DOCUMENTS), 'new_documents'],
  [nameOf(FAILED_AUTHENTICATIONS), 'failed_authentication'],
]);
/** How many there may be at a time, and not in a span of time. */
export const SUBSCRIPTIONS = 'subscriptions';
export const CONNECTIONS = 'connections';
export const LIMIT_NAMES: readonly string[] = [...NAMES.values(), SUBSCRIPTIONS, CONNECTIONS];

/** The directive as it stands on a field of the schema. */
export function rateLimitDirective({ limit, duration }: RateLimit): string {
  return `@rateLimit(limit: ${limit}, duration: ${duration})`;
}

/** How much of a limit is left. */
export interface RateLimitState {
  limit: number;
  remaining: number;
  /** seconds until the count starts anew */
  reset: number;
  /** seconds that `limit` counts over */
  window: number;
}

/** Counts the calls of each key. */
export interface Counter {
  readonly points: number;
  readonly duration: number;
  /** @throws RateLimiterRes, which is no Error, when there were more than `points` in `duration` seconds */
  consume(key: string, points?: number): Promise<RateLimiterRes>;
}

export interface CounterOptions {
  /** sets the keys of this counter apart from those of others */
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
  /** whether calls may pass uncounted while they cannot be counted together with those of other instances */
  readonly lenient: boolean;
}

/** Where calls are counted: in this process, in the primary of several, or in a store that instances share. */
export type CreateCounter = (options: CounterOptions) => Counter;

/**
 * The counters of all rate limits. Both APIs count in the same ones: what a user spends in GraphQL is spent in REST.
 * Limits of equal size and scope share one counter per key, so the read limit is one for all reads.
 */
export interface RateLimits {
  readonly enabled: boolean;
  limiter(rateLimit: RateLimit): Counter;
  /**
   * Counts one call, or several; `key` is the user's id unless the limit has a scope.
   * @throws RateLimitedError
   */
  consume(rateLimit: RateLimit, key: string, calls?: number): Promise<RateLimitState | undefined>;
}

/** Counts in this process alone. */
export const countHere: CreateCounter = (options) => new RateLimiterMemory(options);

/** `scale` multiplies every limit; 0 switches them off. */
export function createRateLimits(scale: number, createCounter: CreateCounter = countHere): RateLimits {
  const counters = new Map<string, Counter>();

  function limiter(rateLimit: RateLimit): Counter {
    const name = nameOf(rateLimit);
    const existing = counters.get(name);
    if (existing) return existing;
    const { limit, duration } = rateLimit;
    const points = Math.max(1, Math.floor(limit * scale));
    const created = createCounter({ keyPrefix: name, points, duration, lenient: name === nameOf(READS) });
    counters.set(name, created);
    return created;
  }

  return {
    enabled: scale > 0,
    limiter,
    async consume(rateLimit, key, calls = 1) {
      if (scale <= 0) return undefined;
      const counter = limiter(rateLimit);
      try {
        return stateOf(await counter.consume(countedKey(key), calls), counter);
      } catch (refused) {
        throw refused instanceof RateLimiterRes ? limitExceeded(refused, counter, rateLimit) : refused;
      }
    },
  };
}

function nameOf({ limit, duration, scope }: RateLimit): string {
  return scope === undefined ? `${limit}/${duration}` : `${scope}/${limit}/${duration}`;
}

/** All who have no key would share one bucket, so that one of them could lock the others out: not to have one is a bug. */
export function countedKey(key: string | undefined): string {
  if (!key) throw new Error('a call without a key cannot be counted');
  return key;
}

export function stateOf({ remainingPoints, msBeforeNext }: RateLimiterRes, counter: Counter): RateLimitState {
  return {
    limit: counter.points,
    remaining: remainingPoints,
    reset: Math.ceil(msBeforeNext / 1000),
    window: counter.duration,
  };
}

export function limitExceeded(
  { msBeforeNext }: RateLimiterRes,
  { points, duration }: Counter,
  rateLimit: RateLimit,
): RateLimitedError {
  const name = NAMES.get(nameOf(rateLimit)) ?? nameOf(rateLimit);
  return new RateLimitedError(name, Math.max(1, Math.ceil(msBeforeNext / 1000)), points, duration);
}
