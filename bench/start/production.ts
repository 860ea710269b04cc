import { Client } from 'pg';
import { applicationUrl, provideLogin } from '../../src/db/application-role.ts';
import { migrate } from '../migrate.ts';
import { type BenchPostgres, startPostgres } from '../postgres.ts';
import { type SeededUser, seed } from '../seed.ts';
import { TOKEN_SECRET } from '../tokens.ts';

/** A seeded PostgreSQL, and what the product needs to use it as in production. */
export interface Production {
  readonly postgres: BenchPostgres;
  readonly users: readonly SeededUser[];
  readonly settings: Record<string, string>;
}

const PASSWORD = 'only for this run';

export async function prepareProduction(users: number, tasksPerUser: number): Promise<Production> {
  const postgres = await startPostgres();
  await migrate(postgres.url);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const seeded = await seed(client, users, tasksPerUser);
  await client.end();
  await provideLogin(postgres.url, PASSWORD);
  return {
    postgres,
    users: seeded,
    settings: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: applicationUrl(postgres.url, PASSWORD),
      DATABASE_URL_DIRECT: postgres.url,
      BETTER_AUTH_SECRET: TOKEN_SECRET,
      // Counted, as in production, and never reached.
      RATE_LIMIT_SCALE: '100000',
    },
  };
}
