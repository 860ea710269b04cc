import { APPLICATION_ROLE } from '../../db/isolation.ts';
import { connected } from './connected.ts';
import { type Finding, fault, ok, warning } from './finding.ts';

interface Rights {
  readonly name: string;
  readonly database: string;
  readonly superuser: boolean;
  /** has btree_gin its files on the server of databases, is it in this database, may this role put it there */
  readonly available: boolean;
  readonly installed: boolean;
  readonly installs: boolean;
  readonly tables: boolean;
  readonly owns: boolean;
  /** where tables are made; none when `search_path` names nothing that exists */
  readonly schema: string | null;
  readonly creates: boolean;
  /** is there the server's role, and is this one a member, or able to make it or itself one */
  readonly application: boolean;
  readonly roles: boolean;
}

/** Since then a role that may create roles may make itself a member of its own only. */
const ADMIN_OPTION_VERSION = 160_000;

const RIGHTS = `
  select me.rolname as name, current_database() as database, me.rolsuper as superuser,
    exists (select from pg_available_extensions where name = 'btree_gin') as available,
    exists (select from pg_extension where extname = 'btree_gin') as installed,
    me.rolsuper or has_database_privilege(current_database(), 'create')
      and exists (select from pg_available_extension_versions where name = 'btree_gin' and trusted) as installs,
    tasks.oid is not null as tables,
    coalesce(pg_has_role(tasks.relowner, 'usage'), false) as owns,
    current_schema() as schema, coalesce(has_schema_privilege(current_schema(), 'create'), false) as creates,
    application.oid is not null as application,
    me.rolsuper or case
      when application.oid is null then me.rolcreaterole
      when pg_has_role(application.oid, 'member') or pg_has_role(application.oid, 'member with admin option') then true
      else me.rolcreaterole and current_setting('server_version_num')::int < ${ADMIN_OPTION_VERSION}
    end as roles
  from pg_roles as me
    left join pg_class as tasks on tasks.oid = to_regclass('tasks')
    left join pg_roles as application on application.rolname = $1
  where me.rolname = current_user`;

/** Whether the role of this URL, the one without a pooler, could apply migrations: those of today, or of the next version. */
export async function checkOwner(directUrl: string): Promise<Finding[]> {
  const rights = await connected(directUrl, async (client) => {
    return (await client.query<Rights>(RIGHTS, [APPLICATION_ROLE])).rows[0]!;
  });
  return [extension(rights), owner(rights)];
}

function extension({ available, database, installed, installs, name }: Rights): Finding {
  if (installed) return ok('extension', 'btree_gin');
  if (!available) {
    return fault('extension', 'btree_gin is missing', "Install PostgreSQL's contrib package on the database server");
  }
  if (installs) return warning('extension', 'btree_gin is not installed yet', 'npm run migrate -- up installs it');
  return fault(
    'extension',
    `btree_gin is not installed, and ${name} may not install it`,
    `As a superuser in the database ${database}: create extension btree_gin`,
  );
}

function owner({ application, creates, name, owns, roles, schema, superuser, tables }: Rights): Finding {
  const role = JSON.stringify(name);
  if (tables && !owns) {
    return fault(
      'owner',
      `${name} does not own the tables, so that migrations fail`,
      'Set DATABASE_URL_DIRECT to the URL of their owner, without a pooler',
    );
  }
  if (schema === null) {
    return fault('owner', `no schema of the search_path of ${name} exists`, 'Create it, or change search_path');
  }
  if (!creates) {
    return fault(
      'owner',
      `${name} may not create anything in the schema ${schema}`,
      `As a superuser in this database: grant create on schema ${JSON.stringify(schema)} to ${role}`,
    );
  }
  if (!roles) {
    return fault(
      'owner',
      `${name} may neither create ${APPLICATION_ROLE} nor act as it`,
      `As a superuser: ${application ? '' : `create role ${APPLICATION_ROLE}; `}grant ${APPLICATION_ROLE} to ${role}`,
    );
  }
  return ok('owner', superuser ? `${name} is a superuser` : `${name} may apply migrations`);
}
