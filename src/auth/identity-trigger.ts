import { type Client, escapeIdentifier } from 'pg';
import { withControlConnection } from '../db/control-connection.ts';

/** Where Better Auth keeps its users unless it is told otherwise: the embedded one, and any other. */
const USUAL_TABLES = ['auth.user', 'public.user'];
/** milliseconds; a trigger waits for every transaction that is writing to the table */
const LOCK_TIMEOUT = 5000;
const NO_RIGHT = '42501';
const LOCK_NOT_AVAILABLE = '55P03';

interface WatchOptions {
  /** of the role that owns the tables of the product */
  readonly databaseUrl: string;
  /** `schema.table`; without it Better Auth's usual tables are looked for */
  readonly table: string | undefined;
  readonly log: (message: string) => void;
}

interface UserTable {
  readonly schema: string;
  readonly name: string;
  /** has the triggers already */
  readonly isWatched: boolean;
  readonly isReadable: boolean;
}

/**
 * Ends the tokens of users who are deleted in Better Auth's own tables, where these stand in the product's database: by
 * triggers, so that whoever deletes them need not know of this server, and nothing has to be asked again and again.
 * Without the right to do so it says so and goes on: tokens then live until they expire.
 */
export async function watchIdentities({ databaseUrl, table, log }: WatchOptions): Promise<void> {
  await withControlConnection(databaseUrl, async (client) => {
    const found = await userTables(client, table);
    if (table !== undefined && found.length === 0) log(notWatched(table, 'there is no such table with a column id'));
    for (const userTable of found) await watch(client, userTable, log);
  });
}

/** A table that was found rather than named must have a column that tells Better Auth's from any other. */
async function userTables(client: Client, table: string | undefined): Promise<UserTable[]> {
  const { rows } = await client.query<UserTable>(
    `select nspname as schema, relname as name,
       has_table_privilege(pg_class.oid, 'select') as "isReadable",
       exists (select from pg_trigger where tgrelid = pg_class.oid and tgname = 'end_tokens_of_all') as "isWatched"
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind in ('r', 'p') and nspname || '.' || relname = any($1)
       and $2::text[] <@ (select array_agg(attname::text) from pg_attribute where attrelid = pg_class.oid and attnum > 0)`,
    [table === undefined ? USUAL_TABLES : [table], table === undefined ? ['id', 'emailVerified'] : ['id']],
  );
  return rows;
}

async function watch(client: Client, { schema, name, ...table }: UserTable, log: (message: string) => void) {
  if (table.isWatched) return;
  if (!table.isReadable) return log(notWatched(`${schema}.${name}`, 'it may not be read'));
  const target = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  try {
    // Together: the second one is the mark that both are there.
    await client.query(`
      begin;
      set local lock_timeout = ${LOCK_TIMEOUT};
      create or replace trigger end_tokens_of_deleted after delete on ${target}
        for each row execute function end_tokens_of_deleted_identity();
      create or replace trigger end_tokens_of_all before truncate on ${target}
        for each statement execute function end_tokens_of_all_identities();
      commit`);
  } catch (error) {
    await client.query('rollback');
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== NO_RIGHT && code !== LOCK_NOT_AVAILABLE) throw error;
    log(notWatched(`${schema}.${name}`, code === NO_RIGHT ? 'no right to make a trigger' : 'it is locked'));
  }
}

function notWatched(table: string, reason: string): string {
  return `users deleted in ${table} keep their tokens until these expire: ${reason}`;
}
