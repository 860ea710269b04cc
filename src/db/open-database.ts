import type { Config } from '../config.ts';
import { createDatabase, type Database, type DatabaseOptions } from './database.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

export interface OpenDatabase {
  readonly database: Database;
  /** connects without a pooler: for migrations and for Better Auth's tables */
  readonly directUrl: string;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  entities: DatabaseOptions['entities'];
  /** the server, of which there is one per data directory; a command beside it is not exclusive */
  exclusive: boolean;
  log: (message: string) => void;
}

/** The configured database, migrated: the one that `DATABASE_URL` names, or the embedded PostgreSQL, started if need be. */
export async function openDatabase(config: Config, options: OpenDatabaseOptions): Promise<OpenDatabase> {
  return open(config, options, async ({ url, directUrl, connect }) => {
    const direct = await connect(directUrl, true);
    const applied = await migrate(direct, directUrl).finally(() => direct.close());
    for (const name of applied) options.log(`applied migration ${name}`);
    return connect(url, false);
  });
}

/** The same database as it is, not migrated: one connection without pooler and time limits, for the migrate command. */
export async function openUnmigratedDatabase(config: Config, options: OpenDatabaseOptions): Promise<OpenDatabase> {
  return open(config, options, ({ directUrl, connect }) => connect(directUrl, true));
}

interface Location {
  url: string;
  directUrl: string;
  connect(target: string, direct: boolean): Promise<Database>;
}

async function open(
  config: Config,
  { entities, exclusive, log }: OpenDatabaseOptions,
  connectTo: (location: Location) => Promise<Database>,
): Promise<OpenDatabase> {
  const { poolMaximum, poolTimeout, statementTimeout, prepared } = config.database;
  const { dataDirectory } = config;
  const embedded = config.database.url ? undefined : await startEmbeddedPostgres({ dataDirectory, exclusive, log });
  const url = config.database.url ?? embedded?.url ?? '';
  const directUrl = config.database.directUrl ?? url;
  const connect = (target: string, direct: boolean) =>
    createDatabase({
      url: target,
      poolMaximum: direct ? 1 : poolMaximum,
      poolTimeout,
      statementTimeout: direct ? 0 : statementTimeout,
      prepared: prepared && !direct,
      entities,
      log,
    });
  try {
    const database = await connectTo({ url, directUrl, connect });
    return {
      database,
      directUrl,
      async close() {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
