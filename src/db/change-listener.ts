import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type ChangeHints, type ChangeListener, createLocalHints } from '../core/change-hints.ts';
import type { Logger } from '../core/logger.ts';

const CHANNEL = 'premium_todo_changes';
/** The triggers of tasks tell of changes while anybody holds this lock shared; the migration tell-in-one-step has the same. */
const LISTENERS_LOCK = '7307119426';
/** milliseconds */
const TIMEOUT = 5000;
const SHORTEST_DELAY = 500;
const LONGEST_DELAY = 30_000;
const KEEP_ALIVE_DELAY = 10_000;
const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 5000;

export interface ListenedHintsOptions {
  /** past any pooler: what listens is a session */
  readonly url: string;
  readonly logger: Logger;
  /** milliseconds that connecting, and each statement, may take; 5000 when absent */
  readonly timeout?: number;
}

/** A URL that cannot be listened on, however often it is tried. */
class PoolerError extends Error {}

/**
 * Hints of every change, whoever makes it, by PostgreSQL's LISTEN on one connection that there is only while somebody
 * listens here; what this process does itself is told without it. PostgreSQL tells at the commit. Where the connection is lost it is opened again, and then everybody is
 * hinted at, since nobody knows what was told meanwhile.
 */
export function createListenedHints({ url, logger, timeout = TIMEOUT }: ListenedHintsOptions): ChangeHints {
  const within = createLocalHints();
  let tell: ChangeListener | undefined;
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let attempts = 0;

  async function open(): Promise<void> {
    const opened = new Client({
      connectionString: url,
      connectionTimeoutMillis: timeout,
      query_timeout: timeout,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY,
      application_name: 'premium-todo changes',
    });
    client = opened;
    opened.on('notification', ({ payload }) => tell?.(payload));
    // Unheard it would end the process; that the connection has ended is what matters.
    opened.on('error', () => {});
    try {
      await opened.connect();
      await assertDirect(opened);
      // PostgreSQL too: a session that waits for a lock does not notice that its client has gone.
      await opened.query(`set statement_timeout = ${timeout}`);
      await opened.query(`select pg_advisory_lock_shared(${LISTENERS_LOCK})`);
      await opened.query(`listen ${CHANNEL}`);
      await afterEarlierWrites(opened, () => {
        if (client === opened) tell?.();
      });
    } catch (error) {
      void opened.end().catch(() => {});
      lost(opened, (error as Error).message, error instanceof PoolerError);
      return;
    }
    if (client !== opened) {
      // Everybody has gone meanwhile.
      void opened.end().catch(() => {});
      return;
    }
    opened.once('end', () => lost(opened, 'the connection has ended'));
    if (attempts === 0) return;
    attempts = 0;
    logger.info('changes made elsewhere are seen at once again');
    tell?.();
  }

  function lost(gone: Client, reason: string, isFinal = false): void {
    if (client !== gone) return;
    client = undefined;
    if (attempts === 0)
      logger.warn({ reason }, 'changes made elsewhere are seen late: the database cannot be listened to');
    attempts += 1;
    if (isFinal) return;
    const delay = Math.min(SHORTEST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY);
    retry = setTimeout(() => void open(), delay).unref();
  }

  return {
    publish: within.publish,
    async listen(listener) {
      tell = listener;
      await within.listen(listener);
      await open();
    },
    stop() {
      within.stop();
      tell = undefined;
      clearTimeout(retry);
      const gone = client;
      client = undefined;
      attempts = 0;
      void gone?.end().catch(() => {});
    },
  };
}

/**
 * The transactions that change something of a user's: all of them write the owner's row, before they ask whether anybody
 * listens. Others, however long they take, tell nothing, be they of this database or of another one.
 */
const WRITERS = `
  select virtualtransaction as writer from pg_locks
  where locktype = 'relation' and relation = to_regclass('users') and mode = 'RowExclusiveLock'
    and database = (select oid from pg_database where datname = current_database())`;

/**
 * Who had written already when the lock was taken tells nothing at the commit, since nobody seemed to listen. Once all of
 * them have ended, everybody is hinted at; usually there are none, and nothing has to be.
 */
async function afterEarlierWrites(client: Client, hintAll: () => void): Promise<void> {
  const writers = await writersOf(client);
  if (writers.length === 0) return;
  void endOf(client, writers).then(hintAll, () => {
    // It is lost, or silent and given up here: when it is opened again, everybody is hinted at.
    void client.end().catch(() => {});
  });
}

async function endOf(client: Client, writers: readonly string[]): Promise<void> {
  for (let pause = SHORTEST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    await delay(pause, undefined, { ref: false });
    const left = await writersOf(client);
    if (!writers.some((writer) => left.includes(writer))) return;
  }
}

async function writersOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ writer: string }>(WRITERS);
  return rows.map(({ writer }) => writer);
}

/** PostgreSQL tells its clients its own process id; a pooler invents one, and keeps no session that could listen. */
async function assertDirect(client: Client): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const { processID } = client as unknown as { processID: number };
  if (rows[0]?.pid !== processID) throw new PoolerError('DATABASE_URL_DIRECT is a pooler');
}
