import { RateLimiterRes } from 'rate-limiter-flexible';
import type { CreateCounter } from '../core/rate-limits.ts';
import type { Call, Outcome, Primary } from './messages.ts';

interface Waiting {
  resolve(state: RateLimiterRes): void;
  reject(state: RateLimiterRes): void;
}

/**
 * Counts in the primary, so that one count holds over all workers, exactly. What is counted while one turn of the event
 * loop handles what has arrived goes in one message: the more requests there are, the less each count costs (decision 17).
 */
export function jointCounters(primary: Primary): CreateCounter {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let batch: Call[] = [];

  function sendBatch(): void {
    primary.send({ kind: 'count', calls: batch });
    batch = [];
  }

  function settle([id, mayPass, remainingPoints, msBeforeNext]: Outcome): void {
    const call = waiting.get(id);
    waiting.delete(id);
    const state = new RateLimiterRes(remainingPoints, msBeforeNext);
    if (mayPass) call?.resolve(state);
    else call?.reject(state);
  }

  primary.listen((message) => {
    if (message.kind === 'counted') message.outcomes.forEach(settle);
  });

  return ({ keyPrefix, points, duration }) => {
    primary.send({ kind: 'counter', size: { keyPrefix, points, duration } });
    return {
      points,
      duration,
      consume: (key, calls = 1) =>
        new Promise((resolve, reject) => {
          lastId += 1;
          waiting.set(lastId, { resolve, reject });
          if (batch.length === 0) setImmediate(sendBatch);
          batch.push([lastId, keyPrefix, key, calls]);
        }),
    };
  };
}
