import type { IsolatedDatabase } from '../db/database.ts';
import { Parameters } from '../db/parameters.ts';
import { READ } from '../db/user-database.ts';
import { criteriaConditions, orderClause, rangesFrom } from './task.criteria.ts';
import type { TaskCriteria } from './task.inputs.ts';
import { reversed, type TaskSort } from './task.order.ts';
import { searchedCount, searchedRows } from './task.search.ts';
import type { TaskRow, TaskStats } from './task.ts';

/**
 * The reads of tasks: each takes the owner's id, binds it first and acts as that user, so that none can be written
 * without an owner, and one that forgets its condition still sees the owner's rows only.
 * Rows come from PostgreSQL as the APIs show them; no entity is made.
 */

const STORED = 'id, title, description, completed, completed_at, created_at, updated_at, version';
const COLUMNS =
  'id, title, description, completed, completed_at as "completedAt", created_at as "createdAt", updated_at as "updatedAt", version';
const OWN = 'user_id = $1 and deleted_at is null';

/** A piece of a list: `limit` rows beside a place, or from the start. */
export interface TaskSlice {
  sort: TaskSort;
  criteria: TaskCriteria;
  limit: number;
  /** sort keys of the row that the slice comes after */
  after?: readonly string[] | undefined;
  before?: readonly string[] | undefined;
  /** take the end of the list instead of its start; rows still come in the order of `sort` */
  fromEnd: boolean;
}

/** At most `limit` rows, read by index from the place on: a deep page costs what the first one does. */
export async function taskSlice(database: IsolatedDatabase, userId: string, slice: TaskSlice): Promise<TaskRow[]> {
  const parameters = new Parameters(userId);
  const scope = [OWN];
  const sort = slice.fromEnd ? reversed(slice.sort) : slice.sort;
  const [start, end] = slice.fromEnd ? [slice.before, slice.after] : [slice.after, slice.before];
  const endSide = slice.fromEnd ? 'after' : 'before';
  if (end) scope.push(`(${rangesFrom(slice.sort, end, endSide, parameters).join(' or ')})`);
  const ranges = start ? rangesFrom(sort, start, 'after', parameters) : ['true'];
  const limit = parameters.add(slice.limit);
  const order = `order by ${orderClause(sort)} limit ${limit}`;
  const prepare = isCommon(slice.criteria, sort);
  if (slice.criteria.search) {
    const searched = { scope, criteria: slice.criteria, sort, ranges };
    const found = `select ${COLUMNS} from (${searchedRows(searched, limit, parameters)}) as tasks ${order}`;
    const rows = await database.as(userId).query<TaskRow>(found, parameters.values, { prepare, isRead: true });
    return slice.fromEnd ? rows.reverse() : rows;
  }
  const conditions = [...scope, ...criteriaConditions(slice.criteria, parameters)];
  const selects = ranges.map((range) => `from tasks where ${[...conditions, range].join(' and ')} ${order}`);
  // Ranges follow each other: as one OR they would be a filter over the whole prefix, as a union each is an index scan.
  const text =
    selects.length === 1
      ? `select ${COLUMNS} ${selects[0]}`
      : `select ${COLUMNS} from (${selects.map((select) => `(select ${STORED} ${select})`).join(' union all ')}) as tasks ${order}`;
  const rows = await database.as(userId).query<TaskRow>(text, parameters.values, { prepare, isRead: true });
  return slice.fromEnd ? rows.reverse() : rows;
}

export interface TaskOffsetPage {
  sort: TaskSort;
  criteria: TaskCriteria;
  limit: number;
  offset: number;
}

export interface TaskOffsetRows {
  rows: TaskRow[];
  /** of the whole list; unknown for a search, and behind the end of the list, where there is no row to tell it */
  total: number | undefined;
}

/** A numbered page and how many tasks there are in all, in one statement if it can be. */
export async function taskOffsetPage(
  database: IsolatedDatabase,
  userId: string,
  page: TaskOffsetPage,
): Promise<TaskOffsetRows> {
  const { sort, criteria, limit, offset } = page;
  const parameters = new Parameters(userId);
  const order = `order by ${orderClause(sort)} limit ${parameters.add(limit)} offset ${parameters.add(offset)}`;
  const source = criteria.search
    ? `(${searchedRows({ scope: [OWN], criteria, sort, ranges: ['true'] }, '$2::bigint + $3::bigint', parameters)}) as tasks`
    : `tasks where ${[OWN, ...criteriaConditions(criteria, parameters)].join(' and ')}`;
  const total = criteria.search ? 'null::int' : `(select count(*)::int from ${source})`;
  const text = `select ${COLUMNS}, ${total} as total from ${source} ${order}`;
  const rows = await database.as(userId).query<TaskRow & { total: number | null }>(text, parameters.values, {
    prepare: isCommon(criteria, sort),
    isRead: true,
  });
  return { rows: rows.map(({ total, ...row }) => row), total: rows[0]?.total ?? undefined };
}

export async function taskCount(database: IsolatedDatabase, userId: string, criteria: TaskCriteria): Promise<number> {
  const parameters = new Parameters(userId);
  const text = criteria.search
    ? searchedCount([OWN], criteria, parameters)
    : `select count(*)::int as count from tasks where ${[OWN, ...criteriaConditions(criteria, parameters)].join(' and ')}`;
  const [row] = await database
    .as(userId)
    .query<{ count: number }>(text, parameters.values, { prepare: isCommon(criteria), isRead: true });
  return row?.count ?? 0;
}

/** The user's own tasks among `ids`, in no order. */
export function tasksByIds(database: IsolatedDatabase, userId: string, ids: readonly string[]): Promise<TaskRow[]> {
  const [only] = ids;
  return ids.length === 1
    ? database.as(userId).query(`select ${COLUMNS} from tasks where id = $2 and ${OWN}`, [userId, only], READ)
    : database
        .as(userId)
        .query(`select ${COLUMNS} from tasks where id = any($2::uuid[]) and ${OWN}`, [userId, ids], READ);
}

/** One own task with the names of its columns, for a unit of work that is to change it. */
export async function taskRecord(
  database: IsolatedDatabase,
  userId: string,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const [record] = await database
    .as(userId)
    .query<Record<string, unknown>>(
      `select ${STORED}, user_id, deleted_at from tasks where id = $2 and ${OWN}`,
      [userId, id],
      READ,
    );
  return record;
}

/** Which of `ids` are tasks of somebody else: what turns "not found" into "forbidden". The database tells no more of them. */
export async function idsOfOthers(
  database: IsolatedDatabase,
  userId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await database
    .as(userId)
    .query<{ id: string }>('select tasks_of_others as id from tasks_of_others($1::uuid[])', [ids], READ);
  return rows.map((row) => row.id);
}

export async function taskStats(database: IsolatedDatabase, userId: string): Promise<TaskStats> {
  const [row] = await database
    .as(userId)
    .query<{ total: number; completed: number }>(
      `select count(*)::int as total, (count(*) filter (where completed))::int as completed from tasks where ${OWN}`,
      [userId],
      READ,
    );
  const { total, completed } = row ?? { total: 0, completed: 0 };
  return { total, completed, open: total - completed };
}

/**
 * `rev` counts on from an older number after a restore; with the transaction that wrote the row it is another state, and
 * with the user's hash never that of another user whose row was written by the same transaction.
 */
export async function taskRevision(database: IsolatedDatabase, userId: string): Promise<string | undefined> {
  const [row] = await database
    .as(userId)
    .query<{ revision: string }>(
      "select rev || '-' || xmin || '-' || hashtext(id) as revision from users where id = $1 and deleted_at is null",
      [userId],
      READ,
    );
  return row?.revision;
}

/** Turns `completed` over in one statement: right under concurrency, and a fifth of the cost of load, change, flush. */
export async function toggleTask(database: IsolatedDatabase, userId: string, id: string): Promise<TaskRow | undefined> {
  const rows = await database
    .as(userId)
    .query<TaskRow>(`update tasks set completed = not completed where id = $2 and ${OWN} returning ${COLUMNS}`, [
      userId,
      id,
    ]);
  return rows[0];
}

/** Names go to what many ask alike. Filters and orders of countless shapes would take all of them. */
function isCommon({ filter }: TaskCriteria, { keys }: Pick<TaskSort, 'keys'> = { keys: [] }): boolean {
  const isPlain = Object.entries(filter ?? {}).every(([field, value]) => value == null || field === 'completed');
  return isPlain && (keys.length <= 2 || keys[0]?.column === 'completed');
}
