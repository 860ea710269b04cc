import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { isMigrated } from '../db/migrate.ts';
import type { Readiness } from './health.ts';
import { shareResult } from './shared-result.ts';

const TIMEOUT_MS = 1000;
const CHECKS = ['database', 'migrations', 'keys'];
/** as in a database that was never migrated */
const UNDEFINED_TABLE = '42P01';

export interface ReadinessDependencies {
  database: Pick<Database, 'asServer' | 'uses'>;
  /** resolves when the keys for tokens are there */
  keys: () => Promise<void>;
  isClosing: () => boolean;
  /** hears what each check has found */
  observe?: (check: string, isFailing: boolean) => void;
  /** seconds between two looks at a database that nobody uses */
  idleInterval: number;
  /** milliseconds that never go back */
  now?: () => number;
}

/**
 * Ready when the database answers soon, no migration is pending, keys are there and the server is not shutting down.
 * One check serves all who ask within a second; only shutting down is told at once. A database that was fine and that
 * nobody has used since counts as fine for `idleInterval`, so that probes need not keep it awake.
 */
export function createReadiness(dependencies: ReadinessDependencies): Readiness {
  const { database, keys, isClosing, idleInterval, observe, now = () => performance.now() } = dependencies;
  /** the last look at the database, if it was fine */
  let fine: { at: number; uses: number } | undefined;

  const isIdle = () => fine !== undefined && database.uses() === fine.uses && now() - fine.at < idleInterval * 1000;

  async function checkDatabase(): Promise<string[]> {
    if (isIdle()) return [];
    fine = undefined;
    // Its own statement does not count; what others use meanwhile is a reason to look again.
    const look = { at: now(), uses: database.uses() + 1 };
    const missing = await inTime('database', missingOf(database));
    if (missing.length === 0) fine = look;
    return missing;
  }

  const missing = shareResult(async () => {
    const keysThere = keys().then(
      () => [],
      () => ['keys'],
    );
    const missing = (await Promise.all([checkDatabase(), inTime('keys', keysThere)])).flat();
    for (const name of CHECKS) observe?.(name, missing.includes(name));
    return missing;
  }, now);

  return { check: async () => (isClosing() ? ['shutting down'] : missing()) };
}

async function missingOf(database: Pick<Database, 'asServer'>): Promise<string[]> {
  try {
    return (await isMigrated(database)) ? [] : ['migrations'];
  } catch (error) {
    return (error as { code?: unknown }).code === UNDEFINED_TABLE ? ['migrations'] : ['database'];
  }
}

/** What the check finds missing, or its name if it takes too long. */
async function inTime(name: string, check: Promise<string[]>): Promise<string[]> {
  const timeout = new AbortController();
  try {
    return await Promise.race([check, delay(TIMEOUT_MS, [name], { signal: timeout.signal, ref: false })]);
  } finally {
    timeout.abort();
  }
}
