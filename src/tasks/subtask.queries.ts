import type { IsolatedDatabase } from '../db/database.ts';
import { READ } from '../db/user-database.ts';
import { TASK_COLUMNS, type TaskRow } from './task.ts';

/** The reads of what tasks are made of, for many tasks at once. */

export interface SubtaskCount {
  parentId: string;
  total: number;
  completed: number;
}

export function subtaskCounts(
  database: IsolatedDatabase,
  userId: string,
  ids: readonly string[],
): Promise<SubtaskCount[]> {
  return database.as(userId).query(
    `select parent_id as "parentId", count(*)::int as total, (count(*) filter (where completed))::int as completed
     from tasks where user_id = $1 and parent_id = any($2::uuid[]) and deleted_at is null group by parent_id`,
    [userId, ids],
    READ,
  );
}

/** The first `limit` of each: one look at the index for each of `ids`. */
export function subtasks(
  database: IsolatedDatabase,
  userId: string,
  ids: readonly string[],
  limit: number,
): Promise<TaskRow[]> {
  return database.as(userId).query(
    `select ${TASK_COLUMNS} from unnest($2::uuid[]) as parent (parent), lateral (
       select * from tasks where user_id = $1 and parent_id = parent.parent and deleted_at is null
       order by task_rank(rank, created_at, id) collate "C", id limit $3
     ) as found`,
    [userId, ids, limit],
    READ,
  );
}
