import { ConflictError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import type { UserDatabase } from '../db/user-database.ts';
import { TAKE_TURN } from './command.store.ts';
import type { RecordedChange } from './history.queries.ts';
import { TASK_COLUMNS, type TaskRow } from './task.ts';
import type { Change } from './undo.token.ts';

/** A task after what was done to it is taken back. */
export interface UndoneTask extends TaskRow {
  isDeleted: boolean;
}

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
    where parent.id = given.parent_id and parent.user_id = $1 and parent.deleted_at is null)`,
  rank: 'given.rank',
  deleted_at: 'given.deleted_at',
};

const HOLD = 'select id from tasks where id = any($2::uuid[]) and user_id = $1 order by id for update';
const VERSION = 'select version from tasks where id = $2 and user_id = $1 and purged_at is null';
const RECORDED = 'select changes from task_changes where user_id = $1 and task_id = $2 and version = $3';
const FORGET_OCCURRENCE = 'delete from task_occurrences where user_id = $1 and task_id = $2 and version = $3';
const RETURNING = `returning ${TASK_COLUMNS}, deleted_at is not null as "isDeleted"`;
const UNMAKE = `update tasks set deleted_at = now() where id = $2 and user_id = $1 ${RETURNING}`;

/**
 * Takes changes back, all or none, the last one first: each task becomes what it was before, unless it was changed since.
 * `undefined` stands for one that is not there.
 * @throws ConflictError with the current version when a task was changed since, or what it was is forgotten
 */
export function undoChanges(
  database: IsolatedDatabase,
  userId: string,
  changes: readonly Change[],
): Promise<(UndoneTask | undefined)[]> {
  return database.as(userId).transaction(async (manager) => {
    const user = databaseWithin(manager, userId).as(userId);
    await user.query(TAKE_TURN, [userId]);
    await user.query(HOLD, [userId, changes.map(({ id }) => id)]);
    const undone: (UndoneTask | undefined)[] = [];
    for (const change of changes.toReversed()) undone.unshift(await undoChange(user, userId, change));
    return undone;
  });
}

async function undoChange(
  user: UserDatabase,
  userId: string,
  { id, version }: Change,
): Promise<UndoneTask | undefined> {
  const [task] = await user.query<{ version: number }>(VERSION, [userId, id]);
  if (!task) return undefined;
  if (task.version !== version) throw new ConflictError('The task has changed since', task.version);
  if (version === 1) return (await user.query<UndoneTask>(UNMAKE, [userId, id]))[0];
  const [recorded] = await user.query<Pick<RecordedChange, 'changes'>>(RECORDED, [userId, id, version]);
  if (!recorded) throw new ConflictError('What the task was before is no longer known', version);
  const before = Object.fromEntries(
    Object.entries(recorded.changes).flatMap(([column, [was]]) =>
      Object.hasOwn(COLUMNS, column) ? [[column, was]] : [],
    ),
  );
  await user.query(FORGET_OCCURRENCE, [userId, id, version]);
  const columns = Object.keys(before);
  if (columns.length === 0) throw new ConflictError('What the task was before is no longer known', version);
  const values = columns.map((column) => COLUMNS[column]).join(', ');
  const [undone] = await user.query<UndoneTask>(
    `update tasks set (${columns.join(', ')}) = (
       select ${values} from jsonb_populate_record(null::tasks, $3::jsonb) as given
     ) where id = $2 and user_id = $1 ${RETURNING}`,
    [userId, id, JSON.stringify(before)],
  );
  return undone;
}
