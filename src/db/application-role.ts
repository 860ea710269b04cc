import { withControlConnection } from './control-connection.ts';
import { APPLICATION_ROLE, type IsolationMode } from './isolation.ts';

/** Any constant: processes that start together must meet at the same lock. */
const LOGIN_LOCK = 7_310_920_115;

/** The role of `DATABASE_URL` can neither be bound by the policies nor change to a role that is. */
export class RoleError extends Error {
  override readonly name = 'RoleError';
}

interface Rights {
  role: string;
  unbound: boolean;
  member: boolean;
}

/**
 * How the role of this URL comes under row-level security. Connects with the options that requests will connect with,
 * so that a pooler which refuses them is found out now.
 * @throws RoleError with what to do about it, when it cannot
 */
export async function isolationOf(url: string, statementTimeout = 0): Promise<Exclude<IsolationMode, 'owner'>> {
  const { rows } = await withControlConnection(
    url,
    (client) =>
      client.query<Rights>(
        `select current_user as role,
           rolsuper or rolbypassrls or pg_has_role(current_user, relowner, 'usage') as unbound,
           pg_has_role(current_user, '${APPLICATION_ROLE}', 'member') as member
         from pg_roles, pg_class where rolname = current_user and pg_class.oid = 'tasks'::regclass`,
      ),
    { statement_timeout: statementTimeout || undefined },
  );
  const { role, unbound, member } = rows[0]!;
  if (!member) {
    throw new RoleError(
      `The role ${role} of DATABASE_URL may not act as ${APPLICATION_ROLE}. As the owner of the tables, run once: ` +
        `grant ${APPLICATION_ROLE} to ${JSON.stringify(role)}`,
    );
  }
  return unbound ? 'switch' : 'login';
}

/** Lets the application's role log in with this password, for a database server that is ours alone. */
export async function provideLogin(ownerUrl: string, password: string): Promise<void> {
  await withControlConnection(ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOGIN_LOCK]);
    const { rowCount } = await client.query('select from pg_roles where rolname = $1 and rolcanlogin', [
      APPLICATION_ROLE,
    ]);
    if (rowCount === 0) {
      await client.query(`alter role ${APPLICATION_ROLE} login password ${client.escapeLiteral(password)}`);
    }
    await client.query('commit');
  });
}

/** The same database for the application's role. */
export function applicationUrl(ownerUrl: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = APPLICATION_ROLE;
  url.password = password;
  return url.href;
}
