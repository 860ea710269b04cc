import type { Timestamp } from '../core/timestamp.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { READ } from '../db/user-database.ts';

/** What became of tasks, for many of them at once; the latest first. */

/** One change, as the trigger `tasks_record` has written it down. */
export interface RecordedChange {
  taskId: string;
  /** that the change led to */
  version: number;
  changedAt: Timestamp;
  /** by the names of columns: before and after */
  changes: Record<string, [unknown, unknown]>;
  /** where it stands as long as it is not moved */
  unmoved: string;
}

/** A completed occurrence of a recurring task. */
export interface CompletedOccurrence {
  taskId: string;
  /** that completing it led to */
  version: number;
  dueDate: string | null;
  dueAt: Timestamp | null;
  completedAt: Timestamp;
}

/** The first `limit` of each task, before a version if one is given. */
export interface HistorySlice {
  taskIds: readonly string[];
  beforeVersion: number | undefined;
  limit: number;
}

const slice = (columns: string, table: string, condition = 'true') => `
  select found.* from unnest($2::uuid[]) as asked (id), lateral (
    select task_id as "taskId", version, ${columns} from ${table}
    where user_id = $1 and task_id = asked.id and version < $3 and ${condition}
    order by version desc limit $4
  ) as found`;

const UNMOVED = '(select task_rank(null, created_at, id) from tasks where user_id = $1 and id = asked.id) as unmoved';
const CHANGES = slice(`changed_at as "changedAt", changes, ${UNMOVED}`, 'task_changes');
const OCCURRENCES = slice(
  'due_date as "dueDate", due_at as "dueAt", completed_at as "completedAt"',
  'task_occurrences',
  'undone_by is null',
);
/** Beyond every version. */
const LAST_VERSION = 2_147_483_647;

export function recordedChanges(
  database: IsolatedDatabase,
  userId: string,
  { taskIds, beforeVersion = LAST_VERSION, limit }: HistorySlice,
): Promise<RecordedChange[]> {
  return database.as(userId).query(CHANGES, [userId, taskIds, beforeVersion, limit], READ);
}

export function completedOccurrences(
  database: IsolatedDatabase,
  userId: string,
  { taskIds, beforeVersion = LAST_VERSION, limit }: HistorySlice,
): Promise<CompletedOccurrence[]> {
  return database.as(userId).query(OCCURRENCES, [userId, taskIds, beforeVersion, limit], READ);
}
