import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { CreateCounter } from '../core/rate-limits.ts';
import type { RedisConnection } from './connection.ts';

const KEY_PREFIX = 'premium-todo:limit:';

/**
 * Counts in Redis, together with all other instances. While it is away lenient counters let everything pass, the others
 * count by `createLocal`: a limit is then as high as there are instances, but it is still one.
 */
export function sharedCounters(redis: RedisConnection, createLocal: CreateCounter): CreateCounter {
  return (options) => {
    const { keyPrefix, points, duration, lenient } = options;
    const shared = new RateLimiterRedis({
      storeClient: redis.client,
      keyPrefix: KEY_PREFIX + keyPrefix,
      points,
      duration,
      // Who is over the limit is known here until it ends: a flood does not reach Redis.
      inMemoryBlockOnConsumed: points,
    });
    const local = createLocal(options);

    async function consumeHere(key: string, calls: number): Promise<RateLimiterRes> {
      return lenient ? new RateLimiterRes(points, 0) : local.consume(key, calls);
    }

    return {
      points,
      duration,
      async consume(key, calls = 1) {
        if (redis.isAway()) return consumeHere(key, calls);
        try {
          return await shared.consume(key, calls);
        } catch (refused) {
          if (!(refused instanceof Error)) throw refused;
          redis.failed(refused);
          return consumeHere(key, calls);
        }
      },
    };
  };
}
