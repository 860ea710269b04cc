import { setTimeout as delay } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Client } from 'pg';

/** How long a migration waits for locks. */
export interface LockPatience {
  /** milliseconds for one statement; every request for the table waits behind it for as long */
  readonly timeout: number;
  readonly tries: number;
  /** waits for so many milliseconds between two tries */
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

export const LOCK_PATIENCE: LockPatience = { timeout: 5000, tries: 6, wait: delay };

/**
 * The lock was not to be had in time; or each waited for the other and PostgreSQL chose the migration: a writer locks a
 * task and then its owner, a migration perhaps the tables the other way round.
 */
const WITHOUT_LOCKS = new Set<unknown>(['55P03', '40P01']);
/** milliseconds before the second try, doubled for each one after it */
const FIRST_PAUSE = 1000;

interface Waiting {
  readonly orm: MikroORM;
  /** a connection beside the one that migrates, to see whom it waits for */
  readonly observer: Client;
  readonly patience: LockPatience;
  /** false: it sets the limit itself where it needs one, and every step of it may be taken twice */
  readonly isTransactional: boolean;
  /** hears of each try that failed, and who was in the way */
  readonly failed: (tries: number, blockers: string) => void;
}

/**
 * Runs one migration, and again when it did not get a lock soon. A table lock that waits behind a long
 * transaction has all others wait behind itself, so giving up and coming back is what keeps the table in service.
 * @throws what `run` throws, after the last try the error of PostgreSQL for which `lacksLocks` is true
 */
export async function withLockPatience<Result>(run: () => Promise<Result>, waiting: Waiting): Promise<Result> {
  const { orm, observer, patience, isTransactional, failed } = waiting;
  for (let tries = 1; ; tries++) {
    // Each time: what failed may have cost the connection, and the setting with it.
    const pid = await limitLocks(orm, isTransactional ? patience.timeout : 0);
    const watch = watchBlockers(observer, pid, patience.timeout / 4);
    try {
      return await run();
    } catch (error) {
      if (!lacksLocks(error)) throw error;
      failed(tries, await watch.seen());
      if (tries === patience.tries) throw error;
      await patience.wait(FIRST_PAUSE * 2 ** (tries - 1));
    } finally {
      await watch.seen();
    }
  }
}

/** Sets it for the session of the one connection that migrations have, and answers whose it is. 0 = no limit. */
async function limitLocks(orm: MikroORM, milliseconds: number): Promise<number> {
  const [row] = await orm.em
    .getConnection()
    .execute<{ pid: number }[]>(`select pg_backend_pid() as pid, set_config('lock_timeout', '${milliseconds}', false)`);
  return row?.pid ?? 0;
}

export function lacksLocks(error: unknown): boolean {
  return WITHOUT_LOCKS.has((error as { code?: unknown }).code);
}

/** Notes now and then who holds the locks that a process waits for: once it has given up, nobody knows any more. */
function watchBlockers(observer: Client, pid: number, interval: number) {
  let latest = 'unknown';
  let asking: Promise<void> | undefined;
  async function ask(): Promise<void> {
    const blockers = await blockersOf(observer, pid);
    if (blockers !== '') latest = blockers;
  }
  const timer = setInterval(() => {
    asking = ask().catch(() => {});
  }, interval);
  return {
    /** Stops watching, and answers who was seen last. */
    async seen(): Promise<string> {
      clearInterval(timer);
      await asking;
      return latest;
    },
  };
}

/** Programs and ages, never what they execute: a statement may hold what users wrote. */
async function blockersOf(observer: Client, pid: number): Promise<string> {
  const { rows } = await observer.query<{ description: string }>(
    `select format('process %s of %s%s', pid, coalesce(nullif(application_name, ''), 'an unnamed program'),
       ', in a transaction for ' || extract(epoch from clock_timestamp() - xact_start)::int || ' s') as description
     from pg_stat_activity where pid = any(pg_blocking_pids($1)) order by xact_start limit 5`,
    [pid],
  );
  return rows.map(({ description }) => description).join('; ');
}
