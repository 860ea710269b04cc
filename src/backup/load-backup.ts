import { pipeline } from 'node:stream/promises';
import { type Client, DatabaseError } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BackupError } from './backup-file.ts';
import { withBareTables } from './bare-tables.ts';
import { findTables, refuseMissing, refuseRows } from './catalogue.ts';
import { readBackup } from './read-backup.ts';
import { type BackupTable, copyFromStatement, qualified } from './script.ts';
import { withSession } from './session.ts';

interface LoadRequest {
  /** of the tables' owner, past any pooler */
  url: string;
  path: string;
  /** what the file said when it was verified */
  tables: readonly BackupTable[];
  /** hears how much of the file is loaded */
  progress: (bytes: number, total: number) => void;
  signal: AbortSignal;
}

/**
 * Loads all rows in one transaction, which commits only what was read to its right end. Nobody else sees or changes the
 * tables meanwhile. @throws BackupError when they are not empty, or not the ones of the backup
 */
export async function loadBackup({ url, path, tables: wanted, progress, signal }: LoadRequest): Promise<void> {
  const load = async (client: Client) => {
    await client.query('begin');
    const tables = await findTables(client);
    refuseMissing(wanted, tables);
    await client.query(`lock table ${tables.map(qualified).join(', ')} in access exclusive mode`);
    await refuseRows(client, tables);
    await withBareTables(client, tables, async () => {
      await readBackup(path, { load: (table, rows) => copyInto(client, table, rows), progress, signal });
    });
    signal.throwIfAborted();
    await client.query('commit');
  };
  await withSession(url, load, signal).catch((error) => {
    throw refusalOf(error);
  });
}

async function copyInto(client: Client, table: BackupTable, rows: AsyncIterable<Buffer>): Promise<void> {
  await pipeline(rows, client.query(copyFrom(copyFromStatement(table))));
}

/** PostgreSQL's own words about a row would show what is in it; a connection that is lost is somebody else's fault. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || !/^2[23]/.test(error.code ?? '')) return error;
  const { code, table, constraint } = error;
  const where = [table, constraint].filter((name) => name !== undefined).join(', ');
  return new BackupError(`The database refuses a row of the backup (${[code, where].filter(Boolean).join(': ')})`);
}
