import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase } from '../../src/db/database.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { ENTITIES } from '../../src/entities.ts';
import { TEMPLATE_DATABASE, withDatabase } from './database-url.ts';

/** Nothing of a test run outlives it, so nothing needs to reach the disk. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** One real PostgreSQL for the whole run, with a migrated database that each test file clones. */
export default async function globalSetup(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-test-'));
  const postgres = await startEmbeddedPostgres({ dataDirectory, exclusive: true, settings, log: () => {} });
  Object.assign(globalThis, { testPostgres: { postgres, dataDirectory } });
  process.env.TEST_DATABASE_URL = postgres.url;

  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE_DATABASE}`);
  await client.end();
  const database = await createDatabase({
    url: withDatabase(postgres.url, TEMPLATE_DATABASE),
    isolation: 'owner',
    poolMaximum: 1,
    poolTimeout: 10_000,
    statementTimeout: 0,
    prepared: true,
    entities: ENTITIES,
    log: () => {},
  });
  await database.orm.migrator.up();
  await database.close();
}
