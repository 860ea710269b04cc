import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/**
 * The place of a task in its user's order: text that sorts by code units, as in PostgreSQL's collation "C". Between two
 * ranks there is always another one, so that moving a task writes no other row.
 */
export type Rank = string;

export const MAXIMUM_RANK = 256;
/**
 * Ranks that were spread anew leave room for a thousand moves to the same place. With 128 characters, a hundred thousand
 * moves, each between the last two, wrote twice as many other rows as with 64, and 16,384 at once in place of 2,048.
 */
const SHORT_RANK = 64;

/**
 * The rank of a task that nobody has moved: by creation, then by id. The integer part of fractional-indexing is the moment
 * as twelve hexadecimal digits, which `l` announces; SQL's `task_rank` makes the same in a fifth of the time that digits
 * of base 62 take. No rank may end in the lowest digit, hence the last one.
 */
export function defaultRank(createdAt: number, id: string): Rank {
  const moment = Math.max(Math.floor(createdAt), 0).toString(16).padStart(12, '0');
  return `l${moment}${id.replaceAll('-', '').toLowerCase()}1`;
}

export function isRank(text: string): boolean {
  if (text.length > MAXIMUM_RANK || !/^[0-9A-Za-z]+$/.test(text)) return false;
  try {
    generateKeyBetween(text, null);
    return true;
  } catch {
    return false;
  }
}

/**
 * A rank between two neighbours, of which `null` stands for the end of the list. `undefined` when it would be too long, or
 * both have the same, as files may have it: then the ranks around it are to be spread anew.
 */
export function rankBetween(low: Rank | null, high: Rank | null): Rank | undefined {
  if (low !== null && low === high) return undefined;
  const [rank] = ranksBetween(low, high, 1);
  return rank !== undefined && rank.length <= MAXIMUM_RANK ? rank : undefined;
}

/** `count` ranks in order, spread between the two; they may be longer than a rank may be. */
export function ranksBetween(low: Rank | null, high: Rank | null, count: number): Rank[] {
  // The library exchanges neighbours in the wrong order, which would hide a mistake of who read them.
  if (low !== null && high !== null && low >= high) throw new Error(`Rank ${low} is not before ${high}`);
  return generateNKeysBetween(low, high, count);
}

/** Ranks for places next to each other, from `start` on: one more than were there before. */
export interface Respread {
  start: number;
  ranks: Rank[];
}

/**
 * Makes room before `place` by ranking as few of its neighbours anew as make all of them short. `around` are ranks in
 * order, with `null` for an end of the list. `undefined` when it takes more of them than were given.
 */
export function respread(around: readonly (Rank | null)[], place: number): Respread | undefined {
  for (let reach = 1; ; reach *= 2) {
    const start = Math.max(place - reach, around[0] === null ? 1 : 0);
    const end = Math.min(place + reach, around.length - (around.at(-1) === null ? 1 : 0));
    const low = around[start - 1];
    const high = around[end];
    if (low === undefined || high === undefined) return undefined;
    if (low !== null && low === high) continue;
    const ranks = ranksBetween(low, high, end - start + 1);
    if (ranks.every((rank) => rank.length <= SHORT_RANK)) return { start, ranks };
  }
}
