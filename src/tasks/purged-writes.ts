import type { Clock } from '../core/clock.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { createHourlyPurge } from '../db/hourly-purge.ts';
import type { TaskStore } from './task.store.ts';

interface Purging {
  database: IsolatedDatabase;
  clock: Clock;
  /** how long tombstones and applied commands are kept for devices that come back */
  retentionDays: number;
  /** hears of a purge that failed, and of what; the next hour tries again */
  log: (error: unknown, what: string) => void;
}

/** The same store, which sees to it that what is remembered of writes is forgotten in time: no timer has to. */
export function purgeAfterWrites(store: TaskStore, { database, clock, retentionDays, log }: Purging): TaskStore {
  const logOf = (what: string) => (error: unknown) => log(error, what);
  const purgeKeys = createHourlyPurge({ database, clock, log: logOf('expired idempotency keys') }, [
    { call: 'purge_idempotency_keys()' },
  ]);
  const purgeChanges = createHourlyPurge({ database, clock, log: logOf('old deleted tasks and applied commands') }, [
    { call: 'purge_tombstones($1::integer)', values: [retentionDays] },
    { call: 'purge_applied_commands($1::integer)', values: [retentionDays] },
  ]);

  return {
    ...store,
    async change(userId, id, changes, versions) {
      const task = await store.change(userId, id, changes, versions);
      if (changes.deletedAt !== undefined) purgeChanges();
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
