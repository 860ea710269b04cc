import type { EntityManager } from '@mikro-orm/postgresql';
import type { IsolatedDatabase } from '../db/database.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import { TAKE_TURN } from './command.store.ts';
import { Task } from './task.entity.ts';
import { type NewTask, UNPLANNED } from './task.record.ts';
import { TASK_PRIORITIES } from './task.ts';

/** Many new tasks at once, as imports have them. */

const INSERT_BATCH = 100;
/**
 * In order, and with the time of completion, which the unit of work leaves to the trigger. What belongs to a task that was
 * deleted stands by itself.
 */
const INSERT_ALL = `
  insert into tasks (id, user_id, title, description, completed, completed_at, priority, due_date, due_at, due_time_zone,
    recurrence, recurrence_basis, tag_ids, list_id, parent_id, rank, created_at)
  select id, ?, title, description, completed, "completedAt", priority, "dueDate", "dueAt", "dueTimeZone",
    recurrence, "recurrenceBasis", array(select jsonb_array_elements_text("tagIds"))::uuid[], "listId",
    case when exists (select from tasks where user_id = ? and id = "parentId" and deleted_at is not null) then null
      else "parentId" end,
    rank, coalesce("createdAt", now())
  from jsonb_to_recordset(?::jsonb) as given (id uuid, title text, description text, completed boolean,
    "completedAt" timestamptz, priority smallint, "dueDate" date, "dueAt" timestamptz, "dueTimeZone" text,
    recurrence text, "recurrenceBasis" text, "tagIds" jsonb, "listId" uuid, "parentId" uuid, rank text,
    "createdAt" timestamptz)`;

const RESERVE = 'select reserve_task_numbers(?, ?)';

/** Inserts those whose id the user has not used, all or none, in order: what a task belongs to comes before it. */
export function insertAll(
  database: IsolatedDatabase,
  userId: string,
  tasks: readonly NewTask[],
  progress: (done: number) => void,
): Promise<number> {
  return database.as(userId).transaction(async (manager) => {
    // With moves, as some may have a place to which one of them is about to put another task.
    await databaseWithin(manager, userId).as(userId).query(TAKE_TURN, [userId]);
    // Two imports of one user wait for each other here instead of colliding on an id; rows that only refer to the
    // user, as keys do, may be added meanwhile.
    await manager.execute('select 1 from users where id = ? for no key update', [userId]);
    let added = 0;
    for (let start = 0; start < tasks.length; start += INSERT_BATCH) {
      const batch = tasks.slice(start, start + INSERT_BATCH);
      const taken = await takenIds(manager, userId, batch);
      const missing = batch.filter((task) => !taken.has(task.id)).map(columnsOf);
      if (missing.length > 1) await manager.execute(RESERVE, [userId, missing.length]);
      await manager.execute(INSERT_ALL, [userId, userId, JSON.stringify(missing)]);
      added += missing.length;
      progress(start + batch.length);
    }
    return added;
  });
}

function columnsOf(task: NewTask) {
  const planned = { ...UNPLANNED, ...task };
  return { ...planned, priority: TASK_PRIORITIES.indexOf(planned.priority) };
}

/** Own ids only: one that somebody else holds must fail the insert, not pass for a task that is there already. */
async function takenIds(manager: EntityManager, userId: string, tasks: readonly NewTask[]): Promise<Set<string>> {
  const ids = tasks.map((task) => task.id);
  const found = await manager.find(Task, { id: { $in: ids }, userId }, { fields: ['id'] });
  return new Set(found.map((task) => task.id));
}
