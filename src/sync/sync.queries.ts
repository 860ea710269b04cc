import type { IsolatedDatabase } from '../db/database.ts';
import { READ } from '../db/user-database.ts';
import { TASK_COLUMNS, type TaskRow } from '../tasks/task.ts';
import type { StartPlace } from './sync.token.ts';

/**
 * The reads of synchronisation. Each is one statement, so that the tasks, the number of the last change and what is
 * known no more are all of one moment.
 */

/** What is known of a user's changes at one moment. */
export interface ChangeState {
  /** the number of the last change */
  readonly head: number;
  /** of changes up to this one some are known no more */
  readonly purged: number;
  /** the number of the last change of a tag or a list */
  readonly labels: number;
  /** names the history that the numbers belong to */
  readonly epoch: string;
  /** what the user's sync tokens are made with */
  readonly key: string;
}

/** A task as it is after its last change. */
export interface ChangedTask extends TaskRow {
  readonly rev: number;
  readonly isDeleted: boolean;
}

export interface ChangedTasks extends ChangeState {
  readonly tasks: ChangedTask[];
}

const STATE =
  'users.rev as head, users.purged_rev as purged, users.labels_rev as labels, users.import_salt as key, (select epoch from sync_epoch) as epoch';
const TASK = `${TASK_COLUMNS}, rev, deleted_at is not null as "isDeleted"`;

/** The state of a user, and the tasks of a sub-select about `user_id = $1`. */
const stateAnd = (tasks: string) => `
  select ${STATE}, changed.* from users left join lateral (${tasks}) as changed on true where users.id = $1`;

const CHANGES = stateAnd(`select ${TASK} from tasks where user_id = $1 and rev > $2 order by rev limit $3`);
const FIRST_TASKS = stateAnd(`
  select ${TASK} from tasks where user_id = $1 and deleted_at is null order by created_at desc, id desc limit $2`);
const NEXT_TASKS = stateAnd(`
  select ${TASK} from tasks where user_id = $1 and deleted_at is null and (created_at, id) < ($2, $3)
  order by created_at desc, id desc limit $4`);

/** The tasks that were changed after `rev`, deleted ones too, in the order of their last changes. */
export function changedTasks(database: IsolatedDatabase, userId: string, rev: number, limit: number) {
  return read(database, userId, CHANGES, [userId, rev, limit]);
}

/** The tasks that are there, newest first: an order in which no change moves any. */
export function currentTasks(database: IsolatedDatabase, userId: string, after: StartPlace | undefined, limit: number) {
  return after === undefined
    ? read(database, userId, FIRST_TASKS, [userId, limit])
    : read(database, userId, NEXT_TASKS, [userId, new Date(after.createdAt).toISOString(), after.id, limit]);
}

/** bigint arrives as text; no user makes 2^53 changes. Where there is no task, its columns are null. */
type Row = { [Name in 'head' | 'purged' | 'labels' | 'rev']: string } & Pick<ChangeState, 'epoch' | 'key'> &
  Omit<ChangedTask, 'rev'>;

async function read(
  database: IsolatedDatabase,
  userId: string,
  text: string,
  values: readonly unknown[],
): Promise<ChangedTasks | undefined> {
  const rows = await database.as(userId).query<Row>(text, values, READ);
  const [first] = rows;
  if (!first) return undefined;
  const { epoch, key } = first;
  return {
    head: Number(first.head),
    purged: Number(first.purged),
    labels: Number(first.labels),
    epoch,
    key,
    tasks: rows[0]?.id === null ? [] : rows.map(taskOf),
  };
}

function taskOf({ head, purged, labels, epoch, key, rev, ...task }: Row): ChangedTask {
  return { ...task, rev: Number(rev) };
}
