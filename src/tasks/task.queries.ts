import type { IsolatedDatabase } from '../db/database.ts';
import { Parameters } from '../db/parameters.ts';
import { READ } from '../db/user-database.ts';
import { criteriaConditions, type DatedCriteria } from './task.criteria.ts';
import { reversed, type SortedTaskRow, type TaskSort } from './task.order.ts';
import { orderClause, type Place, rangesFrom, wholeRange } from './task.ranges.ts';
import { relatedColumns, type TaskSelection } from './task.related.ts';
import { searchedCount, searchedRows, searchedTasks } from './task.search.ts';
import { PLAIN_TASK_COLUMNS, TASK_COLUMNS, type TaskRow, type TaskStats } from './task.ts';
import { OWN_TASKS } from './task.view.ts';

/**
 * The reads of tasks: each takes the owner's id, binds it first and acts as that user, so that none can be written
 * without an owner, and one that forgets its condition still sees the owner's rows only.
 * Rows come from PostgreSQL as the APIs show them; no entity is made.
 */

/** What `TASK_COLUMNS` and the keys of all orders are made of. */
const STORED = `id, title, description, completed, completed_at, priority, due_date, due_at, due_time_zone, due_sort,
  recurrence, recurrence_basis, tag_ids, list_id, parent_id, rank, created_at, updated_at, version`;
/** The columns of the write model. */
const RECORD = `id, user_id, title, description, completed, completed_at, priority, due_date, due_at, due_time_zone,
  recurrence, recurrence_basis, tag_ids, list_id, parent_id, rank, version, created_at, updated_at, deleted_at, purged_at`;
const OWN = 'user_id = $1 and deleted_at is null';

/** A piece of a list: `limit` rows beside a place, or from the start. */
export interface TaskSlice {
  sort: TaskSort;
  criteria: DatedCriteria;
  limit: number;
  /** sort keys of the row that the slice comes after */
  after?: Place | undefined;
  before?: Place | undefined;
  /** take the end of the list instead of its start; rows still come in the order of `sort` */
  fromEnd: boolean;
  /** what of the tasks and of what belongs to them is looked at; all of the tasks without it */
  selection?: TaskSelection | undefined;
}

/** At most `limit` rows, read by index from the place on: a deep page costs what the first one does. */
export async function taskSlice(
  database: IsolatedDatabase,
  userId: string,
  slice: TaskSlice,
): Promise<SortedTaskRow[]> {
  const parameters = new Parameters(userId);
  const text = sliceText(slice, parameters);
  const prepare = isCommon(slice.criteria, slice.sort);
  const rows = await database.as(userId).query<SortedTaskRow>(text, parameters.values, { prepare, isRead: true });
  return slice.fromEnd ? rows.reverse() : rows;
}

function sliceText(slice: TaskSlice, parameters: Parameters): string {
  const { criteria } = slice;
  const scope = [OWN];
  const sort = slice.fromEnd ? reversed(slice.sort) : slice.sort;
  const [start, end] = slice.fromEnd ? [slice.before, slice.after] : [slice.after, slice.before];
  const endSide = slice.fromEnd ? 'after' : 'before';
  if (end) {
    const ranges = rangesFrom(slice.sort, end, endSide, parameters);
    scope.push(`(${ranges.map(({ condition }) => condition).join(' or ') || 'false'})`);
  }
  const ranges = start ? rangesFrom(sort, start, 'after', parameters) : wholeRange(sort);
  const limit = parameters.add(slice.limit);
  const order = `order by ${orderClause(sort.keys, 'tasks')} limit ${limit}`;
  const related = relatedColumns(slice.selection);
  const columns = [columnsFor(sort, slice.selection), ...related].join(', ');
  if (criteria.search) {
    return `select ${columns} from (${searchedRows({ scope, criteria, sort, ranges }, limit, parameters)}) as tasks ${order}`;
  }
  const conditions = [...scope, ...criteriaConditions(criteria, parameters)];
  const source = sort.keys.some(({ isMade }) => isMade) ? `${OWN_TASKS} as tasks` : 'tasks';
  const selects = ranges.map(({ condition, keys }) => {
    return `from ${source} where ${[...conditions, condition].join(' and ')} order by ${orderClause(keys, 'tasks')} limit ${limit}`;
  });
  // Ranges follow each other: as one OR they would be a filter over the whole prefix, as a union each is an index scan.
  return selects.length === 1 && related.length === 0
    ? `select ${columns} ${selects[0]}`
    : `select ${columns} from (${selects.map((select) => `(select ${STORED} ${select})`).join(' union all ')}) as tasks ${order}`;
}

/** Keys that a row does not tell are selected by themselves; some others are what tasks are planned with. */
function columnsFor({ keys }: TaskSort, selection?: TaskSelection): string {
  const needsPlan = keys.some(({ name }) => name === 'priority' || name === 'position');
  return [
    selection?.isPlain && !needsPlan ? PLAIN_TASK_COLUMNS : TASK_COLUMNS,
    ...keys.flatMap(({ selected }) => selected ?? []),
  ].join(', ');
}

export interface TaskOffsetPage {
  sort: TaskSort;
  criteria: DatedCriteria;
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
  const order = `order by ${orderClause(sort.keys, 'tasks')} limit ${parameters.add(limit)} offset ${parameters.add(offset)}`;
  const source = criteria.search
    ? `(${searchedRows({ scope: [OWN], criteria, sort, ranges: wholeRange(sort) }, '$2::bigint + $3::bigint', parameters)}) as tasks`
    : `tasks where ${[OWN, ...criteriaConditions(criteria, parameters)].join(' and ')}`;
  const total = criteria.search ? 'null::int' : `(select count(*)::int from ${source})`;
  const text = `select ${TASK_COLUMNS}, ${total} as total from ${source} ${order}`;
  const rows = await database.as(userId).query<TaskRow & { total: number | null }>(text, parameters.values, {
    prepare: isCommon(criteria, sort),
    isRead: true,
  });
  return { rows: rows.map(({ total, ...row }) => row), total: rows[0]?.total ?? undefined };
}

export async function taskCount(database: IsolatedDatabase, userId: string, criteria: DatedCriteria): Promise<number> {
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
    ? database.as(userId).query(`select ${TASK_COLUMNS} from tasks where id = $2 and ${OWN}`, [userId, only], READ)
    : database
        .as(userId)
        .query(`select ${TASK_COLUMNS} from tasks where id = any($2::uuid[]) and ${OWN}`, [userId, ids], READ);
}

/** One own task with the names of its columns, for a unit of work that is to change it. */
export async function taskRecord(
  database: IsolatedDatabase,
  userId: string,
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const [record] = await database
    .as(userId)
    .query<Record<string, unknown>>(`select ${RECORD} from tasks where id = $2 and ${OWN}`, [userId, id], READ);
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

/** Which of `ids` the user has used, deleted tasks included. */
export async function usedIds(database: IsolatedDatabase, userId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await database
    .as(userId)
    .query<{ id: string }>('select id from tasks where user_id = $1 and id = any($2::uuid[])', [userId, ids], READ);
  return rows.map((row) => row.id);
}

export async function taskStats(
  database: IsolatedDatabase,
  userId: string,
  criteria: DatedCriteria,
): Promise<TaskStats> {
  const parameters = new Parameters(userId);
  const counted = `count(*)::int as total, (count(*) filter (where completed))::int as completed`;
  const text = criteria.search
    ? `select ${counted} from (${searchedTasks(OWN, criteria, parameters)}) as tasks`
    : `select ${counted} from tasks where ${[OWN, ...criteriaConditions(criteria, parameters)].join(' and ')}`;
  const [row] = await database.as(userId).query<{ total: number; completed: number }>(text, parameters.values, {
    prepare: isCommon(criteria),
    isRead: true,
  });
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
    .query<TaskRow>(
      `update tasks set completed = not completed where id = $2 and ${OWN} and recurrence is null returning ${TASK_COLUMNS}`,
      [userId, id],
    );
  return rows[0];
}

/** Names go to what many ask alike. Filters and orders of countless shapes would take all of them. */
function isCommon({ filter }: DatedCriteria, { keys }: Pick<TaskSort, 'keys'> = { keys: [] }): boolean {
  const isPlain = Object.entries(filter ?? {}).every(([field, value]) => value == null || field === 'completed');
  return isPlain && (keys.length <= 2 || keys[0]?.column === 'completed');
}
