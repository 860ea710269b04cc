import type { WriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { withMigrationLock } from '../db/migrate.ts';
import { BackupError, sealed } from './backup-file.ts';
import { findTables, serverVersion } from './catalogue.ts';
import { writeNewFile } from './new-file.ts';
import { newlines } from './read-backup.ts';
import { type BackupHeader, columnList, comment, copyFromStatement, END_OF_ROWS, qualified } from './script.ts';
import { withSession } from './session.ts';

interface BackupRequest {
  /** of the tables' owner, past any pooler */
  url: string;
  path: string;
  overwrite: boolean;
  now: Date;
  /** hears how many rows are written, of about how many */
  progress?: (rows: number, estimate: number) => void;
  signal: AbortSignal;
}

export interface BackupSummary {
  tables: number;
  rows: number;
  bytes: number;
}

interface Snapshot {
  header: BackupHeader;
  estimate: number;
}

/** xxHash64 of the content, which `zstd --test` checks; the seal is for everything. */
const COMPRESSION = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/**
 * Writes everything that the database holds at one moment, while others go on reading and writing.
 * @throws BackupError when there is nothing to back up or the file cannot be written; then there is no file
 */
export async function createBackup(request: BackupRequest): Promise<BackupSummary> {
  const { url, path, overwrite, now, progress = () => {}, signal } = request;
  let rows = 0;
  let tables = 0;
  const write = async (client: Client, file: WriteStream) => {
    const { header, estimate } = await withMigrationLock(url, () => takeSnapshot(client, now), signal);
    tables = header.tables.length;
    const count = (more: number) => {
      rows += more;
      progress(rows, estimate);
    };
    await pipeline(script(client, header, count), createZstdCompress(COMPRESSION), sealed, file, { signal });
  };
  await writeNewFile(path, { overwrite }, (file) => withSession(url, (client) => write(client, file), signal));
  return { tables, rows, bytes: (await stat(path)).size };
}

/**
 * Begins the transaction that everything is read in. The tables are locked against being altered before its view of the data is
 * taken, and no migration is half done at that moment; one that comes later waits for the tables that it alters.
 */
async function takeSnapshot(client: Client, now: Date): Promise<Snapshot> {
  const tables = await findTables(client);
  if (tables.length === 0) throw new BackupError('There is nothing to back up: the database has no tables');
  await client.query('begin isolation level repeatable read, read only');
  await client.query(`lock table ${tables.map(qualified).join(', ')} in access share mode`);
  const migrations = await client.query<{ name: string }>('select name from migrations order by name');
  return {
    header: {
      createdAt: now.toISOString(),
      server: await serverVersion(client),
      migrations: migrations.rows.map(({ name }) => name),
      tables: tables.map(({ schema, name, columns }) => ({ schema, name, columns })),
    },
    estimate: tables.reduce((sum, table) => sum + table.estimate, 0),
  };
}

async function* script(client: Client, header: BackupHeader, count: (rows: number) => void) {
  yield Buffer.from(comment(header));
  const rows: number[] = [];
  for (const table of header.tables) {
    yield Buffer.from(`${copyFromStatement(table)};\n`);
    let rowsOfTable = 0;
    const blocks = client.query(copyTo(`COPY ${qualified(table)} (${columnList(table)}) TO STDOUT`));
    for await (const block of blocks as AsyncIterable<Buffer>) {
      const more = newlines(block);
      rowsOfTable += more;
      count(more);
      yield block;
    }
    rows.push(rowsOfTable);
    yield Buffer.from(END_OF_ROWS);
  }
  yield Buffer.from(comment({ rows }));
}
