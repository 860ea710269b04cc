import type { Database } from '../db/database.ts';
import { migrateTo, migrationStates, refuseUnknown, withMigrationLock } from '../db/migrate.ts';
import { BackupError } from './backup-file.ts';
import { AUTH_SCHEMA, findTables, refuseRows } from './catalogue.ts';
import { loadBackup } from './load-backup.ts';
import { type BackupHeader, qualified } from './script.ts';
import { withSession } from './session.ts';

interface RestoreRequest {
  database: Database;
  /** of the tables' owner, past any pooler */
  url: string;
  path: string;
  /** what the file said when it was verified */
  header: BackupHeader;
  /** makes Better Auth's tables where there are none; called when the backup has them */
  provideAuthTables: () => Promise<void>;
  /** hears how much of the file is loaded */
  progress?: (bytes: number, total: number) => void;
  signal: AbortSignal;
}

/**
 * Brings the empty database to the schema of the backup, loads it, and applies the migrations that came later. What fails
 * before the rows are committed leaves no row, and the schema as it was.
 * @throws BackupError when the database has rows or the backup is of a newer version, MigrationError when the database is
 */
export async function restoreBackup(request: RestoreRequest): Promise<void> {
  const { url, signal } = request;
  await withMigrationLock(url, () => bringBack(request), signal);
  await withSession(url, async (client) => {
    await client.query(`analyze ${(await findTables(client)).map(qualified).join(', ')}`);
  });
}

async function bringBack(request: RestoreRequest): Promise<void> {
  const { database, url, path, header, provideAuthTables, progress = () => {}, signal } = request;
  const states = await migrationStates(database);
  refuseUnknown(states);
  const known = new Set(states.map(({ name }) => name));
  refuseNewer(header, known);
  const applied = new Set(states.filter(({ appliedAt }) => appliedAt !== undefined).map(({ name }) => name));
  const hasAuthSchema = await withSession(url, async (client) => {
    await refuseRows(client, await findTables(client));
    return (await client.query('select from pg_namespace where nspname = $1', [AUTH_SCHEMA])).rowCount === 1;
  });
  try {
    await migrateTo(database, new Set(header.migrations));
    if (header.tables.some(({ schema }) => schema === AUTH_SCHEMA)) await provideAuthTables();
    await loadBackup({ url, path, tables: header.tables, progress, signal });
  } catch (error) {
    await putBack({ database, url, applied, hasAuthSchema }).catch((cause: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BackupError(`${reason}. The schema could not be put back: take another new database`, { cause });
    });
    throw error;
  }
  await migrateTo(database, known);
}

interface StateBefore {
  database: Database;
  url: string;
  applied: ReadonlySet<string>;
  hasAuthSchema: boolean;
}

async function putBack({ database, url, applied, hasAuthSchema }: StateBefore): Promise<void> {
  await migrateTo(database, applied);
  if (hasAuthSchema) return;
  await withSession(url, (client) => client.query(`drop schema if exists ${AUTH_SCHEMA} cascade`));
}

function refuseNewer({ migrations }: BackupHeader, known: ReadonlySet<string>): void {
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new BackupError(
    `The backup is of a newer version of the server: this one does not know ${unknown.join(', ')}. ` +
      'Restore it with the version that made it; nothing was changed.',
  );
}
