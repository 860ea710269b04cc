import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RateLimitedError } from './errors.ts';

/** So many calls in so many seconds, per user. */
export interface RateLimit {
  readonly limit: number;
  readonly duration: number;
}

export const READS: RateLimit = { limit: 600, duration: 60 };
export const WRITES: RateLimit = { limit: 120, duration: 60 };
/** Operations that end something for good, and those that read everything the user has. */
export const RARE: RateLimit = { limit: 10, duration: 60 };

/** The directive as it stands on a field of the schema. */
export function rateLimitDirective({ limit, duration }: RateLimit): string {
  return `@rateLimit(limit: ${limit}, duration: ${duration})`;
}

export interface RateLimitState {
  limit: number;
  remaining: number;
  /** seconds until the count starts anew */
  reset: number;
}

/**
 * The counters of all rate limits. Both APIs count in the same ones: what a user spends in GraphQL is spent in REST.
 * Limits of equal size share one counter per user, so the read limit is one for all reads.
 */
export interface RateLimits {
  readonly enabled: boolean;
  limiter(rateLimit: RateLimit): RateLimiterMemory;
  /** @throws RateLimitedError */
  consume(rateLimit: RateLimit, userId: string): Promise<RateLimitState | undefined>;
}

/** `scale` multiplies every limit; 0 switches them off. */
export function createRateLimits(scale: number): RateLimits {
  const limiters = new Map<string, RateLimiterMemory>();

  function limiter({ limit, duration }: RateLimit): RateLimiterMemory {
    const name = `${limit}/${duration}`;
    const existing = limiters.get(name);
    if (existing) return existing;
    const points = Math.max(1, Math.floor(limit * scale));
    const created = new RateLimiterMemory({ keyPrefix: name, points, duration });
    limiters.set(name, created);
    return created;
  }

  return {
    enabled: scale > 0,
    limiter,
    async consume(rateLimit, userId) {
      if (scale <= 0) return undefined;
      const counter = limiter(rateLimit);
      try {
        const { remainingPoints, msBeforeNext } = await counter.consume(userId);
        return { limit: counter.points, remaining: remainingPoints, reset: Math.ceil(msBeforeNext / 1000) };
      } catch (refused) {
        throw refused instanceof RateLimiterRes ? limitExceeded(refused, counter) : refused;
      }
    },
  };
}

export function limitExceeded({ msBeforeNext }: RateLimiterRes, counter: RateLimiterMemory): RateLimitedError {
  return new RateLimitedError(Math.max(1, Math.ceil(msBeforeNext / 1000)), counter.points, counter.duration);
}
