import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Counted, CounterSize, Share } from './messages.ts';

/** A worker gets this part of an even share of what is left, so that there is something for the others too. */
const PART = 4;
/** Milliseconds before the end of a span in which nothing is given back any more: it might end up in the next one. */
const TOO_LATE = 50;

export interface SharingOutOptions {
  readonly workers: number;
  /** Has all workers but one give back what they have not spent; answers how much that was. */
  readonly recall: (counted: Counted, but: number) => Promise<number>;
}

/** What the primary knows of the rate limits: who was granted what. It outlives every worker. */
export interface SharingOut {
  /** Makes a counter known; the second of a name changes nothing. */
  open(size: CounterSize): void;
  /** A share of at least `needed` points for this worker, or as much as there is. */
  grant(worker: number, counted: Counted, needed: number): Promise<Share>;
}

/**
 * Grants are counted as spent, so that the sum of what passes in all workers never exceeds the limit. Only when what is
 * left does not suffice are unspent shares recalled, and only when those do not suffice either is the limit reached.
 */
export function createSharingOut({ workers, recall }: SharingOutOptions): SharingOut {
  const counters = new Map<string, RateLimiterMemory>();
  /** What goes on for a key goes on for one worker at a time. */
  const turns = new Map<string, Promise<unknown>>();

  async function share(worker: number, counted: Counted, needed: number): Promise<Share> {
    const counter = counters.get(counted.counter);
    if (!counter) throw new Error(`no worker has opened the counter ${counted.counter}`);
    const { key } = counted;
    const remaining = async () => (await counter.get(key))?.remainingPoints ?? counter.points;
    let left = await remaining();
    if (left < needed) {
      const returned = await recall(counted, worker);
      const state = await counter.get(key);
      if (returned > 0 && state && state.msBeforeNext > TOO_LATE) await counter.reward(key, returned);
      left = await remaining();
    }
    const granted = Math.min(left, Math.max(needed, Math.floor(left / (PART * workers))));
    const state = granted > 0 ? await counter.consume(key, granted) : await counter.get(key);
    return {
      ...counted,
      granted,
      remaining: state?.remainingPoints ?? 0,
      msBeforeNext: state?.msBeforeNext ?? 0,
      isLast: granted < needed,
    };
  }

  return {
    open: (size) => {
      if (!counters.has(size.keyPrefix)) counters.set(size.keyPrefix, new RateLimiterMemory(size));
    },
    grant(worker, counted, needed) {
      const name = `${counted.counter} ${counted.key}`;
      const turn = (turns.get(name) ?? Promise.resolve()).then(() => share(worker, counted, needed));
      turns.set(name, turn);
      return turn.finally(() => {
        if (turns.get(name) === turn) turns.delete(name);
      });
    },
  };
}
