import { ConflictError } from '../core/errors.ts';
import type { Timestamp } from '../core/timestamp.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import { type Queryable, READ } from '../db/user-database.ts';
import { TAKE_TURN } from './command.store.ts';
import { TASK_COLUMNS, type TaskRow } from './task.ts';

/** Deleted tasks, which can be restored until they are purged: by their user, or when they are old. */

export interface DeletedTaskRow extends TaskRow {
  deletedAt: Timestamp;
}

export interface TrashSlice {
  limit: number;
  /** `deletedAt` and id of the task that the slice comes after */
  after?: readonly [string, string] | undefined;
}

/** The table wants one. */
const PURGED_TITLE = '-';
const IN_TRASH = 'user_id = $1 and deleted_at is not null and purged_at is null';
const DELETED = `select ${TASK_COLUMNS}, deleted_at as "deletedAt" from tasks where ${IN_TRASH}`;
const ORDER = 'order by deleted_at desc, id desc';

/** The latest deletions first. */
export function deletedTasks(
  database: IsolatedDatabase,
  userId: string,
  { limit, after }: TrashSlice,
): Promise<DeletedTaskRow[]> {
  const user = database.as(userId);
  return after === undefined
    ? user.query(`${DELETED} ${ORDER} limit $2`, [userId, limit], READ)
    : user.query(`${DELETED} and (deleted_at, id) < ($3, $4) ${ORDER} limit $2`, [userId, limit, ...after], READ);
}

export async function deletedCount(database: IsolatedDatabase, userId: string): Promise<number> {
  const [row] = await database
    .as(userId)
    .query<{ count: number }>(`select count(*)::int as count from tasks where ${IN_TRASH}`, [userId], READ);
  return row?.count ?? 0;
}

/**
 * Takes one task out of the trash, with the subtasks that went there with it; `undefined` when it is not there.
 * @throws ConflictError with the current version when `versions` are given and do not hold it
 */
export function restoreTask(
  database: IsolatedDatabase,
  userId: string,
  id: string,
  versions: readonly number[] | undefined,
): Promise<TaskRow | undefined> {
  return database.as(userId).transaction(async (manager) => {
    const user = databaseWithin(manager, userId).as(userId);
    // With moves, as it may come back to where one of them is about to put another task.
    await user.query(TAKE_TURN, [userId]);
    const held = `select version from tasks where id = $2 and ${IN_TRASH} for no key update`;
    const [task] = await user.query<{ version: number }>(held, [userId, id]);
    if (!task) return undefined;
    if (versions && !versions.includes(task.version)) {
      throw new ConflictError('The task has changed since it was read', task.version);
    }
    const restored = `update tasks set deleted_at = null where id = $2 and user_id = $1 returning ${TASK_COLUMNS}`;
    const [row] = await user.query<TaskRow>(restored, [userId, id]);
    return row;
  });
}

/** As `purge_trash` in the database does it with what is old; held in one order for all, and before the owner's row. */
const PURGE = `
  with recursive gone (id) as (
    select id from tasks where id = $2 and ${IN_TRASH}
    union
    select tasks.id from gone join tasks on tasks.parent_id = gone.id
    where tasks.user_id = $1 and tasks.deleted_at is not null and tasks.purged_at is null
  ), held as materialized (
    select tasks.id from tasks join gone on gone.id = tasks.id order by tasks.id for no key update of tasks
  )
  update tasks set title = '${PURGED_TITLE}', description = null, due_date = null, due_at = null, due_time_zone = null,
    recurrence = null, tag_ids = '{}', list_id = null, parent_id = null, rank = null, purged_at = now()
  from held where tasks.id = held.id and tasks.user_id = $1 and tasks.deleted_at is not null
    and tasks.purged_at is null
  returning tasks.id`;

const ANSWERS = `
  select key, answer from idempotency_keys where user_id = $1 and answer::text like any($2::text[]) order by key for update`;
const REWRITE = 'update idempotency_keys set answer = $3::json where user_id = $1 and key = $2';

/**
 * Empties one task in the trash and the subtasks that are there with it. What is left says only that there was one, for
 * devices that have not heard of its deletion. Answers whether it was there.
 */
export function purgeTask(database: IsolatedDatabase, userId: string, id: string): Promise<boolean> {
  return database.as(userId).transaction(async (manager) => {
    const user = databaseWithin(manager, userId).as(userId);
    const purged = (await user.query<{ id: string }>(PURGE, [userId, id])).map((task) => task.id);
    if (purged.length > 0) await forgetAnswers(user, userId, purged);
    return purged.length > 0;
  });
}

/** What requests with keys were answered is kept for a day, and may hold what the tasks were. */
async function forgetAnswers(user: Queryable, userId: string, ids: readonly string[]): Promise<void> {
  const patterns = ids.map((id) => `%${id}%`);
  const kept = await user.query<{ key: string; answer: unknown }>(ANSWERS, [userId, patterns]);
  for (const { key, answer } of kept) {
    await user.query(REWRITE, [userId, key, JSON.stringify(answer, (_name, value) => withoutText(value, ids))]);
  }
}

function withoutText(value: unknown, ids: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !('id' in value && 'title' in value)) return value;
  return ids.includes(String(value.id)) ? { ...value, title: PURGED_TITLE, description: null } : value;
}
