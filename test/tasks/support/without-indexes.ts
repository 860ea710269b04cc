import { Client } from 'pg';
import type { OpenTestDatabase } from '../../support/open-test-database.ts';

/** Each works on one core. */
const CONNECTIONS = 2;

/** Fills the table of tasks without its indexes and builds them afterwards, which takes a part of the time. */
export async function withoutIndexes(
  database: OpenTestDatabase,
  fill: (client: Client, part: number, parts: number) => Promise<unknown>,
): Promise<void> {
  const indexes = await database.owner<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid = 'tasks'::regclass and not indisunique`,
  );
  for (const { name } of indexes) await database.owner(`drop index ${name}`);
  await together(database.url, (client, part) => fill(client, part, CONNECTIONS));
  // Larger ones first, so that both connections end at the same time.
  const waiting = indexes.sort((a, b) => Number(b.definition.includes('gin')) - Number(a.definition.includes('gin')));
  await together(database.url, async (client) => {
    await client.query("set maintenance_work_mem = '256MB'; set max_parallel_maintenance_workers = 0");
    for (let next = waiting.shift(); next; next = waiting.shift()) await client.query(next.definition);
  });
}

async function together(url: string, work: (client: Client, part: number) => Promise<unknown>): Promise<void> {
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, part) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      await work(client, part).finally(() => client.end());
    }),
  );
}
