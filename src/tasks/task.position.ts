import type { TaskRow } from './task.ts';

export const RANK_PATTERN = /^[0-9A-Za-z]{1,256}$/;

/** Where a task stands in the order that its user has given: texts to be compared byte by byte. Two of a user are never the same. */
export function positionOf({ rank, createdAt, id }: Pick<TaskRow, 'rank' | 'createdAt' | 'id'>): string {
  return rank ?? defaultRank(Date.parse(createdAt), id);
}

/**
 * The place of a task that was never moved: by the time of its creation, told apart by its id. The head `m` says that 13
 * digits follow (fractional-indexing), and a last digit other than zero that a fraction ends. `task_rank` in the database
 * is the same.
 */
export function defaultRank(createdAt: number, id: string): string {
  return `m${String(createdAt).padStart(13, '0')}${id.replaceAll('-', '')}1`;
}
