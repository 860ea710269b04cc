import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import type { Readiness } from './health.ts';
import { shareResult } from './shared-result.ts';

const TIMEOUT_MS = 1000;

export interface ReadinessDependencies {
  database: Database;
  /** resolves when the keys for tokens are there */
  keys: () => Promise<void>;
  isClosing: () => boolean;
  /** hears what each check has found */
  observe?: (check: string, isFailing: boolean) => void;
  /** milliseconds that never go back */
  now?: () => number;
}

/**
 * Ready when the database answers soon, no migration is pending, keys are there and the server is not shutting down.
 * One check serves all who ask within a second; only shutting down is told at once.
 */
export function createReadiness(dependencies: ReadinessDependencies): Readiness {
  const { database, keys, isClosing, observe, now = () => performance.now() } = dependencies;
  let migrated = false;

  async function checkMigrations(): Promise<void> {
    if (migrated) return;
    const pending = await database.orm.migrator.getPending();
    if (pending.length > 0) throw new Error('migrations are pending');
    migrated = true;
  }

  const checks = {
    database: () => database.asServer().query('select 1', []),
    migrations: checkMigrations,
    keys,
  };
  const missing = shareResult(async () => {
    const names = await Promise.all(Object.entries(checks).map(([name, check]) => failing(name, check)));
    const missing = names.flat();
    for (const name of Object.keys(checks)) observe?.(name, missing.includes(name));
    return missing;
  }, now);

  return { check: async () => (isClosing() ? ['shutting down'] : missing()) };
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
