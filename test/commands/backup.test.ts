import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withMigrationLock } from '../../src/db/migrate.ts';
import { newDirectory, untilWaiting, withOwner } from '../backup/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { runCommand, startCommand } from './support.ts';

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  directory = await newDirectory();
});
afterEach(() => rm(directory, { recursive: true }));

const surroundings = (env: Record<string, string> = { DATABASE_URL: database.url }) => ({
  cwd: directory,
  env: { NODE_ENV: 'test', DATA_DIR: directory, ...env },
});

describe('npm run backup and npm run restore', () => {
  it('carry the embedded PostgreSQL from one directory to another, without a server', async () => {
    await writeFile(join(directory, 'list.md'), '- [x] bread\n- [ ] milk\n');
    const command = (place: string, name: string, ...args: string[]) =>
      runCommand(name, args, surroundings({ DATA_DIR: join(directory, place) }));

    await command('old', 'import', 'list.md', '--user', 'alice');
    expect(await command('old', 'backup', 'file')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^3 rows of /),
    });
    const restored = await command('new', 'restore', 'file');
    expect(restored).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^3 rows of \d+ tables restored, as they were /),
    });
    const again = await command('new', 'import', 'list.md', '--user', 'alice');
    expect(again.output).toBe('2 tasks read, 1 completed, 0 added, 2 already there\n');
    // Two clusters are made and started four times, beside whatever else this machine does.
  }, 360_000);

  it('overwrite a file with --force only', async () => {
    await writeFile(join(directory, 'file'), 'precious');
    const refused = await runCommand('backup', ['file'], surroundings());
    expect(refused).toEqual({ code: 1, output: '', complaint: 'The file exists already: --force overwrites it\n' });
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe('precious');
    expect(await runCommand('backup', ['file', '--force'], surroundings())).toMatchObject({ code: 0, complaint: '' });
    expect(await runCommand('backup', ['verify', 'file'], surroundings())).toMatchObject({ code: 0, complaint: '' });
  });

  it('leave no file behind when they are interrupted', async () => {
    const outcome = await withOwner(database.url, async (client) => {
      await client.query('begin; lock table tasks in access exclusive mode');
      const { child, outcome } = startCommand('backup', ['file'], surroundings());
      await untilWaiting(database.url);
      child.kill('SIGINT');
      return outcome;
    });
    expect(outcome).toEqual({ code: 1, output: '', complaint: 'Interrupted, no file was written\n' });
    expect(await readdir(directory)).toEqual([]);
  });

  it('can be interrupted while they wait for a migration', async () => {
    const outcome = await withMigrationLock(database.url, async (holder) => {
      const { child, outcome } = startCommand('backup', ['file'], surroundings());
      await eventually('it waits for the lock', async () => {
        const { rows } = await holder.query(
          "select from pg_stat_activity where query like 'select pg_try_advisory_lock%' and datname = current_database() and pid <> pg_backend_pid()",
        );
        return rows.length > 0;
      });
      child.kill('SIGINT');
      return outcome;
    });
    expect(outcome).toEqual({ code: 1, output: '', complaint: 'Interrupted, no file was written\n' });
    expect(await readdir(directory)).toEqual([]);
  });

  it.each<[string, string, string[], RegExp]>([
    ['there is no file to write', 'backup', [], /^Writes everything/],
    ['there are too many words', 'backup', ['verify', 'a', 'b'], /^Writes everything/],
    ['something else is to be done', 'backup', ['destroy', 'file'], /^Writes everything/],
    ['there is no file to restore', 'restore', [], /^Brings back/],
    ['there are two files to restore', 'restore', ['a', 'b'], /^One FILE only/],
    ['an option is unknown', 'restore', ['a', '--force'], /^Unknown option '--force'/],
    ['the file is missing', 'restore', ['none'], /^Cannot read the file: ENOENT/],
    ['the file is no backup', 'restore', ['text'], /^The file is no backup of premium-todo/],
  ])('say in a few words what is wrong when %s', async (_what, name, args, message) => {
    await writeFile(join(directory, 'text'), 'something else');
    const outcome = await runCommand(name, args, surroundings());
    expect(outcome).toMatchObject({ code: 1, output: '', complaint: expect.stringMatching(message) });
    expect(outcome.complaint).not.toContain('    at ');
  });

  it('say so when the database is away', async () => {
    const away = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await runCommand('backup', ['file'], surroundings(away))).toEqual({
      code: 1,
      output: '',
      complaint: 'The database is not available, try again shortly\n',
    });
    expect(await readdir(directory)).toEqual([]);
  });
});
