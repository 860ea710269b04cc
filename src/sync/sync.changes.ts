import type { TaskRow } from '../tasks/task.ts';
import type { ChangedTask, ChangedTasks } from './sync.queries.ts';
import { encodePosition, type SyncPosition } from './sync.token.ts';

/** What a follower hears, in the order of the changes. */
export interface TaskChange {
  /**
   * `CREATED`: in its first version. `UPDATED`: in a later one, which a follower that was away may see as the first one.
   * `LABELS`: tags or lists were made, changed or deleted; ask for them. `RESYNC`: what was changed before this is no
   * longer known; start anew, and go on following.
   */
  readonly type: 'CREATED' | 'UPDATED' | 'DELETED' | 'LABELS' | 'RESYNC';
  readonly task: TaskRow | null;
  readonly deletedTaskId: string | null;
  /** to follow on from behind this change */
  readonly syncToken: string;
}

/** What one read means for those at whose place it began. */
export interface FoundChanges {
  readonly changes: readonly TaskChange[];
  /** where the changes lead to */
  readonly place: SyncPosition;
  readonly hasMore: boolean;
}

/** The first `limit` tasks of a read of changes that asked for one more, and the place behind them. */
export function firstOf({ tasks: found, epoch, head }: ChangedTasks, limit: number) {
  const tasks = found.slice(0, limit);
  const hasMore = found.length > limit;
  const last = hasMore ? tasks.at(-1) : undefined;
  return { tasks, place: { epoch, rev: last?.rev ?? head }, hasMore };
}

/** What was changed after `rev`, where the read began. Labels are one change, in its place among those of tasks. */
export function changesOf(found: ChangedTasks, limit: number, rev: number): FoundChanges {
  const { tasks, place, hasMore } = firstOf(found, limit);
  const changes = tasks.map((task) => changeOf(task, found));
  const { labels, key, epoch } = found;
  if (labels > rev && labels <= place.rev) {
    const index = tasks.findIndex((task) => task.rev > labels);
    const syncToken = encodePosition({ epoch, rev: labels }, key);
    changes.splice(index < 0 ? changes.length : index, 0, {
      type: 'LABELS',
      task: null,
      deletedTaskId: null,
      syncToken,
    });
  }
  return { changes, place, hasMore };
}

export function resyncOf({ key, epoch, head }: ChangedTasks): FoundChanges {
  const place = { epoch, rev: head };
  const syncToken = encodePosition(place, key);
  return { changes: [{ type: 'RESYNC', task: null, deletedTaskId: null, syncToken }], place, hasMore: false };
}

function changeOf(task: ChangedTask, { key, epoch }: ChangedTasks): TaskChange {
  const syncToken = encodePosition({ epoch, rev: task.rev }, key);
  return task.isDeleted
    ? { type: 'DELETED', task: null, deletedTaskId: task.id, syncToken }
    : { type: task.version === 1 ? 'CREATED' : 'UPDATED', task, deletedTaskId: null, syncToken };
}
