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

/** What belongs to it is JSON already. */
export interface PlannedRow extends TaskRow {
  priority: number;
  due_date: string | null;
  tags: string;
  list: string | null;
  total: number;
  done: number;
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

const OWN = 'user_id = $1 and deleted_at is null';
const NEWEST = 'order by created_at desc, id desc limit $2';

const LIST = {
  name: 'list',
  text: `select ${COLUMNS} from tasks where ${OWN} ${NEWEST}`,
};
/** The number of all tasks comes with each row: one round trip less, and PostgreSQL counts once. */
const LIST_AND_COUNT = {
  name: 'list-and-count',
  text: `select ${COLUMNS}, (select count(*)::int from tasks where ${OWN}) as total from tasks where ${OWN} ${NEWEST}`,
};
const LIST_AFTER = {
  name: 'list-after',
  text: `select ${COLUMNS} from tasks where ${OWN} and (created_at, id) < ($3::timestamptz, $4::uuid) ${NEWEST}`,
};
/**
 * `offset 0` keeps the words out of the choice of the index: theirs would read all matches of all users first, 80 times
 * the cost for words that many use, while a user's own tasks in their order soon fill a page.
 */
const OPEN_WITH_WORDS = {
  name: 'open-with-words',
  text: `select ${COLUMNS} from (
      select * from tasks where ${OWN} and completed = false order by created_at desc, id desc offset 0
    ) as open where search @@ search_query($3) limit $2`,
};
/** All of it in one statement: what belongs to a task is made JSON by PostgreSQL. */
const PLANNED = {
  name: 'planned',
  text: `select id, title, description, completed, created_at, updated_at, version, priority, due_date::text, (
      select coalesce(json_agg(json_build_object('id', tags.id, 'name', tags.name, 'color', tags.color) order by place), '[]')
      from unnest(tag_ids) with ordinality as had (tag_id, place) join tags on tags.id = tag_id and tags.user_id = $1
    )::text as tags, (
      select json_build_object('id', lists.id, 'name', lists.name, 'color', lists.color)
      from lists where lists.id = list_id and lists.user_id = $1
    )::text as list, counts.total, counts.done
    from (select * from tasks where ${OWN} ${NEWEST}) as tasks, lateral (
      select count(*)::int as total, (count(*) filter (where part.completed))::int as done
      from tasks as part where part.user_id = $1 and part.parent_id = tasks.id and part.deleted_at is null
    ) as counts order by created_at desc, id desc`,
};
const GET = {
  name: 'get',
  text: `select ${COLUMNS} from tasks where id = $2 and ${OWN}`,
};
const CREATE = {
  name: 'create',
  text: `insert into tasks (id, user_id, title, description) values (uuidv7(), $1, $2, $3) returning ${COLUMNS}`,
};
const RENAME = {
  name: 'rename',
  text: `update tasks set title = $3 where id = $2 and ${OWN} returning ${COLUMNS}`,
};
const TOGGLE = {
  name: 'toggle',
  text: `update tasks set completed = not completed where id = $2 and ${OWN} returning ${COLUMNS}`,
};

export async function listTasks(userId: string, limit: number): Promise<TaskRow[]> {
  return (await pool.query<TaskRow>({ ...LIST, values: [userId, limit] })).rows;
}

export async function listAndCountTasks(userId: string, limit: number): Promise<[TaskRow[], number]> {
  const { rows } = await pool.query<TaskRow & { total: number }>({ ...LIST_AND_COUNT, values: [userId, limit] });
  return [rows, rows[0]?.total ?? 0];
}

export async function listTasksAfter(userId: string, limit: number, createdAt: string, id: string): Promise<TaskRow[]> {
  return (await pool.query<TaskRow>({ ...LIST_AFTER, values: [userId, limit, createdAt, id] })).rows;
}

export async function openTasksWithWords(userId: string, limit: number, words: string): Promise<TaskRow[]> {
  return (await pool.query<TaskRow>({ ...OPEN_WITH_WORDS, values: [userId, limit, words] })).rows;
}

export async function plannedTasks(userId: string, limit: number): Promise<PlannedRow[]> {
  return (await pool.query<PlannedRow>({ ...PLANNED, values: [userId, limit] })).rows;
}

export async function getTask(userId: string, id: string): Promise<TaskRow | undefined> {
  return (await pool.query<TaskRow>({ ...GET, values: [userId, id] })).rows[0];
}

export async function createTask(userId: string, title: string, description: string | null): Promise<TaskRow> {
  return (await pool.query<TaskRow>({ ...CREATE, values: [userId, title, description] })).rows[0]!;
}

export async function renameTask(userId: string, id: string, title: string): Promise<TaskRow | undefined> {
  return (await pool.query<TaskRow>({ ...RENAME, values: [userId, id, title] })).rows[0];
}

export async function toggleTask(userId: string, id: string): Promise<TaskRow | undefined> {
  return (await pool.query<TaskRow>({ ...TOGGLE, values: [userId, id] })).rows[0];
}
