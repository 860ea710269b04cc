import type { Timestamp } from '../core/timestamp.ts';
import type { LabelRow } from '../labels/label.ts';

/** From the least to the most; their places are what the database keeps, so that they sort by meaning. */
export const TASK_PRIORITIES = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

/** What the next occurrence of a recurring task is counted from: its due date, or the day it was completed. */
export const RECURRENCE_BASES = ['DUE', 'COMPLETION'] as const;
export type RecurrenceBasis = (typeof RECURRENCE_BASES)[number];

/** A task as every API shows it, and as the queries return it. */
export interface TaskRow {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  completedAt: Timestamp | null;
  priority: TaskPriority;
  /** a calendar date, `2026-12-24`; at most one of it and `dueAt` */
  dueDate: string | null;
  dueAt: Timestamp | null;
  /** of `dueAt`: an IANA name; UTC where there is none */
  dueTimeZone: string | null;
  /** an RRULE of RFC 5545 */
  recurrence: string | null;
  recurrenceBasis: RecurrenceBasis;
  tagIds: string[];
  listId: string | null;
  parentId: string | null;
  /** the place that the task was moved to (`task.rank.ts`); null as long as it was not */
  rank: string | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** starts at 1 and grows by 1 with every change */
  version: number;
}

export interface TaskStats {
  total: number;
  completed: number;
  open: number;
}

/** What lists of tasks show of a tag or a list. */
export const SHOWN_OF_LABELS = ['id', 'name', 'color', 'version'] as const;
export type ShownLabel = Pick<LabelRow, (typeof SHOWN_OF_LABELS)[number]>;

/** What belongs to a task, as far as it was read in the statement that read the task. Loaders read what is absent. */
export interface RelatedRows {
  tags?: ShownLabel[];
  list?: ShownLabel | null;
  subtaskCounts?: TaskStats;
}

/** What every task has, as SQL selects it. */
export const PLAIN_TASK_COLUMNS = `id, title, description, completed, completed_at as "completedAt",
  created_at as "createdAt", updated_at as "updatedAt", version`;

/** What SQL selects of the table tasks to answer a `TaskRow`. */
export const TASK_COLUMNS = `${PLAIN_TASK_COLUMNS},
  ('{${TASK_PRIORITIES.join()}}'::text[])[priority + 1] as priority,
  due_date as "dueDate", due_at as "dueAt", due_time_zone as "dueTimeZone",
  recurrence, recurrence_basis as "recurrenceBasis", tag_ids as "tagIds", list_id as "listId", parent_id as "parentId",
  rank`;
