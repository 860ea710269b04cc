import { Pool } from 'pg';
import { DATABASE_URL, POOL_SIZE } from '../settings.ts';

/** A row of `tasks` under the names of the schema. */
export interface TaskRow {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  createdAt: Date;
  updatedAt: Date;
  version: number;
}

/** What a list is narrowed to; absent parts narrow nothing. */
export interface Criteria {
  completed?: boolean | undefined;
  search?: string | undefined;
}

/** A list, or what comes after one of its rows. */
export interface Slice extends Criteria {
  after?: readonly [createdAt: string, id: string] | undefined;
  limit: number;
}

const pool = new Pool({ connectionString: DATABASE_URL, max: POOL_SIZE });

const COLUMNS = 'id, title, description, completed, created_at as "createdAt", updated_at as "updatedAt", version';
const OWN = 'user_id = $1 and deleted_at is null';

export async function listTasks(userId: string, { after, limit, ...criteria }: Slice): Promise<TaskRow[]> {
  const values: unknown[] = [userId];
  const conditions = conditionsOf(criteria, values);
  if (after)
    conditions.push(`(created_at, id) < ($${values.push(after[0])}::timestamptz, $${values.push(after[1])}::uuid)`);
  const text = `select ${COLUMNS} from tasks where ${conditions.join(' and ')}
    order by created_at desc, id desc limit $${values.push(limit)}`;
  return rows(text, values);
}

export async function countTasks(userId: string, criteria: Criteria): Promise<number> {
  const values: unknown[] = [userId];
  const text = `select count(*)::int as count from tasks where ${conditionsOf(criteria, values).join(' and ')}`;
  return (await rows<{ count: number }>(text, values))[0]?.count ?? 0;
}

export async function getTask(userId: string, id: string): Promise<TaskRow | undefined> {
  return (await rows(`select ${COLUMNS} from tasks where id = $2 and ${OWN}`, [userId, id]))[0];
}

export async function createTask(userId: string, title: string, description?: string | null): Promise<TaskRow> {
  const text = `insert into tasks (id, user_id, title, description) values (uuidv7(), $1, $2, $3) returning ${COLUMNS}`;
  return (await rows(text, [userId, title, description ?? null]))[0]!;
}

export async function renameTask(userId: string, id: string, title: string): Promise<TaskRow | undefined> {
  return (
    await rows(`update tasks set title = $3 where id = $2 and ${OWN} returning ${COLUMNS}`, [userId, id, title])
  )[0];
}

export async function toggleTask(userId: string, id: string): Promise<TaskRow | undefined> {
  const text = `update tasks set completed = not completed where id = $2 and ${OWN} returning ${COLUMNS}`;
  return (await rows(text, [userId, id]))[0];
}

function conditionsOf({ completed, search }: Criteria, values: unknown[]): string[] {
  const conditions = [OWN];
  if (completed !== undefined) conditions.push(`completed = $${values.push(completed)}`);
  if (search) conditions.push(`search @@ search_query($${values.push(search)})`);
  return conditions;
}

const names = new Map<string, string>();

/** Every statement has a name, so that PostgreSQL parses and plans it once; there are a few of them only. */
async function rows<Row extends object = TaskRow>(text: string, values: unknown[]): Promise<Row[]> {
  let name = names.get(text);
  if (name === undefined) {
    name = `statement-${names.size}`;
    names.set(text, name);
  }
  return (await pool.query<Row>({ name, text, values })).rows;
}
