import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Call, CounterSize, Outcome } from './messages.ts';

/** The counts of all workers, kept by the primary: they outlive every worker. */
export interface Counting {
  /** Makes a counter known; the second of a name changes nothing. */
  open(size: CounterSize): void;
  count(calls: readonly Call[]): Promise<Outcome[]>;
}

export function createCounting(): Counting {
  const counters = new Map<string, RateLimiterMemory>();

  async function count([id, name, key, points]: Call): Promise<Outcome> {
    const counter = counters.get(name);
    if (!counter) throw new Error(`no worker has opened the counter ${name}`);
    const [mayPass, { remainingPoints, msBeforeNext }] = await counter.consume(key, points).then(
      (state) => [true, state] as const,
      (refused: unknown) => {
        if (refused instanceof RateLimiterRes) return [false, refused] as const;
        throw refused;
      },
    );
    return [id, mayPass, remainingPoints, msBeforeNext];
  }

  return {
    open: (size) => {
      if (!counters.has(size.keyPrefix)) counters.set(size.keyPrefix, new RateLimiterMemory(size));
    },
    count: (calls) => Promise.all(calls.map(count)),
  };
}
