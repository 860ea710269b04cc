import { Pool, types } from 'pg';
import { DATABASE_URL, POOL_SIZE } from '../settings.ts';

/** A row of `tasks`; times are PostgreSQL's text in UTC, because they only travel from there into JSON. */
export interface TaskRow {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  created_at: string;
  updated_at: string;
  version: number;
}

const keepText = (text: string) => text;

const pool = new Pool({
  connectionString: DATABASE_URL,
  max: POOL_SIZE,
  options: '-c timezone=UTC',
  types: {
    getTypeParser: (type, format) =>
      type === types.builtins.TIMESTAMPTZ ? keepText : types.getTypeParser(type, format),
  },
});

const COLUMNS = 'id, title, description, completed, created_at, updated_at, version';

const LIST = {
  name: 'list',
  text: `select ${COLUMNS} from tasks where user_id = $1 and deleted_at is null
    order by created_at desc, id desc limit $2`,
};
const GET = {
  name: 'get',
  text: `select ${COLUMNS} from tasks where id = $1 and user_id = $2 and deleted_at is null`,
};
const CREATE = {
  name: 'create',
  text: `insert into tasks (id, user_id, title, description) values (uuidv7(), $1, $2, $3) returning ${COLUMNS}`,
};
const TOGGLE = {
  name: 'toggle',
  text: `update tasks set completed = not completed
    where id = $1 and user_id = $2 and deleted_at is null returning ${COLUMNS}`,
};

export async function listTasks(userId: string, limit: number): Promise<TaskRow[]> {
  return (await pool.query<TaskRow>({ ...LIST, values: [userId, limit] })).rows;
}

export async function getTask(userId: string, id: string): Promise<TaskRow | undefined> {
  return (await pool.query<TaskRow>({ ...GET, values: [id, userId] })).rows[0];
}

export async function createTask(userId: string, title: string, description: string | null): Promise<TaskRow> {
  return (await pool.query<TaskRow>({ ...CREATE, values: [userId, title, description] })).rows[0]!;
}

export async function toggleTask(userId: string, id: string): Promise<TaskRow | undefined> {
  return (await pool.query<TaskRow>({ ...TOGGLE, values: [id, userId] })).rows[0];
}
