import type { Clock } from '../core/clock.ts';
import type { IsolatedDatabase } from './database.ts';

const PURGE_INTERVAL = 3_600_000;
/** What one call of `purge_idempotency_keys` removes at most. */
const PURGE_BATCH = 10_000;

export interface KeyPurgeDependencies {
  database: IsolatedDatabase;
  clock: Clock;
  /** hears of a purge that failed; the next hour tries again */
  log: (error: unknown) => void;
}

/**
 * Removes expired idempotency keys with their answers, at most once an hour. Called after a request with a key and by no
 * timer: without such requests there is nothing new to remove, and a database that sleeps when idle goes on sleeping.
 */
export function createKeyPurge({ database, clock, log }: KeyPurgeDependencies): () => void {
  let purgedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    if (now - purgedAt < PURGE_INTERVAL) return;
    purgedAt = now;
    purgeKeys(database).catch(log);
  };
}

/** In batches, each a transaction of its own, so that none holds many rows for long. */
async function purgeKeys(database: IsolatedDatabase): Promise<void> {
  let removed: number;
  do {
    const [row] = await database
      .asServer()
      .query<{ removed: number }>('select purge_idempotency_keys() as removed', []);
    removed = row?.removed ?? 0;
  } while (removed >= PURGE_BATCH);
}
