import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readICalendar } from '../../src/imports/icalendar.reader.ts';
import type { ImportReport } from '../../src/imports/imported-task.ts';
import { readMarkdown } from '../../src/imports/markdown.reader.ts';
import { readTodoistCsv } from '../../src/imports/todoist.reader.ts';
import { parseRecurrence } from '../../src/tasks/task.recurrence.parser.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { processorTime } from '../support/processor-time.ts';
import { options, sample } from './reading.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const IMPORT = `
  mutation Import($format: ImportFormat!, $text: String!, $dryRun: Boolean, $timeZone: String) {
    importTasks(format: $format, text: $text, dryRun: $dryRun, timeZone: $timeZone) {
      added known dryRun faults { line message leftOut }
    }
  }`;

const textOf = (name: string) => readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');

function send(user: string, body: string, type: string, query = '') {
  return app.rest(user, 'POST', `/api/tasks/import${query}`, body, { 'content-type': type });
}

const rules = {
  checkRule: (rule: string) => {
    const parsed = parseRecurrence(rule);
    return 'fault' in parsed ? parsed.fault : undefined;
  },
};
const ruleOf = (rule: string | null) => {
  const parsed = rule === null ? undefined : parseRecurrence(rule);
  return parsed && 'rule' in parsed ? parsed.rule : null;
};

/** What a file says of days, as `every! 3 days`, is counted from when it is imported. */
const TODAY = new Date().toISOString().slice(0, 10);
const MARKS = { ...options, ...rules, today: TODAY, timeZone: 'UTC', marks: true };
const FILES: [string, string, () => Promise<ImportReport>][] = [
  ['todoist.csv', 'text/csv', () => readTodoistCsv(sample('todoist.csv'), MARKS)],
  ['obsidian.md', 'text/markdown', () => readMarkdown(sample('obsidian.md'), MARKS)],
  ...['apple.ics', 'nextcloud.ics', 'outlook.ics', 'tasks-org.ics', 'thunderbird.ics'].map(
    (name): [string, string, () => Promise<ImportReport>] => [
      name,
      'text/calendar',
      () => readICalendar(sample(name), MARKS),
    ],
  ),
];

describe('a file of another program', () => {
  it.each(FILES)('%s is imported over REST without loss of what is read of it', async (name, type, read) => {
    const user = newUser();
    const report = await read();
    const { status, body } = await send(user, textOf(name), `${type}; charset=utf-8`);
    expect({ status, ...body }).toMatchObject({ status: 200, added: report.tasks.length, known: 0, dry_run: false });
    expect(body.faults.map(({ line, message }: { line: number; message: string }) => [line, message])).toEqual(
      report.faults.map(({ line, message }) => [line, message]),
    );

    const names = async (kind: string) =>
      new Map<string, string>(
        (await app.rest(user, 'GET', `/api/${kind}`)).body.items.map((label: { id: string; name: string }) => [
          label.id,
          label.name,
        ]),
      );
    const [tags, lists] = [await names('tags'), await names('lists')];
    const { items } = (await app.rest(user, 'GET', '/api/tasks?limit=100')).body;
    const titles = new Map<string, string>(items.map((task: { id: string; title: string }) => [task.id, task.title]));
    const keys = new Map(report.tasks.map(({ key, title }) => [key, title]));
    const sorted = (all: { title: string }[]) => all.toSorted((one, other) => (one.title < other.title ? -1 : 1));
    const stored = items.map((task: Record<string, unknown> & { tag_ids: string[] }) => ({
      ...{ title: task.title, description: task.description, completed: task.completed, priority: task.priority },
      ...{ due_date: task.due_date, due_at: task.due_at, due_time_zone: task.due_time_zone },
      ...{ recurrence: task.recurrence, basis: task.recurrence_basis },
      tags: task.tag_ids.map((id) => tags.get(id)?.toLowerCase()),
      list: lists.get(String(task.list_id)) ?? null,
      parent: titles.get(String(task.parent_id)) ?? null,
    }));
    expect(sorted(stored)).toEqual(
      sorted(
        report.tasks.map((task) => ({
          ...{ title: task.title, description: task.description, completed: task.completed, priority: task.priority },
          ...{ due_date: task.dueDate, due_at: task.dueAt, due_time_zone: task.dueTimeZone },
          ...{ recurrence: ruleOf(task.recurrence), basis: task.recurrenceBasis },
          tags: task.tags.map((tag) => tag.toLowerCase()),
          list: task.list,
          parent: task.parentKey === null ? null : (keys.get(task.parentKey) ?? null),
        })),
      ),
    );
    const moments = new Map<string, { completed_at: string | null; created_at: string }>(
      items.map((task: { title: string }) => [task.title, task]),
    );
    for (const { title, completedAt, createdAt } of report.tasks) {
      if (completedAt) expect(moments.get(title)?.completed_at).toBe(completedAt.toISOString());
      if (createdAt) expect(moments.get(title)?.created_at).toBe(createdAt.toISOString());
    }
    expect((await send(user, textOf(name), type)).body).toMatchObject({ added: 0, known: report.tasks.length });
  });

  it('is imported over GraphQL as over REST', async () => {
    const [one, other] = [newUser(), newUser()];
    const text = '# List\n- [ ] a #tag 📅 2026-12-24\n  - [ ] b\n- [z] c';
    const variables = { format: 'MARKDOWN', text, dryRun: true, timeZone: 'Europe/Berlin' };
    const faults = [{ line: 4, message: 'is marked neither [ ] nor [x]', leftOut: true }];
    const { data } = await app.graphql(one, IMPORT, variables);
    expect(data.importTasks).toEqual({ added: 2, known: 0, dryRun: true, faults });
    expect((await app.rest(one, 'GET', '/api/tasks')).body.total).toBe(0);
    const done = await app.graphql(one, IMPORT, { ...variables, dryRun: false });
    const { body } = await send(other, text, 'text/markdown', '?time_zone=Europe/Berlin');
    expect(done.data.importTasks).toMatchObject({ added: 2, dryRun: false });
    expect(body).toEqual({
      ...{ added: 2, known: 0, dry_run: false },
      faults: faults.map(({ leftOut, ...fault }) => ({ ...fault, left_out: leftOut })),
    });
    const { data: shown } = await app.graphql(
      one,
      '{ tasks(first: 5, orderBy: [{ field: POSITION, direction: ASC }]) { nodes { title dueDate tags { name } list { name } parent { title } } } }',
    );
    expect(shown.tasks.nodes).toEqual([
      { title: 'a', dueDate: '2026-12-24', tags: [{ name: 'tag' }], list: { name: 'List' }, parent: null },
      { title: 'b', dueDate: null, tags: [], list: { name: 'List' }, parent: { title: 'a' } },
    ]);
  });

  it.each([
    ['GraphQL', async (user: string) => (await app.graphql(user, IMPORT, zoned('Mars/Base'))).errors[0]?.extensions],
    ['REST', async (user: string) => (await send(user, '- [ ] a', 'text/markdown', '?time_zone=Mars/Base')).body],
  ])('is refused over %s in a zone that there is not', async (api, ask) => {
    expect(await ask(newUser())).toMatchObject({
      code: 'BAD_USER_INPUT',
      fields: [{ field: api === 'REST' ? 'time_zone' : 'timeZone' }],
    });
  });

  it.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/markdown; charset=latin1',
    'text/markdown; variant=GFM',
    'text/x-markdown',
    'text/html',
    'text/csv; header=present',
  ])('is refused as %s', async (type) => {
    const user = newUser();
    expect((await send(user, '- [ ] a', type)).status).toBe(400);
    expect((await app.rest(user, 'GET', '/api/tasks')).body.total).toBe(0);
  });

  it('is refused when it is not UTF-8 or compressed', async () => {
    const headers = { 'content-type': 'text/markdown', ...(await app.credentials(newUser())) };
    const ask = (body: Uint8Array<ArrayBuffer>, more = {}) =>
      fetch(`${app.url}/api/tasks/import`, { method: 'POST', headers: { ...headers, ...more }, body });
    const latin = await ask(Uint8Array.from([0x2d, 0x20, 0x5b, 0x20, 0x5d, 0x20, 0xe9]));
    expect([latin.status, ((await latin.json()) as { detail: string }).detail]).toEqual([
      400,
      'The body is not UTF-8 text',
    ]);
    expect((await ask(new Uint8Array(3), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it.each(['POST', 'PUT'])('is no body for %s of a task', async (method) => {
    const path = method === 'POST' ? '/api/tasks' : '/api/tasks/01890a5d-ac96-774b-bcce-b302099a8057';
    const { status } = await app.rest(newUser(), method, path, '- [ ] a', { 'content-type': 'text/markdown' });
    expect(status).toBe(400);
  });

  it('may be a whole body long and be nothing, without anybody waiting', async () => {
    const begin = processorTime();
    for (const [type, piece] of [
      ['text/markdown', '- [ ]\n'],
      ['text/markdown', '- [ ] a #'.concat('#a '.repeat(50), '\n')],
      ['text/csv', 'TYPE,CONTENT\n'.concat('task,\n'.repeat(1000))],
      ['text/csv', '"'],
      ['text/calendar', 'BEGIN:VTODO\n'],
    ] as const)
      expect((await send(newUser(), piece.repeat(Math.floor(1_000_000 / piece.length)), type)).status).toBeLessThan(
        500,
      );
    expect(processorTime() - begin).toBeLessThan(30_000);
  });
});

function zoned(timeZone: string) {
  return { format: 'MARKDOWN', text: '- [ ] a', timeZone };
}
