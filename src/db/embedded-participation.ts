import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './embedded-cluster.ts';
import { isProcessAlive } from './embedded-postmaster.ts';
import { EmbeddedSession } from './embedded-session.ts';

export interface ParticipationOptions {
  /** True for the server, of which there is one per data directory; false for a command beside it. */
  readonly exclusive: boolean;
  /** More PostgreSQL settings; they count only for the process that starts it. */
  readonly settings?: Record<string, string>;
  readonly log: (line: string) => void;
}

/** A process's part in the use of one running PostgreSQL. */
export interface Participation {
  readonly session: EmbeddedSession;
  readonly port: number;
}

const JOIN_LIMIT = 60_000;
const RETRY_INTERVAL = 50;
const START_ATTEMPTS = 3;
const START_INTERVAL = 300;
/** For how long a PostgreSQL without users is left to the living process that has started it. */
const STARTER_SECONDS = 10;
/** For how long a killed server's connection may still hold its lock. */
const DEAD_SERVER_PATIENCE = 1_000;

/**
 * Becomes a user of the cluster's PostgreSQL, started first when it does not run.
 *
 * Several processes may do this at the same time without a lock between them: PostgreSQL itself lets only one
 * postmaster start on a data directory, and who comes second joins.
 */
export async function takePart(cluster: Cluster, options: ParticipationOptions): Promise<Participation> {
  const begin = Date.now();
  for (let failures = 0; Date.now() - begin < JOIN_LIMIT; ) {
    const running = await cluster.findPostmaster();
    if (running) {
      const role = options.exclusive ? 'server' : 'command';
      const session = await EmbeddedSession.open(running.port, cluster.password, role);
      if (session && (await settleIn(session, cluster, options))) return { session, port: running.port };
      await delay(RETRY_INTERVAL);
    } else {
      try {
        await cluster.start({ cluster_name: `premium-todo-${process.pid}`, ...options.settings });
      } catch (error) {
        // Another process may have started it at the same time, or taken the port, or a dead one's servers still end.
        failures += 1;
        if (failures === START_ATTEMPTS) throw error;
        await delay(START_INTERVAL);
      }
    }
  }
  throw new Error(
    `The PostgreSQL of ${cluster.directory} runs (process ${(await cluster.findPostmaster())?.pid}) ` +
      'but does not accept connections. Stop that process and try again.',
  );
}

/** True when the session is a user of PostgreSQL now; otherwise it is closed, and false means that a new try helps. */
async function settleIn(session: EmbeddedSession, cluster: Cluster, options: ParticipationOptions): Promise<boolean> {
  let settled = false;
  try {
    if (await session.claimAlone()) {
      const { starter, age } = await session.origin();
      if (starter !== process.pid) {
        if (!isProcessAlive(starter) || age > STARTER_SECONDS) await stopAbandoned(cluster, options);
        return false;
      }
    }
    if (!(await session.join())) return false;
    if (options.exclusive) await takeServerPlace(session, cluster);
    await session.ensureDatabase();
    settled = true;
    return true;
  } finally {
    if (!settled) await session.close();
  }
}

/** What a killed process left running is restarted, as an installation may have replaced its program files since. */
async function stopAbandoned(cluster: Cluster, { log }: ParticipationOptions): Promise<void> {
  log('Restarting the embedded PostgreSQL that an earlier process has left running');
  await cluster.stop();
}

async function takeServerPlace(session: EmbeddedSession, cluster: Cluster): Promise<void> {
  const begin = Date.now();
  while (!(await session.becomeServer())) {
    if (Date.now() - begin > DEAD_SERVER_PATIENCE) {
      throw new Error(
        `Another server (${await session.currentServer()}) uses ${cluster.directory}. ` +
          'Stop it first, or give this one another DATA_DIR.',
      );
    }
    await delay(RETRY_INTERVAL);
  }
}
