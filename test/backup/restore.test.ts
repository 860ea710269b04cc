import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { storeTasks } from '../support/factories.ts';
import {
  backUp,
  contentsOf,
  newDirectory,
  resealed,
  restore,
  schemaOf,
  untilWaiting,
  withOwner,
  withOwnersDatabase,
} from './support.ts';

let directory: string;
let path: string;
let target: TestDatabase;

beforeAll(async () => {
  directory = await newDirectory();
  path = join(directory, 'backup');
  const source = await createTestDatabase();
  await storeTasks(source.url, 'alice', [{ title: 'one' }, { title: 'two', completed: true }]);
  await backUp(source.url, path);
  await source.drop();
});
afterAll(() => rm(directory, { recursive: true }));
beforeEach(async () => {
  target = await createTestDatabase();
});
afterEach(() => target.drop());

const state = async () => [await contentsOf(target.url), await schemaOf(target.url)];

/** The same backup, sealed as it should be, with another script in it. */
async function rewritten(change: (script: string) => string): Promise<string> {
  const script = zstdDecompressSync((await readFile(path)).subarray(40, -40)).toString();
  const other = join(directory, 'rewritten');
  await writeFile(other, await resealed(change(script)));
  return other;
}

describe('a restore changes nothing', () => {
  async function refused(file: string, message: RegExp): Promise<void> {
    const before = await state();
    await expect(restore(target.url, file)).rejects.toThrow(message);
    expect(await state()).toEqual(before);
  }

  it('when the database has rows', async () => {
    await storeTasks(target.url, 'bob', [{ title: 'mine' }]);
    await refused(path, /^The database is not empty: there are rows in public.tasks, public.users/);
  });

  it('when the backup is of a newer version', async () => {
    const newer = await rewritten((script) =>
      script.replace('"migrations":[', '"migrations":["29990101000000-future",'),
    );
    await refused(newer, /^The backup is of a newer version .* 29990101000000-future/);
  });

  it('when the database is of a newer version', async () => {
    await withOwner(target.url, (client) =>
      client.query("insert into migrations (name) values ('29990101000000-future')"),
    );
    await refused(path, /^The schema is newer than this version/);
  });

  it('when the backup has a table or a column that this version does not make', async () => {
    const column = await rewritten((script) => script.replaceAll(/"?email"?/g, (name) => name.replace('email', 'fax')));
    await refused(column, /^The backup has a column fax of public.users, and this database has not/);
    const table = await rewritten((script) => script.replaceAll('idempotency_keys', 'other_keys'));
    await refused(table, /^The backup has a table public.other_keys, and this database has not/);
  });

  it.each<[string, (script: string) => string, RegExp]>([
    [
      'breaks a rule of the database',
      (script) => script.replace('\tone\t', '\t\t'),
      /23514: tasks, tasks_title_length/,
    ],
    [
      'belongs to nobody',
      (script) => script.replace('alice\t\\N\t\\N', 'carol\t\\N\t\\N'),
      /23503: tasks, tasks_user_id_fkey/,
    ],
    [
      'is there twice',
      (script) =>
        script.replace(/(\n[^\n]*\tone\t[^\n]*)/, '$1$1').replace(/\[(?<zeros>(?:0,)+)2,1\]/, '[$<zeros>3,1]'),
      /23505: tasks/,
    ],
    ['is not what the column holds', (script) => script.replace('\tone\t\\N\tf', '\tone\t\\N\tmaybe'), /22P02/],
  ])('when a row %s, and does not say what is in it', async (_what, change, message) => {
    const error = await restore(target.url, await rewritten(change)).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'BackupError', message: expect.stringMatching(message) });
    expect(String(error)).not.toContain('alice');
  });

  it('when it is interrupted', async () => {
    const before = await state();
    const controller = new AbortController();
    const interrupted = withOwner(target.url, async (client) => {
      // Holds what the restore needs, until the interruption has come.
      await client.query('begin; lock table tasks in access share mode');
      const outcome = restore(target.url, path, controller.signal).catch((error: unknown) => error);
      await untilWaiting(target.url);
      controller.abort(new Error('Interrupted'));
      return outcome;
    });
    expect(await interrupted).toMatchObject({ message: 'Interrupted' });
    expect(await state()).toEqual(before);
  });
});

it('restores a backup of an older schema and brings it up to date', async () => {
  const source = await createTestDatabase();
  await withOwnersDatabase(source.url, async ({ orm }) => {
    for (const { name } of migrations.slice(3).reverse()) await orm.migrator.down({ migrations: [name] });
  });
  await withOwner(source.url, async (client) => {
    await client.query("insert into users (id) values ('old'); alter table tasks disable trigger user");
    await client.query(
      "insert into tasks (id, user_id, title, rev) values (gen_random_uuid(), 'old', 'from before', 7)",
    );
  });
  await backUp(source.url, join(directory, 'old'));
  await source.drop();

  const full = await schemaOf(target.url);
  await restore(target.url, join(directory, 'old'));
  expect(await schemaOf(target.url)).toEqual(full);
  const { rows } = await withOwner(target.url, (client) =>
    client.query(
      'select title, tasks.rev, import_salt is not null as salted from tasks join users on users.id = user_id',
    ),
  );
  expect(rows).toEqual([{ title: 'from before', rev: '7', salted: true }]);
});

it('makes everything in a database that was never migrated', async () => {
  const empty = await createEmptyDatabase();
  const full = await schemaOf(target.url);
  await restore(empty.url, path);
  expect(await schemaOf(empty.url)).toEqual(full);
  expect((await contentsOf(empty.url))['public.tasks']).toHaveLength(2);
  await empty.drop();
});

it('needs no superuser', async () => {
  const owner = `owner_${process.pid}`;
  const url = new URL(target.url);
  await withOwner(target.url, (client) =>
    client.query(`
      create role ${owner} login password 'x'; grant premium_todo_app to ${owner};
      grant create, connect on database ${url.pathname.slice(1)} to ${owner}; grant usage, create on schema public to ${owner};
      do $$ declare name text; begin
        for name in select tablename from pg_tables where schemaname = 'public' loop
          execute format('alter table %I owner to ${owner}', name);
        end loop;
      end $$`),
  );
  Object.assign(url, { username: owner, password: 'x' });
  await restore(url.href, path);
  await backUp(url.href, join(directory, 'by-owner'));
  expect((await contentsOf(target.url))['public.tasks']).toHaveLength(2);
  await withOwner(target.url, (client) => client.query(`drop owned by ${owner} cascade; drop role ${owner}`));
});

/** A later table with a counter of its own would need it restored as well. */
it('knows of no sequence but that of the migrations', async () => {
  const { rows } = await withOwner(target.url, (client) =>
    client.query("select sequencename from pg_sequences where schemaname = 'public'"),
  );
  expect(rows).toEqual([{ sequencename: 'migrations_id_seq' }]);
});
