import type { Client } from 'pg';
import type { FoundTable } from './catalogue.ts';
import { qualified } from './script.ts';

/** Memory of PostgreSQL for sorting an index, instead of 64 MB, which takes longer. */
const MEMORY_FOR_INDEXES = '256MB';

interface Part {
  table: string;
  name: string;
  definition: string;
}

/**
 * Takes from the tables what would change or slow down loading (triggers, foreign keys, indexes), does the work, and makes it again
 * from the database's own definitions, all in the transaction of the caller: rows come back exactly as they were,
 * references are checked once for all, and an index is sorted rather than grown.
 */
export async function withBareTables(client: Client, tables: readonly FoundTable[], work: () => Promise<void>) {
  const oids = tables.map(({ oid }) => oid);
  const foreignKeys = await client.query<Part>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and conrelid = any($1::oid[])`,
    [oids],
  );
  const indexes = await client.query<Part>(
    `select indrelid::regclass::text as table, indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
     from pg_index where indrelid = any($1::oid[]) and not exists (select from pg_constraint where conindid = indexrelid)`,
    [oids],
  );
  for (const table of tables) await client.query(`alter table ${qualified(table)} disable trigger user`);
  for (const { table, name } of foreignKeys.rows) await client.query(`alter table ${table} drop constraint ${name}`);
  for (const { name } of indexes.rows) await client.query(`drop index ${name}`);
  await work();
  await client.query(`set local maintenance_work_mem = '${MEMORY_FOR_INDEXES}'`);
  for (const { definition } of indexes.rows) await client.query(definition);
  for (const { table, name, definition } of foreignKeys.rows) {
    await client.query(`alter table ${table} add constraint ${name} ${definition}`);
  }
  for (const table of tables) await client.query(`alter table ${qualified(table)} enable trigger user`);
}
