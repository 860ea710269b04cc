import type { Clock } from '../core/clock.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { createHourlyPurge } from '../db/hourly-purge.ts';
import type { Revise, TaskStore } from './task.store.ts';

/** Days that is kept what users may still want, and their devices. */
export interface Retention {
  /** tombstones and applied commands, for devices that come back */
  sync: number;
  /** what was deleted, to be restored */
  trash: number;
  /** what became of tasks */
  history: number;
}

export interface Purging {
  database: IsolatedDatabase;
  clock: Clock;
  retention: Retention;
  /** hears of a purge that failed, and of what; the next hour tries again */
  log: (error: unknown, what: string) => void;
}

/** The same store, which sees to it that what is remembered of writes is forgotten in time: no timer has to. */
export function purgeAfterWrites(store: TaskStore, { database, clock, retention, log }: Purging): TaskStore {
  const logOf = (what: string) => (error: unknown) => log(error, what);
  const purgeKeys = createHourlyPurge({ database, clock, log: logOf('expired idempotency keys') }, [
    { call: 'purge_idempotency_keys()' },
  ]);
  const purgeChanges = createHourlyPurge({ database, clock, log: logOf('old deleted tasks and applied commands') }, [
    { call: 'purge_tombstones($1::integer)', values: [retention.sync] },
    { call: 'purge_applied_commands($1::integer)', values: [retention.sync] },
    { call: 'purge_trash($1::integer)', values: [retention.trash] },
    { call: 'purge_task_changes($1::integer)', values: [retention.history] },
  ]);

  return {
    ...store,
    async change(userId, id, revise, versions) {
      let isDeletion = false;
      const noticed: Revise = (task) => {
        const changes = revise(task);
        isDeletion = changes.deletedAt != null;
        return changes;
      };
      const task = await store.change(userId, id, noticed, versions);
      if (isDeletion) purgeChanges();
      return task;
    },
    async once(userId, request, work) {
      const answer = await store.once(userId, request, work);
      purgeKeys();
      // It may have been a deletion.
      purgeChanges();
      return answer;
    },
    async applyCommands(userId, commands, work) {
      const answer = await store.applyCommands(userId, commands, work);
      purgeChanges();
      return answer;
    },
  };
}
