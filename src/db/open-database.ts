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
  const { poolMaximum, poolTimeout, statementTimeout, prepared } = config.database;
  const { dataDirectory } = config;
  const { exclusive, entities, log } = options;
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
    const direct = await connect(directUrl, true);
    for (const name of await migrate(direct, directUrl).finally(() => direct.close())) log(`applied migration ${name}`);
    const database = await connect(url, false);
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
