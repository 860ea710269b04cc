import type { Client } from 'pg';
import type { Place } from './protocol.ts';
import { plannedUsers } from './seed-planned.ts';
import type { SeededUser } from './seeded-user.ts';
import { signToken } from './tokens.ts';

/** What the load needs to know of the data. */
export interface SeededData {
  /** Those with a few tasks, whom requests are spread over. */
  readonly users: readonly SeededUser[];
  /** Those whose tasks have tags, lists, due dates and subtasks. */
  readonly plannedUsers: readonly SeededUser[];
  /** The one with very many; the ids of the tasks are left out. */
  readonly largeUser: SeededUser;
  /** Where the page that is four fifths down the list of the large user begins: the last row before it. */
  readonly deepPlace: Place;
}

export interface SeedSizes {
  readonly users: number;
  readonly tasksPerUser: number;
  /** A multiple of 100, so that the deep page is a numbered page too. */
  readonly largeUserTasks: number;
}

/** Titles of tasks that the load creates; they are deleted after each measurement. */
export const CREATED_TITLE_PREFIX = 'Created by the benchmark';

/** What the seeded tasks say in turn, one in five nothing. */
const DESCRIPTIONS = [
  'Ask for the delivery date, the "final" price and a copy of the contract; they promised all three for last week.',
  'Write the answer into the shared folder, tell the team, and put what is left to do on the agenda of Monday.',
  'Book a meeting room with a large screen and invite the people of the sales department and both apprentices.',
  'Compare the invoice with the offer of last year; call again if there is a difference that nobody can explain.',
  null,
];

/** Pairs of words that a fifth of the seeded tasks have each: of 200 tasks, more than a page. */
export const SEARCHED_WORDS = ['delivery date', 'shared folder', 'meeting room', 'invoice offer'] as const;

/** How many rows one page has, in all lists. */
export const LIST_LENGTH = 20;

const LARGE_USER = 'bench-large';

/** A title like those of the seeded tasks, so that renaming leaves the data as it was for those who come after. */
export function seedTitle(task: number, order: number): string {
  return `Task ${task}: call the supplier about order ${order}`;
}

/**
 * Fills the migrated tables. Rows are inserted in the order of time, so one user's tasks lie scattered over the table,
 * as they do in real life.
 */
export async function seed(database: Client, { users, tasksPerUser, largeUserTasks }: SeedSizes): Promise<SeededData> {
  // It would update the owner's row for each task, each time a longer chain of versions: hours for the large user.
  await database.query('alter table tasks disable trigger tasks_stamp');
  await insertUsers(database, `'bench-user-' || n`, users, tasksPerUser);
  await insertTasks(database, `'bench-user-' || user_number`, users, tasksPerUser);
  await insertUsers(database, `'${LARGE_USER}'`, 1, largeUserTasks);
  await insertTasks(database, `'${LARGE_USER}'`, 1, largeUserTasks);
  await database.query('alter table tasks enable trigger tasks_stamp');
  const seeded = await readUsers(database);
  const planned = await plannedUsers(database);
  await database.query('vacuum (analyze)');
  return {
    users: seeded,
    plannedUsers: planned,
    largeUser: { id: LARGE_USER, token: await signToken(LARGE_USER), taskIds: [] },
    deepPlace: await placeAt(database, largeUserTasks * 0.8 - LIST_LENGTH),
  };
}

/** `id` is SQL that may use the number `n`. Each user has had as many changes as tasks. */
async function insertUsers(database: Client, id: string, count: number, tasks: number): Promise<void> {
  await database.query(
    `insert into users (id, email, name, rev)
     select id, id || '@example.com', 'User ' || id, $2::int
     from generate_series(1, $1::int) n, lateral (select ${id}) i (id)`,
    [count, tasks],
  );
}

/** `userId` is SQL that may use `user_number`. What the trigger would keep is set here. */
async function insertTasks(database: Client, userId: string, users: number, tasksPerUser: number): Promise<void> {
  await database.query(
    `insert into tasks (id, user_id, title, description, completed, completed_at, rev, created_at, updated_at)
     select uuidv7(-age), ${userId},
       'Task ' || task_number || ': call the supplier about order ' || user_number * 1000 + task_number,
       ($3::text[])[task_number % ${DESCRIPTIONS.length} + 1],
       task_number % 4 = 0, case when task_number % 4 = 0 then now() - age end, task_number, now() - age, now() - age
     from generate_series(1, $2::int) task_number, generate_series(1, $1::int) user_number,
       lateral (select make_interval(mins => ($2 - task_number) * 60, secs => user_number)) a (age)
     order by task_number, user_number`,
    [users, tasksPerUser, DESCRIPTIONS],
  );
}

async function readUsers(database: Client): Promise<SeededUser[]> {
  const { rows } = await database.query<{ user_id: string; task_ids: string[] }>(
    `select user_id, array_agg(id::text order by created_at desc, id desc) task_ids
     from tasks where user_id <> '${LARGE_USER}' group by user_id order by user_id`,
  );
  return Promise.all(
    rows.map(async ({ user_id, task_ids }) => ({ id: user_id, token: await signToken(user_id), taskIds: task_ids })),
  );
}

async function placeAt(database: Client, position: number): Promise<Place> {
  const { rows } = await database.query<{ id: string; created_at: Date }>(
    `select id, created_at from tasks where user_id = '${LARGE_USER}'
     order by created_at desc, id desc offset $1 limit 1`,
    [position - 1],
  );
  const { id, created_at } = rows[0]!;
  return { id, createdAt: created_at.toISOString(), position };
}

/** Takes back what a measurement added, and leaves no dead rows to the next one. */
export async function restore(database: Client): Promise<void> {
  // Whoever remembers answers by the owner's revision must notice; not every deletion counts it up.
  await database.query(
    `with gone as (delete from tasks where title like '${CREATED_TITLE_PREFIX}%' returning user_id)
     update users set rev = rev + 1 where id in (select user_id from gone)`,
  );
  await database.query('vacuum users, tasks');
}
