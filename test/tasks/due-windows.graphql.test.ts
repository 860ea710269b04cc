import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { asked, tasksOf } from './support/graphql-tasks.ts';

/** What is due today is asked for anew each time, as the day ends without a change of anything. */

const BEFORE_MIDNIGHT = Date.parse('2026-03-10T23:50:00.000Z');
const LATER = 20 * 60_000;
const LIST = '{ tasks(filter: { due: TODAY }) { totalCount nodes { title } } }';
const MIXED = `{ tasks { totalCount nodes { title } } due: tasks(filter: { or: [{ not: { due: TODAY } }] }) { nodes { title } } }`;

let app: TestApp;
let user: string;
let now = BEFORE_MIDNIGHT;

beforeAll(async () => {
  app = await startTestApp({ overrides: { clock: { now: () => now } } });
});
afterAll(() => app.close());
beforeEach(async () => {
  now = BEFORE_MIDNIGHT;
  user = newUser();
  await storeTasks(app.databaseUrl, user, [
    { title: 'today', dueDate: '2026-03-10' },
    { title: 'tomorrow', dueDate: '2026-03-11' },
  ]);
});

const titles = ({ nodes }: { nodes: { title: string }[] }) => nodes.map(({ title }) => title);

describe('over GraphQL', () => {
  it('the same document is answered anew after midnight, however often it was asked before', async () => {
    for (let times = 0; times < 5; times++) expect(titles((await asked(app, user, LIST)).tasks)).toEqual(['today']);
    now += LATER;
    expect(titles((await asked(app, user, LIST)).tasks)).toEqual(['tomorrow']);
  });

  it('so is one that asks for other lists too, and for a window deep in its filter', async () => {
    for (let times = 0; times < 5; times++) expect(titles((await asked(app, user, MIXED)).due)).toEqual(['tomorrow']);
    now += LATER;
    expect(titles((await asked(app, user, MIXED)).due)).toEqual(['today']);
  });

  it('so is one that names its filter in a variable, beside one that names no window', async () => {
    const query = 'query ($filter: TaskFilter) { tasks(filter: $filter) { nodes { title } } }';
    const ask = async (filter: object) => titles((await asked(app, user, query, { filter })).tasks);
    for (let times = 0; times < 5; times++) {
      expect(await ask({ hasDue: true })).toEqual(['tomorrow', 'today']);
      expect(await ask({ due: 'TODAY' })).toEqual(['today']);
    }
    now += LATER;
    expect(await ask({ due: 'TODAY' })).toEqual(['tomorrow']);
  });

  it('the same document is answered anew when the user has moved to another zone', async () => {
    for (let times = 0; times < 5; times++) expect(titles((await asked(app, user, LIST)).tasks)).toEqual(['today']);
    await tasksOf(app).setTimeZone(user, 'Europe/Berlin');
    expect(titles((await asked(app, user, LIST)).tasks)).toEqual(['tomorrow']);
    expect((await asked(app, user, '{ viewer { timeZone } }')).viewer).toEqual({ timeZone: 'Europe/Berlin' });
  });

  it('numbers are counted anew after midnight', async () => {
    const query = '{ taskStats(filter: { due: OVERDUE }) { total } }';
    for (let times = 0; times < 5; times++) expect((await asked(app, user, query)).taskStats.total).toBe(0);
    now += LATER;
    expect((await asked(app, user, query)).taskStats.total).toBe(1);
  });

  it.each(['Europe/Atlantis', '+01:00', '', 'BST', 'x'.repeat(1000)])('is refused in the zone %s', async (timeZone) => {
    const filter = { due: 'TODAY', timeZone };
    const refused = await tasksOf(app).listRefused(user, { filter });
    expect(refused).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['filter.timeZone'] });
  });
});

describe('over REST', () => {
  const paths = ['due=TODAY', 'due=TODAY&time_zone=UTC', 'due=OVERDUE', 'due=NEXT_7_DAYS&sort=due'];

  it.each(paths)('a page of %s has no ETag, and none is ever current', async (query) => {
    const path = `/api/tasks?${query}`;
    const other = (await app.rest(user, 'GET', '/api/tasks')).headers.get('etag');
    for (const tag of [undefined, other ?? '"x"', '*']) {
      for (let times = 0; times < 3; times++) {
        const headers: Record<string, string> = tag === undefined ? {} : { 'if-none-match': tag };
        const { status, headers: answered } = await app.rest(user, 'GET', path, undefined, headers);
        expect({ status, etag: answered.get('etag') }).toEqual({ status: 200, etag: null });
      }
    }
  });

  it('the same page is answered anew after midnight', async () => {
    const path = '/api/tasks?due=TODAY';
    for (let times = 0; times < 5; times++) {
      expect((await app.rest(user, 'GET', path)).body.items).toMatchObject([{ title: 'today' }]);
    }
    now += LATER;
    expect((await app.rest(user, 'GET', path)).body.items).toMatchObject([{ title: 'tomorrow' }]);
    expect((await app.rest(user, 'GET', '/api/tasks?due=OVERDUE')).body.items).toMatchObject([{ title: 'today' }]);
  });

  it('the same page is answered anew with the tag that other pages have', async () => {
    const plain = '/api/tasks?limit=5';
    const { headers } = await app.rest(user, 'GET', plain, undefined, { 'if-none-match': '"x"' });
    const tag = headers.get('etag')!;
    expect((await app.rest(user, 'GET', plain, undefined, { 'if-none-match': tag })).status).toBe(304);
    expect((await app.rest(user, 'GET', '/api/tasks?due=TODAY', undefined, { 'if-none-match': tag })).status).toBe(200);
  });
});
