import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Tracing } from '../core/tracing.ts';
import { applicationUrl, isolationOf, provideLogin } from './application-role.ts';
import { createDatabase, type Database } from './database.ts';
import type { DatabaseObserver } from './database-observer.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import type { IsolationMode } from './isolation.ts';
import { migrate } from './migrate.ts';
import type { DatabaseOptions } from './orm-options.ts';
import type { SlowStatement } from './slow-statements.ts';

export interface OpenDatabase {
  readonly database: Database;
  /** connects as the owner, without a pooler: for migrations and for Better Auth's tables */
  readonly directUrl: string;
  /** Closes all connections, and lets go of the embedded PostgreSQL. */
  close(): Promise<void>;
  /** The second half of `close` alone, once the connections are closed. */
  stopEmbedded(): Promise<void>;
}

export interface OpenDatabaseOptions {
  entities: DatabaseOptions['entities'];
  /** the server, of which there is one per data directory; a command beside it is not exclusive */
  exclusive: boolean;
  log: (message: string) => void;
  /** hears of statements that took longer than the configuration allows */
  tellSlow?: (statement: SlowStatement) => void;
  /** hears of waits and faults of requests */
  observer?: DatabaseObserver;
  tracing?: Tracing | undefined;
  /** ends the start of the embedded PostgreSQL, and of migrations, between two steps */
  signal?: AbortSignal | undefined;
}

/** The configured database, migrated: the one that `DATABASE_URL` names, or the embedded PostgreSQL, started if need be. */
export async function openDatabase(config: Config, options: OpenDatabaseOptions): Promise<OpenDatabase> {
  return open(config, options, async ({ url, directUrl, isEmbedded, connect }) => {
    const direct = await connect(directUrl, 'owner');
    const { log, signal } = options;
    const applied = await migrate(direct, directUrl, { log, signal }).finally(() => direct.close());
    for (const name of applied) log(`applied migration ${name}`);
    const requestUrl = isEmbedded ? await loginUrl(directUrl) : url;
    return connect(requestUrl, await isolationOf(requestUrl, config.database.statementTimeout));
  });
}

/** The embedded PostgreSQL's own login for requests. Its password follows from the superuser's, so that no file holds it. */
async function loginUrl(superuserUrl: string): Promise<string> {
  const password = createHash('sha256')
    .update(`application ${new URL(superuserUrl).password}`)
    .digest('base64url');
  await provideLogin(superuserUrl, password);
  return applicationUrl(superuserUrl, password);
}

/** The same database as it is, not migrated: one connection without pooler and time limits, for the migrate command. */
export async function openUnmigratedDatabase(config: Config, options: OpenDatabaseOptions): Promise<OpenDatabase> {
  return open(config, options, ({ directUrl, connect }) => connect(directUrl, 'owner'));
}

interface Location {
  url: string;
  directUrl: string;
  isEmbedded: boolean;
  connect(target: string, isolation: IsolationMode): Promise<Database>;
}

async function open(
  config: Config,
  { entities, exclusive, log, tellSlow, observer, tracing, signal }: OpenDatabaseOptions,
  connectTo: (location: Location) => Promise<Database>,
): Promise<OpenDatabase> {
  const { poolMaximum, poolTimeout, statementTimeout, answerTimeout, prepared, slowQuery } = config.database;
  const { dataDirectory } = config;
  const embedded = config.database.url
    ? undefined
    : await startEmbeddedPostgres({ dataDirectory, exclusive, log, signal });
  const url = config.database.url ?? embedded?.url ?? '';
  const directUrl = config.database.directUrl ?? url;
  const connect = (target: string, isolation: IsolationMode) => {
    const isDirect = isolation === 'owner';
    return createDatabase({
      url: target,
      isolation,
      poolMaximum: isDirect ? 1 : poolMaximum,
      poolTimeout,
      statementTimeout: isDirect ? 0 : statementTimeout,
      answerTimeout: isDirect ? undefined : answerTimeout,
      prepared: prepared && !isDirect,
      entities,
      log,
      observer: isDirect ? undefined : observer,
      tracing: isDirect ? undefined : tracing,
      slowStatements:
        slowQuery === 0 || tellSlow === undefined || isDirect
          ? undefined
          : { threshold: slowQuery, explain: !config.production, tell: tellSlow },
    });
  };
  try {
    const database = await connectTo({ url, directUrl, isEmbedded: embedded !== undefined, connect });
    return {
      database,
      directUrl,
      async close() {
        await database.close();
        await embedded?.stop();
      },
      stopEmbedded: async () => embedded?.stop(),
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
