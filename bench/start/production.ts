import { Client } from 'pg';
import { applicationUrl, provideLogin } from '../../src/db/application-role.ts';
import { type MigrationList, migrate } from '../migrate.ts';
import { type BenchPostgres, startPostgres } from '../postgres.ts';
import { type SeededData, seed } from '../seed.ts';
import { TOKEN_SECRET } from '../tokens.ts';

/** A seeded PostgreSQL, and what the product needs to use it as in production. */
export interface Production {
  readonly postgres: BenchPostgres;
  readonly data: SeededData;
  readonly settings: Record<string, string>;
}

const PASSWORD = 'only for this run';
/** Nobody asks for the lists of the large user here. */
const LARGE_USER_TASKS = 100;

/** `migrationsList` is of another version of the product; this one's when absent. */
export async function prepareProduction(
  users: number,
  tasksPerUser: number,
  migrationsList?: MigrationList,
): Promise<Production> {
  const postgres = await startPostgres();
  await migrate(postgres.url, migrationsList);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const data = await seed(client, { users, tasksPerUser, largeUserTasks: LARGE_USER_TASKS });
  await client.end();
  await provideLogin(postgres.url, PASSWORD);
  return {
    postgres,
    data,
    settings: {
      NODE_ENV: 'production',
      SHUTDOWN_DELAY: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: applicationUrl(postgres.url, PASSWORD),
      DATABASE_URL_DIRECT: postgres.url,
      BETTER_AUTH_SECRET: TOKEN_SECRET,
      // Counted, as in production, and never reached.
      RATE_LIMIT_SCALE: '100000',
    },
  };
}
