import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Client } from 'pg';
import { createAuthTables } from '../../src/auth/auth-tables.ts';
import { sealed } from '../../src/backup/backup-file.ts';
import { createBackup } from '../../src/backup/create-backup.ts';
import { verifyBackup } from '../../src/backup/read-backup.ts';
import { restoreBackup } from '../../src/backup/restore-backup.ts';
import type { Database } from '../../src/db/database.ts';
import { openOwnersDatabase } from '../support/owners-database.ts';

export const never = new AbortController().signal;

export function newDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'premium-todo-backup-'));
}

export async function withOwner<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The way to a database that the commands have. */
export async function withOwnersDatabase<Result>(url: string, work: (database: Database) => Promise<Result>) {
  const database = await openOwnersDatabase(url);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

export function backUp(url: string, path: string, signal = never) {
  return createBackup({ url, path, overwrite: false, now: new Date(), signal });
}

/** What the command does with a file, all of it. */
export async function restore(url: string, path: string, signal = never): Promise<void> {
  const { header } = await verifyBackup(path, { signal });
  await withOwnersDatabase(url, (database) =>
    restoreBackup({ database, url, path, header, provideAuthTables: () => createAuthTables(url), signal }),
  );
}

/** Every column of every row of every table, whichever there are, but when migrations were applied. */
export async function contentsOf(url: string): Promise<Record<string, string[]>> {
  return withOwner(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const contents: Record<string, string[]> = {};
    for (const { name } of tables) {
      const row = name === 'public.migrations' ? 'known.name' : 'known::text';
      const { rows } = await client.query<{ row: string }>(`select ${row} as row from ${name} as known order by 1`);
      contents[name] = rows.map(({ row }) => row);
    }
    return contents;
  });
}

/** Everything in the product's schema that can be made: columns, constraints, indexes, triggers and whether they fire. */
export async function schemaOf(url: string): Promise<string[]> {
  const { rows } = await withOwner(url, (client) =>
    client.query<{ item: string }>(
      `select format('column %s.%s %s', table_name, column_name, data_type) as item
         from information_schema.columns where table_schema = 'public'
       union select format('constraint %s %s %s', conname, convalidated, pg_get_constraintdef(oid)) from pg_constraint
         where connamespace = 'public'::regnamespace
       union select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
       union select format('trigger %s %s', tgenabled, pg_get_triggerdef(oid)) from pg_trigger
         where not tgisinternal and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
       order by item`,
    ),
  );
  return rows.map(({ item }) => item);
}

/** Until a statement waits for a lock that somebody else holds. */
export async function untilWaiting(url: string): Promise<void> {
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await withOwner(url, async (client) => {
    while ((await client.query(waiting)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

/** A file of ours, with a seal as it should be, that says something else. */
export async function resealed(script: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  const content = async function* () {
    yield zstdCompressSync(script);
  };
  for await (const part of sealed(content())) parts.push(part);
  return Buffer.concat(parts);
}
