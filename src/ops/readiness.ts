import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { Readiness } from './health.ts';

const TIMEOUT_MS = 1000;

export interface ReadinessDependencies {
  database: Database;
  /** resolves when the keys for tokens are there */
  keys: () => Promise<void>;
  isClosing: () => boolean;
}

/** Ready when the database answers soon, no migration is pending, keys are there and the server is not shutting down. */
export function createReadiness({ database, keys, isClosing }: ReadinessDependencies): Readiness {
  let migrated = false;

  async function checkMigrations(): Promise<void> {
    if (migrated) return;
    const pending = await database.orm.migrator.getPending();
    if (pending.length > 0) throw new Error('migrations are pending');
    migrated = true;
  }

  return {
    async check() {
      if (isClosing()) return ['shutting down'];
      const checks = {
        database: () => database.asServer().query('select 1', []),
        migrations: checkMigrations,
        keys,
      };
      const results = await Promise.all(Object.entries(checks).map(([name, check]) => failing(name, check)));
      return results.flat();
    },
  };
}

/** The name, if the check throws or takes too long. */
async function failing(name: string, check: () => Promise<unknown>): Promise<string[]> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      check().then(() => []),
      delay(TIMEOUT_MS, [name], { signal: timeout.signal, ref: false }),
    ]);
  } catch {
    return [name];
  } finally {
    timeout.abort();
  }
}
