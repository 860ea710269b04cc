import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, openCluster } from './embedded-cluster.ts';
import { isProcessAlive } from './embedded-postmaster.ts';
import { DATABASE_NAME, EmbeddedSession, SUPERUSER } from './embedded-session.ts';

/** An embedded PostgreSQL that this process uses. */
export interface EmbeddedPostgres {
  /** Connects to the database as its superuser, over TCP on 127.0.0.1. */
  readonly url: string;
  /** Lets go of PostgreSQL, and stops it when no other process uses it. Close all connections first. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** DATA_DIR as an absolute path; the data are kept in its directory `postgres`. */
  readonly dataDirectory: string;
  /** True for the server, of which there is one per data directory; false for a command beside it. */
  readonly exclusive: boolean;
  /** More PostgreSQL settings; they count only when PostgreSQL is not running yet. */
  readonly settings?: Record<string, string>;
  readonly log: (line: string) => void;
}

const JOIN_LIMIT = 60_000;
const RETRY_INTERVAL = 50;
/** For how long a PostgreSQL without users is left to the living process that started it. */
const STARTER_PATIENCE = 3_000;
/** For how long a killed server's connection may still hold its lock. */
const DEAD_SERVER_PATIENCE = 1_000;
const START_ATTEMPTS = 3;

/**
 * Starts the PostgreSQL of a data directory, or joins the one that runs there already.
 *
 * Who starts it does not own it: the last process that lets go stops it. A PostgreSQL without users is left over from
 * a killed process. It is restarted, because its program files may have been replaced by an installation meanwhile.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDirectory, options.log);
  const { session, port } = await takePart(cluster, options);
  let stopping: Promise<void> | undefined;
  return {
    url: `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${DATABASE_NAME}`,
    stop: () => {
      stopping ??= letGo(cluster, session, options.log);
      return stopping;
    },
  };
}

interface Part {
  readonly session: EmbeddedSession;
  readonly port: number;
}

async function takePart(cluster: Cluster, options: EmbeddedPostgresOptions): Promise<Part> {
  const begin = Date.now();
  for (let failures = 0; Date.now() - begin < JOIN_LIMIT; ) {
    const running = await cluster.findPostmaster();
    if (!running) {
      await cluster.start({ cluster_name: `premium-todo-${process.pid}`, ...options.settings }).catch((error) => {
        // Another process may have started it at the same time, or taken the port.
        failures += 1;
        if (failures === START_ATTEMPTS) throw error;
      });
      continue;
    }
    const session = await EmbeddedSession.open(
      running.port,
      cluster.password,
      options.exclusive ? 'server' : 'command',
    );
    if (session && (await settleIn(session, cluster, options, Date.now() - begin))) {
      return { session, port: running.port };
    }
    await session?.close();
    await delay(RETRY_INTERVAL);
  }
  throw new Error(
    `The PostgreSQL of ${cluster.directory} runs (process ${(await cluster.findPostmaster())?.pid}) ` +
      'but accepts no connections. Stop that process and try again.',
  );
}

/** True when the session is a user of PostgreSQL now, false when it has to be tried again. */
async function settleIn(
  session: EmbeddedSession,
  cluster: Cluster,
  { exclusive, dataDirectory, log }: EmbeddedPostgresOptions,
  waited: number,
): Promise<boolean> {
  if (await session.claimAlone()) {
    const starter = Number((await session.clusterName()).split('-').at(-1));
    if (starter !== process.pid) {
      if (waited < STARTER_PATIENCE && isProcessAlive(starter)) return false;
      log('Restarting the embedded PostgreSQL that an earlier process has left running');
      await cluster.stop();
      return false;
    }
  }
  if (!(await session.join())) return false;
  await session.unclaimAlone();
  if (exclusive) await takeServerPlace(session, dataDirectory);
  await session.ensureDatabase();
  return true;
}

async function takeServerPlace(session: EmbeddedSession, dataDirectory: string): Promise<void> {
  const begin = Date.now();
  while (!(await session.becomeServer())) {
    if (Date.now() - begin > DEAD_SERVER_PATIENCE) {
      const other = await session.currentServer();
      await session.close();
      throw new Error(
        `Another server (${other}) uses the data directory ${dataDirectory}. ` +
          'Stop it first, or give this one another DATA_DIR.',
      );
    }
    await delay(RETRY_INTERVAL);
  }
}

async function letGo(cluster: Cluster, session: EmbeddedSession, log: (line: string) => void): Promise<void> {
  await session.leave();
  if (await session.claimAlone()) {
    await cluster.stop();
    log('Stopped the embedded PostgreSQL');
  }
  await session.close();
}
