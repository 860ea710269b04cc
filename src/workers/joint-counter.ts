import { LRUCache } from 'lru-cache';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Counter } from '../core/rate-limits.ts';
import type { CounterSize, Share } from './messages.ts';

/** What this worker may spend without asking. */
interface Held {
  unspent: number;
  /** points that nobody had when the share was granted */
  remaining: number;
  /** when the share ends, in milliseconds of `performance.now()` */
  end: number;
  /** The limit is reached: until the end everything is refused. */
  isSpent: boolean;
}

interface Waiting {
  readonly calls: number;
  resolve(state: RateLimiterRes): void;
  reject(state: RateLimiterRes): void;
}

/** A question to the primary that has no answer yet, and who waits for it. */
interface Question {
  readonly askedAt: number;
  readonly waiting: Waiting[];
}

/** Keys whose shares are kept. A share that is forgotten is spent: the limit holds, and ends a little early. */
const MAXIMUM_KEYS = 10_000;

/**
 * Counts against shares that the primary grants, so that the sum over all workers never exceeds the limit and most calls
 * need no message. A share that is not spent goes back when another worker needs it; nobody is refused before that
 * (decision 17).
 */
export class JointCounter implements Counter {
  readonly points: number;
  readonly duration: number;
  readonly #ask: (key: string, needed: number) => void;
  readonly #held: LRUCache<string, Held>;
  readonly #questions = new Map<string, Question>();

  /** `ask` sends a question to the primary, to which `receive` is the answer. */
  constructor({ points, duration }: CounterSize, ask: (key: string, needed: number) => void) {
    this.points = points;
    this.duration = duration;
    this.#ask = ask;
    this.#held = new LRUCache({ max: MAXIMUM_KEYS, ttl: duration * 1000 });
  }

  consume(key: string, calls = 1): Promise<RateLimiterRes> {
    const question = this.#questions.get(key);
    const held = this.#held.get(key);
    if (!question && held && performance.now() < held.end) {
      if (held.isSpent) return Promise.reject(stateOf(held));
      if (held.unspent >= calls) {
        held.unspent -= calls;
        return Promise.resolve(stateOf(held));
      }
    }
    return new Promise((resolve, reject) => {
      const waiting = { calls, resolve, reject };
      if (question) question.waiting.push(waiting);
      else this.#wait(key, [waiting]);
    });
  }

  /** The answer to the question for this key. */
  receive({ key, granted, remaining, msBeforeNext, isLast }: Share): void {
    const question = this.#questions.get(key);
    if (!question) return;
    this.#questions.delete(key);
    const kept = this.#unspent(key);
    // From when it was asked: the share must not outlive the primary's span by the time that the answer took.
    const end = question.askedAt + msBeforeNext;
    const held: Held = { unspent: kept + granted, remaining, end, isSpent: false };
    this.#held.set(key, held);
    while (question.waiting.length > 0) {
      const { calls, resolve, reject } = question.waiting[0]!;
      held.isSpent ||= isLast && held.unspent < calls;
      if (!held.isSpent && held.unspent < calls) break;
      question.waiting.shift();
      if (held.isSpent) {
        reject(stateOf(held));
      } else {
        held.unspent -= calls;
        resolve(stateOf(held));
      }
    }
    if (question.waiting.length > 0) this.#wait(key, question.waiting);
  }

  /** Gives up the share of this key and answers what is left of it. */
  giveBack(key: string): number {
    const points = this.#unspent(key);
    const held = this.#held.get(key);
    if (held) held.unspent = 0;
    return points;
  }

  #wait(key: string, waiting: Waiting[]): void {
    this.#questions.set(key, { askedAt: performance.now(), waiting });
    const needed = waiting.reduce((sum, { calls }) => sum + calls, 0);
    this.#ask(key, needed - this.#unspent(key));
  }

  #unspent(key: string): number {
    const held = this.#held.get(key);
    return held && performance.now() < held.end ? held.unspent : 0;
  }
}

function stateOf({ unspent, remaining, end, isSpent }: Held): RateLimiterRes {
  return new RateLimiterRes(isSpent ? 0 : remaining + unspent, Math.max(0, Math.ceil(end - performance.now())));
}
