import { Client } from 'pg';
import type { Database } from './database.ts';

/** Any constant: instances that start together must meet at the same lock. */
const MIGRATION_LOCK = 7_310_920_114;

/**
 * Applies pending migrations and answers their names. Instances that start together take turns: an advisory lock is
 * held on a connection of its own (`url` must not be a pooler, which would lose the lock to another client).
 */
export async function migrate(database: Database, url: string): Promise<string[]> {
  const { migrator } = database.orm;
  if ((await migrator.getPending()).length === 0) return [];
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return (await migrator.up()).map(({ name }) => name);
  } finally {
    await client.end();
  }
}
