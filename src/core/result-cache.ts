import { LRUCache } from 'lru-cache';
import type { CacheCounts } from './cache-counts.ts';

const MEBIBYTE = 1_048_576;
/** bytes that a result takes beside its text and its key, about */
const OVERHEAD = 200;
/** Characters of a question: nobody asks a longer one often. */
const MAXIMUM_KEY = 1000;
/** Questions that were asked once: only those that come again are worth keeping an answer for. */
const MAXIMUM_ASKED_ONCE = 50_000;
/** A question whose answer has changed each time it came is not looked after for some time. */
const MAXIMUM_MISSES = 2;
const REST = 8;

/**
 * Marks, by TypeGraphQL's `@Extensions`, a field of Query whose answer depends on nothing but its arguments and what
 * `users.rev` counts the changes of: not on the time, the token, or rows of anybody else.
 */
export const REVISED = { revised: true } as const;

/**
 * Names a state of everything that one user owns: it changes with every change of a task. `undefined` for a user who has
 * nothing, not even a row.
 */
export type RevisionOf = (userId: string) => Promise<string | undefined>;

/** What is known about one question of one user. */
export interface Lookup {
  /** the answer, if it was kept and nothing of the user's has changed since */
  readonly text?: string;
  /** the state that the answer is about or will be; not always read */
  readonly revision?: string | undefined;
  /** Keeps the answer that was made after the look-up. */
  keep(text: string): void;
}

/**
 * Answers that depend on nothing but who asks, what is asked, and what the user owns. The counter `users.rev` makes
 * them immutable (decision 5): under one revision the answer is always the same, so an unchanged one costs one look-up
 * by primary key, on whichever instance and whoever wrote. The revision is read before the answer is made: what changes in
 * between is answered under the older revision, which never comes back.
 */
export interface ResultCache {
  readonly counts: Readonly<CacheCounts>;
  /**
   * `key` names the question and must hold all that the answer depends on beside the user.
   * `mustKnow` reads the revision also for a question that is new.
   */
  lookUp(userId: string, key: string, mustKnow?: boolean): Lookup | Promise<Lookup>;
}

interface Kept {
  readonly revision: string;
  readonly text: string;
  /** changes of the revision that were met one after the other */
  readonly misses: number;
  /** how often still not to ask */
  rest: number;
}

const NOTHING: Lookup = { keep: () => {} };

/** `size` in MiB of texts at most; 0 keeps nothing. */
export function createResultCache(size: number, revisionOf: RevisionOf): ResultCache {
  const counts: CacheCounts = { hits: 0, misses: 0 };
  const asked = new LRUCache<string, true>({ max: MAXIMUM_ASKED_ONCE });
  const kept = new LRUCache<string, Kept>({
    maxSize: Math.max(1, size * MEBIBYTE),
    sizeCalculation: ({ text }, key) => text.length + key.length + OVERHEAD,
  });

  function nothing(): Lookup {
    counts.misses += 1;
    return NOTHING;
  }

  async function lookUpRevision(userId: string, place: string, known: Kept | undefined): Promise<Lookup> {
    const revision = await revisionOf(userId);
    if (revision === undefined) return nothing();
    if (known?.revision === revision) {
      counts.hits += 1;
      if (known.misses > 0) kept.set(place, { ...known, misses: 0 });
      return { revision, text: known.text, keep: NOTHING.keep };
    }
    counts.misses += 1;
    const misses = known === undefined ? 0 : known.misses + 1;
    const rest = misses > MAXIMUM_MISSES ? REST : 0;
    return { revision, keep: (text) => void (size > 0 && kept.set(place, { revision, text, misses, rest })) };
  }

  return {
    counts,
    lookUp(userId, key, mustKnow = false) {
      if (key.length > MAXIMUM_KEY) return nothing();
      // No id of a user holds NUL.
      const place = `${userId}\0${key}`;
      const known = kept.get(place);
      if (!mustKnow) {
        if (size === 0) return nothing();
        if (known && known.rest > 0) {
          known.rest -= 1;
          return nothing();
        }
        if (!known && !asked.has(place)) {
          asked.set(place, true);
          return nothing();
        }
      }
      return lookUpRevision(userId, place, known);
    },
  };
}
