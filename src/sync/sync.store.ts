import type { IsolatedDatabase } from '../db/database.ts';
import { type ChangedTasks, changedTasks, currentTasks } from './sync.queries.ts';
import type { StartPlace } from './sync.token.ts';

/** Where changes are read. `undefined` is the answer about a user without a row. */
export interface SyncStore {
  /** The tasks that were changed after `rev`, deleted ones too, in the order of their last changes. */
  changed(userId: string, rev: number, limit: number): Promise<ChangedTasks | undefined>;
  /** The tasks that are there, newest first: an order in which no change moves any. */
  current(userId: string, after: StartPlace | undefined, limit: number): Promise<ChangedTasks | undefined>;
}

export function createSyncStore(database: IsolatedDatabase): SyncStore {
  return {
    changed: (userId, rev, limit) => changedTasks(database, userId, rev, limit),
    current: (userId, after, limit) => currentTasks(database, userId, after, limit),
  };
}
