import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';

/** Makes or completes the tables of the embedded Better Auth and nothing else, for what is to be restored into them. */
export async function createAuthTables(databaseUrl: string): Promise<void> {
  const { provideTables } = await import('./better-auth.ts');
  const database = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: databaseUrl }) }) });
  try {
    await provideTables(database);
  } finally {
    await database.destroy();
  }
}
