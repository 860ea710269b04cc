import type { Clock } from '../core/clock.ts';
import type { IsolatedDatabase } from './database.ts';

const PURGE_INTERVAL = 3_600_000;
/** What one call of a purge function removes at most. */
const PURGE_BATCH = 10_000;

/** A call of a function of the database, and its arguments: it removes what is old, and answers how many rows that were. */
interface PurgeCall {
  readonly call: `purge_${string}(${string})`;
  readonly values?: readonly unknown[];
}

interface HourlyPurgeDependencies {
  database: IsolatedDatabase;
  clock: Clock;
  /** hears of a purge that failed; the next hour tries again */
  log: (error: unknown) => void;
}

/**
 * Removes what is old, at most once an hour. Called after a request that leaves something of the kind behind and by no
 * timer: without such requests there is nothing new to remove, and a database that sleeps when idle goes on sleeping.
 */
export function createHourlyPurge(
  { database, clock, log }: HourlyPurgeDependencies,
  calls: readonly PurgeCall[],
): () => void {
  let purgedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    if (now - purgedAt < PURGE_INTERVAL) return;
    purgedAt = now;
    purgeAll(database, calls).catch(log);
  };
}

async function purgeAll(database: IsolatedDatabase, calls: readonly PurgeCall[]): Promise<void> {
  for (const call of calls) await purge(database, call);
}

/** In batches, each a transaction of its own, so that none holds many rows for long. */
export async function purge(database: IsolatedDatabase, { call, values = [] }: PurgeCall): Promise<void> {
  let removed: number;
  do {
    const [row] = await database.asServer().query<{ removed: number }>(`select ${call} as removed`, values);
    removed = row?.removed ?? 0;
  } while (removed >= PURGE_BATCH);
}
