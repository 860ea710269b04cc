import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrations } from '../../migrations/index.ts';
import { loadConfig } from '../../src/config.ts';
import { revertLast } from '../../src/db/migrate.ts';
import { openUnmigratedDatabase } from '../../src/db/open-database.ts';
import { ENTITIES } from '../../src/entities.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runCommand } from './support.ts';

/** Everything in the schema that a migration can make, as text that can be compared. */
const SCHEMA = `
  select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid)) as item
  from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  union select format('constraint %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace = 'public'::regnamespace
  union select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
  union select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
  union select format('function %s', pg_get_functiondef(p.oid)) from pg_proc p
    where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
  order by item`;

describe('npm run migrate', () => {
  let database: TestDatabase;
  let directory: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'migrate-command-'));
  });
  afterEach(async () => {
    await database.drop();
    await rm(directory, { recursive: true });
  });

  function migrate(args: string[], env: Record<string, string> = {}) {
    const settings = { NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: directory, ...env };
    return runCommand('migrate', args, { cwd: directory, env: settings });
  }

  async function query<Row>(text: string): Promise<Row[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** As the command does it, without a process for each. */
  async function takenBack(count: number): Promise<(string | undefined)[]> {
    const config = loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: directory });
    const opened = await openUnmigratedDatabase(config, { entities: ENTITIES, exclusive: false, log: () => {} });
    try {
      const names: (string | undefined)[] = [];
      while (names.length < count) names.push(await revertLast(opened.database, opened.directUrl));
      return names;
    } finally {
      await opened.close();
    }
  }

  const schema = async () => (await query<{ item: string }>(SCHEMA)).map(({ item }) => item);

  it('takes every migration back and applies it again, leaving nothing behind', async () => {
    const full = await schema();
    const [last, ...earlier] = migrations.map(({ name }) => name).reverse();
    expect((await migrate(['down'])).output).toBe(`reverted ${last}; the server applies it again when it starts\n`);
    expect(await takenBack(earlier.length)).toEqual(earlier);
    expect((await schema()).filter((item) => !/\bmigrations(_|\b)/.test(item))).toEqual([]);
    expect(await migrate(['down'])).toMatchObject({ code: 0, output: 'nothing to revert\n' });
    expect((await migrate(['up'])).output).toBe(migrations.map(({ name }) => `applied ${name}\n`).join(''));
    expect(await schema()).toEqual(full);
    expect(await migrate(['up'])).toMatchObject({ code: 0, output: 'nothing was pending\n' });
  }, 360_000);

  it('lists what is applied, pending and unknown, without changing it', async () => {
    await query("delete from migrations; insert into migrations (name) values ('29990101000000-future')");
    const { code, output } = await migrate(['status']);
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([
      ...migrations.map(({ name }) => expect.stringMatching(`^pending +${name}$`)),
      expect.stringMatching(/^applied \d{4}-\S+Z {2}29990101000000-future {2}\(of a newer version\)$/),
      '',
    ]);
    expect(await query('select name from migrations')).toEqual([{ name: '29990101000000-future' }]);
  });

  it('ends with 1 where the schema is not what this version works with, with a line for each difference', async () => {
    await query(
      "alter table users rename email to mail; insert into migrations (name) values ('29990101000000-future')",
    );
    expect(await migrate(['check'])).toMatchObject({
      code: 1,
      output:
        'the migration 29990101000000-future is applied, which this version does not know\n' +
        'users.email is missing, which User needs\n',
    });
  });

  it.each(['up', 'down'])('refuses %s on a schema that is newer than this version', async (action) => {
    await query("insert into migrations (name) values ('29990101000000-future')");
    expect(await migrate([action])).toMatchObject({
      code: 1,
      output: '',
      complaint: expect.stringMatching(/^The schema is newer than this version .*29990101000000-future/),
    });
  });

  it('takes nothing back in production without --yes', async () => {
    const production = { NODE_ENV: 'production', AUTH_EMBEDDED: 'true' };
    expect(await migrate(['down'], production)).toEqual({
      code: 1,
      output: '',
      complaint: 'This deletes data of production: add --yes if it is meant\n',
    });
    expect(await migrate(['down', '--yes'], production)).toMatchObject({ code: 0 });
  });

  it('lets several at once apply each migration once', async () => {
    await query('drop schema public cascade; create schema public');
    const outcomes = await Promise.all([1, 2, 3].map(() => migrate(['up'])));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(outcomes.filter(({ output }) => output !== 'nothing was pending\n')).toHaveLength(1);
  });

  it('tells an owner without rights what PostgreSQL says', async () => {
    const role = `migrates_nothing_${process.pid}`;
    await query(`drop schema public cascade; create schema public; create role ${role} login password 'only here'`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'only here'];
    const { code, output, complaint } = await migrate(['up'], { DATABASE_URL: url.href });
    await query(`drop role ${role}`);
    expect({ code, output, complaint }).toEqual({
      code: 1,
      output: '',
      complaint: expect.stringMatching(/^PostgreSQL refuses this: permission denied for database test_\w+\n$/),
    });
  });

  it.each<[string, string[]]>([
    ['nothing to do', []],
    ['an unknown action', ['sideways']],
    ['too much', ['up', 'twice']],
    ['a migration without a name', ['create']],
  ])('explains itself when asked for %s', async (_what, args) => {
    expect(await migrate(args)).toMatchObject({
      code: 1,
      output: '',
      complaint: expect.stringMatching(/^Looks after/),
    });
  });
});
