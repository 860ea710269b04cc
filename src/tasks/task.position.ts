import { defaultRank } from './task.rank.ts';
import type { TaskRow } from './task.ts';

export const RANK_PATTERN = /^[0-9A-Za-z]{1,256}$/;

/** Where a task stands in the order that its user has given: texts to be compared byte by byte. Two of a user are never the same. */
export function positionOf({ rank, createdAt, id }: Pick<TaskRow, 'rank' | 'createdAt' | 'id'>): string {
  return rank ?? defaultRank(Date.parse(createdAt), id);
}
