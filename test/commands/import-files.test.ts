import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runCommand } from './support.ts';

describe('npm run import with a file of another program', () => {
  let database: TestDatabase;
  let directory: string;
  let client: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'import-files-'));
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  const environment = () => ({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: directory });
  const importFile = async (name: string, content: string, user: string, ...more: string[]) => {
    await writeFile(join(directory, name), content);
    return runCommand('import', [name, '--user', user, ...more], { cwd: directory, env: environment() });
  };
  const planned = async (user: string) =>
    (
      await client.query(
        `select task.title, task.priority, parent.title as parent, lists.name as list,
           array(select name from tags where tags.id = any (task.tag_ids)) as tags
         from tasks task left join tasks parent on parent.id = task.parent_id left join lists on lists.id = task.list_id
         where task.user_id = $1 order by task.created_at, task.id`,
        [user],
      )
    ).rows;
  const csv = 'TYPE,CONTENT,PRIORITY,INDENT\ntask,a @red,1,1\ntask,b,4,2\nnothing,c,4,1\n';

  it('takes CSV of Todoist with tags and subtasks, into a list that is given, and nothing twice', async () => {
    const args = ['project.csv', csv, 'ivan', '--list', 'Project'] as const;
    const complaint = 'project.csv:4: TYPE must be task, section, note or meta\n';
    const read = '2 tasks read, 1 line left out';
    expect(await importFile(...args, '--dry-run')).toEqual({
      code: 0,
      output: `${read}, 2 would be added, 0 already there (dry run)\n`,
      complaint,
    });
    expect(await planned('ivan')).toEqual([]);
    expect(await importFile(...args)).toEqual({
      code: 0,
      output: `${read}, 2 added, 0 already there\n`,
      complaint,
    });
    expect(await planned('ivan')).toEqual([
      { title: 'a', priority: 4, parent: null, list: 'Project', tags: ['red'] },
      { title: 'b', priority: 0, parent: 'a', list: 'Project', tags: [] },
    ]);
    expect((await importFile(...args)).output).toBe(`${read}, 0 added, 2 already there\n`);
  });

  it('takes calendars of more than a thousand tasks', async () => {
    const todos = Array.from({ length: 1200 }, (_, index) => `BEGIN:VTODO\nUID:${index}\nSUMMARY:t${index}\nEND:VTODO`);
    const text = ['BEGIN:VCALENDAR', ...todos, 'END:VCALENDAR'].join('\n');
    expect(await importFile('TASKS.ICS', text, 'judy')).toEqual({
      code: 0,
      output: '1200 tasks read, 1200 added, 0 already there\n',
      complaint: '',
    });
  });

  it('takes marks and nesting of Markdown where they are asked for, and the same tasks as without', async () => {
    const list = '# Home\n- [ ] a ⏫\n  - [ ] b\n';
    expect((await importFile('list.md', '- [ ] a\n', 'kim')).output).toMatch(/1 added/);
    expect(await importFile('list.md', list, 'kim', '--marks')).toEqual({
      code: 0,
      output: '2 tasks read, 1 added, 1 already there\n',
      complaint: '',
    });
    expect(await planned('kim')).toMatchObject([
      { title: 'a', priority: 0, list: null },
      { title: 'b', parent: 'a', list: 'Home' },
    ]);
  });

  it('says what of an export has no place', async () => {
    const task = { id: '01890a5d-ac96-774b-bcce-b302099a8060', title: 'x', completed: false };
    const line = {
      type: 'task',
      ...task,
      created_at: '2001-01-01T00:00:00Z',
      parent_id: task.id.replace('60', '61'),
    };
    expect(await importFile('part.ndjson', JSON.stringify(line), 'leo')).toEqual({
      code: 0,
      output: '1 task read, 0 completed, 1 added, 0 already there\n',
      complaint: 'part.ndjson:1: belongs to a task that is not in the file: it is put at the top\n',
    });
  });
});
