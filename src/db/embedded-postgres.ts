import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, openCluster } from './embedded-cluster.ts';
import { type Participation, type ParticipationOptions, takePart } from './embedded-participation.ts';
import { DATABASE_NAME, SUPERUSER } from './embedded-session.ts';

/** An embedded PostgreSQL that this process uses. */
export interface EmbeddedPostgres {
  /** Connects to the database as its superuser, over TCP on 127.0.0.1. */
  readonly url: string;
  /** Lets go of PostgreSQL, and stops it when no other process uses it. Close all connections first. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions extends ParticipationOptions {
  /** DATA_DIR as an absolute path; everything is kept in its directory `postgres`. */
  readonly dataDirectory: string;
  /** ends the start before PostgreSQL runs, once its cluster is made */
  readonly signal?: AbortSignal | undefined;
}

const RECOVERY_INTERVAL = 1_000;

/**
 * Starts the PostgreSQL of a data directory, or joins the one that runs there already.
 *
 * Who starts it does not own it: the last process that lets go stops it. Signals are left to the caller, who calls
 * `stop()` when nothing uses the database any more; PostgreSQL does not get the terminal's Ctrl-C. When it dies on
 * the way, it is started again under the same URL.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options.dataDirectory, options.log);
  options.signal?.throwIfAborted();
  let participation = await takePart(cluster, options);
  let recovery: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  const { port } = participation;

  const watch = () => {
    participation.session.onLost(() => {
      if (!stopping) recovery = recover();
    });
  };
  const recover = async () => {
    options.log('Lost the connection to the embedded PostgreSQL, taking it up again');
    while (!stopping) {
      try {
        participation = await takePart(cluster, { ...options, settings: { ...options.settings, port: String(port) } });
        watch();
        options.log('The embedded PostgreSQL is back');
        return;
      } catch (error) {
        options.log((error as Error).message);
        await delay(RECOVERY_INTERVAL, undefined, { ref: false });
      }
    }
  };
  const stop = async () => {
    await recovery;
    await letGo(cluster, participation, options.log);
  };

  watch();
  return {
    url: `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${DATABASE_NAME}`,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

async function letGo(cluster: Cluster, { session }: Participation, log: (line: string) => void): Promise<void> {
  const isLast = await session.leave().catch(() => {
    log('The embedded PostgreSQL was gone before it was stopped');
    return false;
  });
  try {
    if (isLast) {
      await cluster.stop();
      log('Stopped the embedded PostgreSQL');
    }
  } finally {
    await session.close();
  }
}
