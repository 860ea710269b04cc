import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { Readiness } from './health.ts';

const DATABASE_TIMEOUT_MS = 1000;

/** Ready when the database answers soon, no migration is pending and the server is not shutting down. */
export function createReadiness(database: Database, isClosing: () => boolean): Readiness {
  let migrated = false;

  async function checkDatabase(): Promise<string[]> {
    if (!migrated) {
      migrated = (await database.orm.migrator.getPending()).length === 0;
      return migrated ? [] : ['migrations'];
    }
    await database.query('select 1', []);
    return [];
  }

  return {
    async check() {
      if (isClosing()) return ['shutting down'];
      const timeout = new AbortController();
      try {
        return await Promise.race([
          checkDatabase(),
          delay(DATABASE_TIMEOUT_MS, ['database'], { signal: timeout.signal, ref: false }),
        ]);
      } catch {
        return ['database'];
      } finally {
        timeout.abort();
      }
    },
  };
}
