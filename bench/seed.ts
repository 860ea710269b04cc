import type { Client } from 'pg';
import { signToken } from './tokens.ts';

/** A seeded user: the token and the tasks, newest first. */
export interface SeededUser {
  readonly id: string;
  readonly token: string;
  readonly taskIds: readonly string[];
}

/** Titles of tasks that the load creates; they are deleted after each measurement. */
export const CREATED_TITLE_PREFIX = 'Created by the benchmark';

/**
 * Fills the migrated tables and returns what the load needs to know. Rows are inserted in the order of time, so one
 * user's tasks lie scattered over the table, as they do in real life.
 */
export async function seed(database: Client, users: number, tasksPerUser: number): Promise<SeededUser[]> {
  await database.query(
    `insert into users (id, email, name)
     select 'bench-user-' || n, 'bench-user-' || n || '@example.com', 'User bench-user-' || n
     from generate_series(1, $1::int) n`,
    [users],
  );
  await database.query(
    `insert into tasks (id, user_id, title, description, completed, created_at)
     select uuidv7(-age), 'bench-user-' || user_number,
       'Task ' || task_number || ': call the supplier about order ' || user_number * 1000 + task_number,
       case when task_number % 3 > 0 then 'Ask for the delivery date, the "final" price and a copy of the contract; '
         || 'write the answer into the shared folder and tell the team.' end,
       task_number % 4 = 0, now() - age
     from generate_series(1, $2::int) task_number, generate_series(1, $1::int) user_number,
       lateral (select make_interval(mins => ($2 - task_number) * 60, secs => user_number)) a (age)
     order by task_number, user_number`,
    [users, tasksPerUser],
  );
  await vacuum(database);
  return readUsers(database);
}

/** Takes back what a measurement added, and leaves no dead rows to the next one. */
export async function restore(database: Client): Promise<void> {
  await database.query(`delete from tasks where title like '${CREATED_TITLE_PREFIX}%'`);
  await vacuum(database);
}

async function vacuum(database: Client): Promise<void> {
  await database.query('vacuum (analyze) users, tasks');
}

async function readUsers(database: Client): Promise<SeededUser[]> {
  const { rows } = await database.query<{ user_id: string; task_ids: string[] }>(
    `select user_id, array_agg(id::text order by created_at desc, id desc) task_ids
     from tasks group by user_id order by user_id`,
  );
  return Promise.all(
    rows.map(async ({ user_id, task_ids }) => ({ id: user_id, token: await signToken(user_id), taskIds: task_ids })),
  );
}
