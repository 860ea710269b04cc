import { AppError, ConflictError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import type { Queryable } from '../db/user-database.ts';
import { TAKE_TURN } from './command.store.ts';
import type { RecordedChange } from './history.queries.ts';
import { TASK_COLUMNS, type TaskRow } from './task.ts';
import type { Change } from './undo.token.ts';

/** A task after what was done to it is taken back. */
export interface UndoneTask extends TaskRow {
  isDeleted: boolean;
}

/** The task and what belongs to it by now, in the trash too, where no trigger keeps it from belonging to one of them. */
const PARTS = `
  with recursive parts (id) as (
    select $2::uuid
    union
    select tasks.id from parts join tasks on tasks.parent_id = parts.id and tasks.user_id = $1
  )
  select id from parts`;

/** How each column gets back what it had, of the row `given`; what is gone meanwhile, a tag for one, is left out. */
const COLUMNS: Record<string, string> = {
  title: 'given.title',
  description: 'given.description',
  completed: 'given.completed',
  priority: 'given.priority',
  due_date: 'given.due_date',
  due_at: 'given.due_at',
  due_time_zone: 'given.due_time_zone',
  recurrence: 'given.recurrence',
  recurrence_basis: 'given.recurrence_basis',
  tag_ids: `array(
    select had.id from unnest(given.tag_ids) with ordinality as had (id, place)
    join tags on tags.id = had.id and tags.user_id = $1 order by had.place)`,
  list_id: '(select lists.id from lists where lists.id = given.list_id and lists.user_id = $1)',
  parent_id: `(
    select parent.id from tasks as parent
    where parent.id = given.parent_id and parent.user_id = $1
      and case when given.deleted_at is null then parent.deleted_at is null else parent.id not in (${PARTS}) end)`,
  // Somebody may have moved another task to where this one was.
  rank: 'task_free_rank($1, $2, given.rank, $4)',
  deleted_at: 'given.deleted_at',
};

const HOLD = `
  select id, version from tasks where id = any($2::uuid[]) and user_id = $1 and purged_at is null
  order by id for no key update`;
/** How deep tasks stand, since none can be put back under one that is still away. There are five levels, in the trash perhaps more. */
const DEPTHS = `
  with recursive places (id, above, depth) as (
    select id, parent_id, 0 from tasks where id = any($2::uuid[]) and user_id = $1
    union all
    select places.id, tasks.parent_id, depth + 1 from places join tasks on tasks.id = places.above and tasks.user_id = $1
    where depth < 20
  )
  select id, max(depth)::int as depth from places group by id`;
const IS_DELETED = 'select deleted_at is not null as "isDeleted" from tasks where id = $2 and user_id = $1';
const NAMED = 'unnest($2::uuid[], $3::integer[]) as named (id, version)';
const RECORDED = `
  select task_id as id, changes from task_changes
  join ${NAMED} on task_id = named.id and task_changes.version = named.version where user_id = $1`;
/** An occurrence that was completed is open again, or completed once more by the undo of that. The undo leads to the next version. */
const TURN_OCCURRENCES = `
  update task_occurrences set
    version = case when undone_by is null then task_occurrences.version else named.version + 1 end,
    undone_by = case when undone_by is null then named.version + 1 end
  from ${NAMED}
  where user_id = $1 and task_id = named.id and coalesce(undone_by, task_occurrences.version) = named.version`;
const UNDONE = `
  select ${TASK_COLUMNS}, deleted_at is not null as "isDeleted" from tasks where id = any($2::uuid[]) and user_id = $1`;

/**
 * Takes changes back, all or none: each task becomes what it was before, unless one was changed since. Answers the tasks in
 * the order of the changes, or the id of one that is not there.
 * @throws ConflictError with the current version when a task was changed since, or cannot be what it was
 */
export function undoChanges(
  database: IsolatedDatabase,
  userId: string,
  changes: readonly Change[],
): Promise<UndoneTask[] | { missing: string }> {
  return database.as(userId).transaction(async (manager) => {
    const user = databaseWithin(manager, userId).as(userId);
    const ids = changes.map(({ id }) => id);
    await user.query(TAKE_TURN, [userId]);
    const held = await user.query<Change>(HOLD, [userId, ids]);
    const versions = new Map(held.map(({ id, version }) => [id, version]));
    const missing = ids.find((id) => !versions.has(id));
    if (missing !== undefined) return { missing };
    const changed = changes.find(({ id, version }) => versions.get(id) !== version);
    if (changed) throw new ConflictError('The task has changed since', versions.get(changed.id));
    const states = await statesBefore(user, userId, changes);
    await user.query(TURN_OCCURRENCES, [userId, ids, changes.map(({ version }) => version)]);
    for (const change of await downwards(user, userId, changes)) {
      await putBack(user, userId, change, states.get(change.id) ?? {}, ids);
    }
    const undone = new Map((await user.query<UndoneTask>(UNDONE, [userId, ids])).map((task) => [task.id, task]));
    return ids.flatMap((id) => undone.get(id) ?? []);
  });
}

/** What is to be written of each, by the names of columns. */
async function statesBefore(user: Queryable, userId: string, changes: readonly Change[]) {
  const values = [userId, changes.map(({ id }) => id), changes.map(({ version }) => version)];
  const recorded = await user.query<Pick<RecordedChange, 'changes'> & { id: string }>(RECORDED, values);
  const found = new Map(recorded.map((change) => [change.id, change.changes]));
  return new Map(changes.map(({ id, version }) => [id, stateBefore(found.get(id) ?? {}, version)]));
}

function stateBefore(changes: RecordedChange['changes'], version: number): Record<string, unknown> {
  if (version === 1) return { deleted_at: new Date().toISOString() };
  const before = Object.entries(changes).flatMap(([column, [was]]) =>
    Object.hasOwn(COLUMNS, column) ? [[column, was] as const] : [],
  );
  if (before.length === 0) throw new ConflictError('What the task was before is no longer known', version);
  return Object.fromEntries(before);
}

async function downwards(user: Queryable, userId: string, changes: readonly Change[]): Promise<Change[]> {
  const places = await user.query<{ id: string; depth: number }>(DEPTHS, [userId, changes.map(({ id }) => id)]);
  const depths = new Map(places.map(({ id, depth }) => [id, depth]));
  return changes.toSorted((one, other) => (depths.get(one.id) ?? 0) - (depths.get(other.id) ?? 0));
}

async function putBack(
  user: Queryable,
  userId: string,
  { id, version }: Change,
  { deleted_at: deletedAt, ...others }: Record<string, unknown>,
  ids: readonly string[],
): Promise<void> {
  // It may have followed what it is a part of.
  const isDue = deletedAt !== undefined && (await isDeleted(user, userId, id)) !== (deletedAt !== null);
  const before = isDue ? { ...others, deleted_at: deletedAt } : others;
  const columns = Object.keys(before);
  if (columns.length === 0) return;
  const values = columns.map((column) => COLUMNS[column]).join(', ');
  const update = `
    update tasks set (${columns.join(', ')}) = (
      select ${values} from jsonb_populate_record(null::tasks, $3::jsonb) as given where $4::uuid[] is not null
    ) where id = $2::uuid and user_id = $1`;
  await user.query(update, [userId, id, JSON.stringify(before), ids]).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'BAD_USER_INPUT') throw error;
    throw new ConflictError(`The task cannot be what it was: ${error.message}`, version);
  });
}

async function isDeleted(user: Queryable, userId: string, id: string): Promise<boolean> {
  const [task] = await user.query<{ isDeleted: boolean }>(IS_DELETED, [userId, id]);
  return task?.isDeleted === true;
}
