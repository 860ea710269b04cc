import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runCommand, startCommand } from './support.ts';

interface Row {
  title: string;
  completed: boolean;
}

const LIST = `\ufeff# Shopping\r
\r
- [x] bread\r
- [ ] milk\r
  1. [X] cafe\u0301\r
- [y] eggs\r
- [ ]\r
- [ ] ${'a'.repeat(256)}\r
\`\`\`\r
- [ ] code\r
\`\`\`\r
* [ ] bread`;

describe('npm run import', () => {
  let database: TestDatabase;
  let directory: string;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'import-command-'));
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const environment = () => ({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: directory });

  async function importList(content: string | Uint8Array, user: string, ...options: string[]) {
    await writeFile(join(directory, 'list.md'), content);
    return runCommand('import', ['list.md', '--user', user, ...options], { cwd: directory, env: environment() });
  }

  async function tasksOf(user: string): Promise<Row[]> {
    const { rows } = await client.query<Row>(
      'select title, completed from tasks where user_id = $1 and deleted_at is null order by created_at, id',
      [user],
    );
    return rows;
  }

  it('makes tasks in the order of the list and reports the lines that it cannot use', async () => {
    expect(await importList(LIST, 'alice')).toEqual({
      code: 0,
      output: '4 tasks read, 2 completed, 3 lines left out, 4 added, 0 already there\n',
      complaint: [
        'list.md:6: is marked neither [ ] nor [x]',
        'list.md:7: title must not be empty',
        'list.md:8: title must have at most 255 characters, has 256',
        '',
      ].join('\n'),
    });
    expect(await tasksOf('alice')).toEqual([
      { title: 'bread', completed: true },
      { title: 'milk', completed: false },
      { title: 'café', completed: true },
      { title: 'bread', completed: false },
    ]);
  });

  it('adds nothing twice, what is new at its place, and nothing that was deleted', async () => {
    const list = '- [ ] one\n- [x] two\n- [ ] three\n';
    await importList(list, 'bob');
    expect(await importList(list, 'bob')).toMatchObject({
      code: 0,
      output: '3 tasks read, 1 completed, 0 added, 3 already there\n',
    });
    await client.query("update tasks set deleted_at = now() where user_id = 'bob' and title = 'two'");
    await client.query("update tasks set completed = true where user_id = 'bob' and title = 'one'");
    expect(await importList(`${list}- [ ] four`, 'bob')).toMatchObject({
      output: '4 tasks read, 1 completed, 1 added, 3 already there\n',
    });
    expect(await tasksOf('bob')).toEqual([
      { title: 'one', completed: true },
      { title: 'three', completed: false },
      { title: 'four', completed: false },
    ]);
  });

  it('gives users ids that cannot be told from their lists: who has another salt has other ids', async () => {
    await importList('- [ ] one', 'heidi');
    await client.query("update users set import_salt = gen_random_uuid() where id = 'heidi'");
    expect(await importList('- [ ] one', 'heidi')).toMatchObject({
      output: '1 task read, 0 completed, 1 added, 0 already there\n',
    });
  });

  it('lets two imports at once add every task once', async () => {
    const list = Array.from({ length: 300 }, (_, index) => `- [ ] task ${index}`).join('\n');
    await writeFile(join(directory, 'long.md'), list);
    const runs = [1, 2].map(() =>
      runCommand('import', ['long.md', '--user', 'carol'], { cwd: directory, env: environment() }),
    );
    const outputs = (await Promise.all(runs)).map(({ output }) => output).sort();
    expect(outputs).toEqual([
      '300 tasks read, 0 completed, 0 added, 300 already there\n',
      '300 tasks read, 0 completed, 300 added, 0 already there\n',
    ]);
    expect((await tasksOf('carol')).map(({ title }) => title)).toEqual(
      Array.from({ length: 300 }, (_, index) => `task ${index}`),
    );
  });

  it('only reads with --dry-run, without a database', async () => {
    const env = { ...environment(), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    await writeFile(join(directory, 'list.md'), '- [ ] one\n- [x] two');
    expect(await runCommand('import', ['list.md', '--user', 'dave', '--dry-run'], { cwd: directory, env })).toEqual({
      code: 0,
      output: '2 tasks read, 1 completed, nothing added (dry run)\n',
      complaint: '',
    });
  });

  it('finds the file from where the caller stands, though npm has changed the directory', async () => {
    const caller = join(directory, 'elsewhere');
    await mkdir(caller);
    await writeFile(join(caller, 'own.md'), '- [ ] one');
    const env = { ...environment(), INIT_CWD: caller };
    expect(await runCommand('import', ['own.md', '--user', 'erin'], { cwd: directory, env })).toMatchObject({
      output: '1 task read, 0 completed, 1 added, 0 already there\n',
    });
  });

  it('leaves nothing behind when it is interrupted, however often npm passes the signal on', async () => {
    await client.query("insert into users (id) values ('grace')");
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    await holder.query("begin; select from users where id = 'grace' for update");
    await writeFile(join(directory, 'list.md'), '- [ ] one');
    const { child, outcome } = startCommand('import', ['list.md', '--user', 'grace'], {
      cwd: directory,
      env: environment(),
    });
    await untilWaitingForLock(client);
    child.kill('SIGINT');
    child.kill('SIGINT');
    await delay(100);
    child.kill('SIGTERM');
    await holder.end();
    expect(await outcome).toEqual({ code: 1, output: '', complaint: 'Interrupted, nothing was added\n' });
    expect(await tasksOf('grace')).toEqual([]);
  });

  it('refuses an erased account', async () => {
    await client.query("insert into users (id, deleted_at) values ('gone', now())");
    expect(await importList('- [ ] one', 'gone')).toEqual({
      code: 1,
      output: '',
      complaint: 'The account was deleted\n',
    });
    expect(await tasksOf('gone')).toEqual([]);
  });

  it('reads a long list with little memory', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `- [ ] a task of a long list, number ${index}`);
    await writeFile(join(directory, 'long.md'), lines.join('\n'));
    const env = { ...environment(), NODE_OPTIONS: '--max-old-space-size=64' };
    expect(
      await runCommand('import', ['long.md', '--user', 'frank', '--dry-run'], { cwd: directory, env }),
    ).toMatchObject({ output: '50000 tasks read, 0 completed, nothing added (dry run)\n', complaint: '' });
  });

  it('takes back what was exported, and nothing of a file that was cut off or has a fault', async () => {
    const task = { type: 'task', id: '01890a5d-ac96-774b-bcce-b302099a8059', title: 'exported', completed: true };
    const lines = [
      { type: 'export', version: 1 },
      { ...task, created_at: '2001-01-01T00:00:00.000Z' },
      { type: 'end' },
    ];
    const importLines = async (some: object[]) => {
      await writeFile(join(directory, 'mine.ndjson'), some.map((line) => `${JSON.stringify(line)}\n`).join(''));
      const args = ['mine.ndjson', '--user', 'grace'];
      return runCommand('import', args, { cwd: directory, env: environment() });
    };
    expect((await importLines(lines.slice(0, 2))).complaint).toMatch(/^The export was cut off/);
    expect((await importLines([...lines, { ...task, title: '' }])).complaint).toMatch(
      /^mine.ndjson:4: title .*\n1 line cannot be used: nothing was added\n$/,
    );
    expect(await tasksOf('grace')).toEqual([]);
    expect((await importLines(lines)).output).toBe('1 task read, 1 completed, 1 added, 0 already there\n');
    expect(await tasksOf('grace')).toEqual([{ title: 'exported', completed: true }]);
  });

  it.each<[string, string[], RegExp]>([
    ['there is no file', ['--user', 'alice'], /^Makes tasks of a file/],
    ['marks are none', ['list.csv', '--user', 'alice', '--marks'], /^--marks does not go with this file/],
    ['a list has no place', ['list.md', '--user', 'alice', '--list', 'x'], /^--list does not go with this file/],
    ['the name of a list is empty', ['list.md', '--user', 'alice', '--marks', '--list', ' '], /^listName: must not be/],
    ['there is no user', ['list.md'], /^Makes tasks of a file/],
    ['the user is empty', ['list.md', '--user', ''], /^--user must have 1 to 255 characters/],
    ['there are two files', ['list.md', 'b.md', '--user', 'alice'], /^One FILE only/],
    ['an option is unknown', ['list.md', '--users', 'alice'], /^Unknown option '--users'/],
    ['the file is missing', ['none.md', '--user', 'alice'], /^Cannot read the file: ENOENT/],
    ['the file is a directory', ['.', '--user', 'alice'], /^Cannot read the file: EISDIR/],
    ['the file is not UTF-8', ['utf16.md', '--user', 'alice'], /^The file is not UTF-8 text/],
  ])('says in a few words what is wrong when %s', async (_what, args, message) => {
    await writeFile(join(directory, 'list.md'), '- [ ] one');
    await writeFile(join(directory, 'utf16.md'), Buffer.from('\ufeff- [ ] one', 'utf16le'));
    const outcome = await runCommand('import', args, { cwd: directory, env: environment() });
    expect(outcome).toMatchObject({ code: 1, output: '', complaint: expect.stringMatching(message) });
    expect(outcome.complaint).not.toContain('    at ');
  });

  it('says so when the database is away', async () => {
    const env = { ...environment(), DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await runCommand('import', ['list.md', '--user', 'alice'], { cwd: directory, env })).toEqual({
      code: 1,
      output: '',
      complaint: 'The database is not available, try again shortly\n',
    });
  });
});

async function untilWaitingForLock(client: Client): Promise<void> {
  const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  while ((await client.query(waiting)).rowCount === 0) await delay(20);
}
