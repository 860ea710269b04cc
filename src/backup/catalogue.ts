import type { Client } from 'pg';
import { BackupError } from './backup-file.ts';
import { type BackupTable, qualified } from './script.ts';

/** Where the embedded Better Auth keeps its tables, beside the product's own schema. */
export const AUTH_SCHEMA = 'auth';

export interface FoundTable extends BackupTable {
  oid: string;
  /** rows, as PostgreSQL last counted them */
  estimate: number;
}

/**
 * Every table of the product: what stands in its schema and in Better Auth's and belongs to the role of this connection. They are
 * looked up, so that a table that a later migration adds is in the backup without being listed anywhere. What a
 * restore makes by migrating is no table like the others: the list of applied migrations, and the name of the history
 * that numbers of changes belong to, which a restored database does not go on with.
 */
export async function findTables(client: Client): Promise<FoundTable[]> {
  const { rows } = await client.query<FoundTable>(
    `select pg_class.oid::text, nspname as schema, relname as name, greatest(reltuples, 0)::float8 as estimate,
       (select array_agg(attname::text order by attnum) from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and nspname in (current_schema(), $1) and pg_has_role(relowner, 'usage')
       and not (nspname = current_schema() and relname in ('migrations', 'sync_epoch'))
       and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
     order by nspname desc, relname`,
    [AUTH_SCHEMA],
  );
  return rows;
}

/** @throws BackupError that names the tables which have rows */
export async function refuseRows(client: Client, tables: readonly FoundTable[]): Promise<void> {
  const filled: string[] = [];
  for (const table of tables) {
    const { rows } = await client.query<{ filled: boolean }>(
      `select exists (select from ${qualified(table)}) as filled`,
    );
    if (rows[0]?.filled) filled.push(`${table.schema}.${table.name}`);
  }
  if (filled.length === 0) return;
  throw new BackupError(
    `The database is not empty: there are rows in ${filled.join(', ')}. Restore into a new database; nothing was changed.`,
  );
}

/** @throws BackupError that names a table or column of the backup which the database does not have */
export function refuseMissing(wanted: readonly BackupTable[], tables: readonly FoundTable[]): void {
  for (const { schema, name, columns } of wanted) {
    const table = tables.find((found) => found.schema === schema && found.name === name);
    const missing = table ? columns.find((column) => !table.columns.includes(column)) : undefined;
    if (table && missing === undefined) continue;
    const what = table ? `column ${missing} of ${schema}.${name}` : `table ${schema}.${name}`;
    throw new BackupError(
      `The backup has a ${what}, and this database has not. Whatever made it there has to make it here first.`,
    );
  }
}

export async function serverVersion(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
  return rows[0]!.version;
}
