import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { migrations } from '../../migrations/index.ts';
import { withControlConnection } from './control-connection.ts';
import type { Database, IsolatedDatabase } from './database.ts';
import { LOCK_PATIENCE, type LockPatience, lacksLocks, withLockPatience } from './lock-patience.ts';

/** Any constant: instances that start together must meet at the same lock. */
const MIGRATION_LOCK = 7_310_920_114;
/** milliseconds between two tries to get it */
const LOCK_INTERVAL = 100;

export interface MigrationState {
  name: string;
  /** `undefined` while it is pending */
  appliedAt: Date | undefined;
  /** false when only the database has it, from a newer version of this server */
  known: boolean;
}

/** The schema and this version of the server do not fit together; the message names the migration. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface MigrateOptions {
  /** hears of tries that failed for want of a lock */
  log?: (message: string) => void;
  patience?: LockPatience;
  /** ends the wait for others, and what is done between two migrations */
  signal?: AbortSignal | undefined;
}

/** Every migration in the order in which they apply, last those that this version does not know. */
export async function migrationStates({ orm }: Database): Promise<MigrationState[]> {
  const applied = new Map((await orm.migrator.getExecuted()).map((row) => [row.name, row.executed_at]));
  const known = migrations.map(({ name }) => ({ name, appliedAt: applied.get(name), known: true }));
  for (const { name } of known) applied.delete(name);
  return [...known, ...[...applied].map(([name, appliedAt]) => ({ name, appliedAt, known: false }))];
}

/** Whether every migration of this version is applied; newer ones are no fault. One statement, which every role may send. */
export async function isMigrated(database: Pick<IsolatedDatabase, 'asServer'>): Promise<boolean> {
  const names = migrations.map(({ name }) => name);
  const [row] = await database
    .asServer()
    .query<{ applied: number }>('select count(*)::int as applied from migrations where name = any($1)', [names]);
  return row?.applied === names.length;
}

/**
 * Applies pending migrations and answers their names. Instances that start together take turns: an advisory lock is
 * held on a connection of its own (`url` must not be a pooler, which would lose the lock to another client).
 * @throws MigrationError when the schema is newer than this version; the reason of `options.signal`
 */
export async function migrate(database: Database, url: string, options: MigrateOptions = {}): Promise<string[]> {
  const apply = async (observer: Client) => {
    const states = await migrationStates(database);
    refuseUnknown(states);
    const pending = states.filter(({ appliedAt }) => !appliedAt).map(({ name }) => name);
    for (const name of pending) {
      options.signal?.throwIfAborted();
      await runMigration(name, () => database.orm.migrator.up({ migrations: [name] }), { database, observer, options });
    }
    return pending;
  };
  return withMigrationLock(url, apply, options.signal);
}

/**
 * Reverts the migration that was applied last and answers its name; `undefined` when there is none.
 * @throws MigrationError when only a newer version knows how
 */
export async function revertLast(
  database: Database,
  url: string,
  options: MigrateOptions = {},
): Promise<string | undefined> {
  return withMigrationLock(url, async (observer) => {
    const states = await migrationStates(database);
    refuseUnknown(states);
    const name = states.findLast(({ appliedAt }) => appliedAt)?.name;
    if (name === undefined) return undefined;
    await runMigration(name, () => database.orm.migrator.down({ migrations: [name] }), { database, observer, options });
    return name;
  });
}

interface Circumstances {
  database: Database;
  observer: Client;
  options: MigrateOptions;
}

/** @throws MigrationError when others keep the locks that it needs */
async function runMigration(name: string, run: () => Promise<unknown>, circumstances: Circumstances): Promise<void> {
  const { database, observer, options } = circumstances;
  const { log = () => {}, patience = LOCK_PATIENCE } = options;
  const isTransactional = migrations.find((known) => known.name === name)?.class.prototype.isTransactional() ?? true;
  let blockers = '';
  const failed = (tries: number, seen: string) => {
    blockers = seen;
    log(`migration ${name} did not get its locks (try ${tries} of ${patience.tries}); in the way: ${seen}`);
  };
  try {
    await withLockPatience(run, { orm: database.orm, observer, patience, isTransactional, failed });
  } catch (error) {
    if (!lacksLocks(error)) throw error;
    throw new MigrationError(
      `The migration ${name} did not get its locks in ${patience.tries} tries, and ` +
        `${isTransactional ? 'nothing of it was done' : 'is not done'}. In the way: ${blockers}. End that, or start again when it is over.`,
    );
  }
}

/**
 * Reverts and applies until exactly these migrations are applied: for a database without rows, which loses nothing.
 * Whoever calls it holds the lock.
 */
export async function migrateTo(database: Database, names: ReadonlySet<string>): Promise<void> {
  const states = await migrationStates(database);
  const named = (isWanted: (state: MigrationState) => boolean) => states.filter(isWanted).map(({ name }) => name);
  const surplus = named(({ name, appliedAt }) => appliedAt !== undefined && !names.has(name));
  const missing = named(({ name, appliedAt }) => appliedAt === undefined && names.has(name));
  if (surplus.length > 0) await database.orm.migrator.down({ migrations: surplus });
  if (missing.length > 0) await database.orm.migrator.up({ migrations: missing });
}

/** @throws MigrationError that names what only a newer version knows */
export function refuseUnknown(states: readonly MigrationState[]): void {
  const unknown = states.filter(({ known }) => !known).map(({ name }) => name);
  if (unknown.length === 0) return;
  throw new MigrationError(
    `The schema is newer than this version of the server, which does not know ${unknown.join(', ')}. ` +
      'Use the version that applied it, or revert it with that version.',
  );
}

/**
 * Keeps everybody else from changing the schema meanwhile. MikroORM's own first step, making its table, needs the lock too:
 * two that make it at once fail. `signal` ends the wait.
 */
export function withMigrationLock<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const locked = async (client: Client) => {
    // Asked again and again: a statement that waits keeps its snapshot, which an index built beside writes would wait for.
    while (!(await isLocked(client))) {
      await delay(LOCK_INTERVAL);
      signal?.throwIfAborted();
    }
    return work(client);
  };
  return withControlConnection(url, locked, { query_timeout: 0 });
}

async function isLocked(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    MIGRATION_LOCK,
  ]);
  return rows[0]?.locked === true;
}
