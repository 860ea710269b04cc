import type { Client } from 'pg';
import { migrations } from '../../../migrations/index.ts';
import { APPLICATION_ROLE } from '../../db/isolation.ts';
import { connected } from './connected.ts';
import { type Finding, fault, ok, reason, warning } from './finding.ts';

const OLDEST_VERSION = 15;
/** milliseconds */
const CLOCK_SKEW = 2000;
/** connections of PostgreSQL that should be left for migrations, monitoring and people */
const SPARE_CONNECTIONS = 5;

export interface DatabaseDoctor {
  readonly url: string;
  readonly poolMaximum: number;
  readonly now: () => number;
}

/** The database as the server's requests see it. */
export async function checkDatabase(doctor: DatabaseDoctor): Promise<Finding[]> {
  try {
    return await connected(doctor.url, async (client) => [
      ok('database', 'reachable'),
      await checkServer(client),
      await checkEncryption(client, doctor.url),
      await checkClock(client, doctor.now),
      await checkConnections(client, doctor.poolMaximum),
      await checkMigrations(client),
      await checkRole(client),
    ]);
  } catch (error) {
    return [
      fault(
        'database',
        `cannot be used: ${reason(error)}`,
        'Check host, port, user, password and database of DATABASE_URL',
      ),
    ];
  }
}

async function firstRow<Row>(client: Client, text: string, values: unknown[] = []): Promise<Row> {
  return (await client.query(text, values)).rows[0] as Row;
}

async function checkServer(client: Client): Promise<Finding> {
  const { version, encoding } = await firstRow<{ version: number; encoding: string }>(
    client,
    "select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding",
  );
  if (version < OLDEST_VERSION) {
    return fault('server', `PostgreSQL ${version}`, `Use PostgreSQL ${OLDEST_VERSION} or newer`);
  }
  if (encoding !== 'UTF8') {
    return fault(
      'server',
      `the database is encoded in ${encoding}`,
      "Create it with: create database … encoding 'UTF8'",
    );
  }
  return ok('server', `PostgreSQL ${version}, UTF8`);
}

async function checkEncryption(client: Client, url: string): Promise<Finding> {
  const { hostname } = new URL(url);
  // PostgreSQL would say how its pooler connects; the socket says how this process does.
  const { stream } = (client as unknown as { connection: { stream: { encrypted?: boolean } } }).connection;
  if (stream.encrypted) return ok('encryption', 'TLS');
  if (['localhost', '127.0.0.1', '[::1]', ''].includes(hostname)) return ok('encryption', 'none, on this machine');
  return warning('encryption', 'the connection is not encrypted', 'Add ?sslmode=verify-full to DATABASE_URL');
}

async function checkClock(client: Client, now: () => number): Promise<Finding> {
  const before = now();
  const { at } = await firstRow<{ at: number }>(
    client,
    'select extract(epoch from clock_timestamp())::float8 * 1000 as at',
  );
  const skew = Math.round(at - (before + now()) / 2);
  if (Math.abs(skew) <= CLOCK_SKEW) return ok('clock', 'agrees with the database');
  return warning('clock', `the database is ${skew} ms ahead of this machine`, 'Let NTP set the clocks of both');
}

async function checkConnections(client: Client, poolMaximum: number): Promise<Finding> {
  const { maximum } = await firstRow<{ maximum: number }>(
    client,
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as maximum`,
  );
  const instances = Math.floor((maximum - SPARE_CONNECTIONS) / poolMaximum);
  if (instances >= 1) {
    return ok('connections', `${maximum} of PostgreSQL, ${poolMaximum} for each instance: enough for ${instances}`);
  }
  return fault(
    'connections',
    `PostgreSQL allows ${maximum}, and one instance may take ${poolMaximum}`,
    'Lower DATABASE_POOL_MAX or raise max_connections',
  );
}

async function checkMigrations(client: Client): Promise<Finding> {
  const upToDate = 'npm run migrate -- up applies them; so does the next start';
  const { exists } = await firstRow<{ exists: boolean }>(
    client,
    "select to_regclass('migrations') is not null as exists",
  );
  if (!exists) return warning('migrations', 'the database was never migrated', upToDate);
  let applied: Set<string>;
  try {
    const { rows } = await client.query<{ name: string }>('select name from migrations');
    applied = new Set(rows.map(({ name }) => name));
  } catch (error) {
    return fault(
      'migrations',
      `cannot be read: ${reason(error)}`,
      `grant ${APPLICATION_ROLE} to the role of DATABASE_URL`,
    );
  }
  const known = new Set<string>(migrations.map(({ name }) => name));
  const newer = [...applied].filter((name) => !known.has(name));
  if (newer.length > 0) {
    return fault('migrations', `newer than this version: ${newer.join(', ')}`, 'Run the version that applied them');
  }
  const pending = [...known].filter((name) => !applied.has(name));
  if (pending.length > 0) return warning('migrations', `pending: ${pending.join(', ')}`, upToDate);
  return ok('migrations', `all ${known.size} are applied`);
}

/** The same question as the server's start asks, with what is merely unwise beside what is wrong. */
async function checkRole(client: Client): Promise<Finding> {
  const role = await firstRow<{ name: string; exists: boolean; bypasses: boolean; owns: boolean }>(
    client,
    `select current_user as name, exists (select from pg_roles where rolname = $1) as exists,
       rolsuper or rolbypassrls as bypasses,
       coalesce(pg_has_role(current_user, (select relowner from pg_class where oid = to_regclass('tasks')), 'usage'), false) as owns
     from pg_roles where rolname = current_user`,
    [APPLICATION_ROLE],
  );
  const { member } = role.exists
    ? await firstRow<{ member: boolean }>(client, "select pg_has_role(current_user, $1, 'member') as member", [
        APPLICATION_ROLE,
      ])
    : { member: false };
  if (!role.exists)
    return warning('role', `${APPLICATION_ROLE} does not exist yet`, 'npm run migrate -- up creates it');
  if (!member) {
    return fault(
      'role',
      `${role.name} may not act as ${APPLICATION_ROLE}`,
      `As the owner: grant ${APPLICATION_ROLE} to "${role.name}"`,
    );
  }
  if (role.bypasses || role.owns) {
    return warning(
      'role',
      `${role.name} ${role.bypasses ? 'may bypass row-level security' : 'owns the tables'}: each statement changes to ${APPLICATION_ROLE} first`,
      `Give the server a login that is only a member of ${APPLICATION_ROLE}, see docs/operations.md`,
    );
  }
  return ok('role', `${role.name} is bound by row-level security`);
}
