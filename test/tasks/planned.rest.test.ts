import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { tasksOf } from './support/graphql-tasks.ts';

/** Planned tasks over REST: fields by its names, and what lists are narrowed to and sorted by. */

const MISSING = '01890a5d-ac96-774b-bcce-b302099a8057';

let app: TestApp;
let user: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

async function titles(query: string): Promise<string[]> {
  const { status, body } = await app.rest(user, 'GET', `/api/tasks?sort=title&${query}`);
  expect({ query, status }).toEqual({ query, status: 200 });
  expect(body.total).toBe(body.items.length);
  return body.items.map(({ title }: { title: string }) => title);
}

async function refusedFields(method: string, path: string, body?: object): Promise<string[]> {
  const { status, body: problem } = await app.rest(user, method, path, body);
  expect({ path, status, code: problem.code }).toEqual({ path, status: 400, code: 'BAD_USER_INPUT' });
  return problem.fields.map(({ field }: { field: string }) => field);
}

const made = async () => (await app.rest(user, 'POST', '/api/tasks', { title: 'a' })).body.id;
const CURSOR_PAGES = (id: string) => [
  ...['/api/tasks/trash', '/api/tasks/changes', `/api/tasks/${id}/history`, `/api/tasks/${id}/occurrences`],
];

it('every page that is read on from a cursor is refused for a wrong limit by the name that REST has for it', async () => {
  for (const path of CURSOR_PAGES(await made())) {
    for (const limit of ['0', '101', 'x', '']) {
      expect([path, limit, await refusedFields('GET', `${path}?limit=${limit}`)]).toEqual([path, limit, ['limit']]);
    }
  }
});

describe('a planned task', () => {
  it('is shown as it was given', async () => {
    const tasks = tasksOf(app);
    const [tag, list, parent] = [await tasks.tag(user, 't'), await tasks.taskList(user, 'l'), await tasks.create(user)];
    const plan = {
      ...{ priority: 'URGENT', due_at: '2026-12-24T09:30:00.000Z', due_time_zone: 'Europe/Berlin', due_date: null },
      ...{ recurrence: 'FREQ=DAILY', recurrence_basis: 'COMPLETION', tag_ids: [tag.id], list_id: list.id },
      parent_id: parent.id,
    };
    const { status, body } = await app.rest(user, 'POST', '/api/tasks', { title: 'Planned', ...plan });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { ...plan, position: expect.any(String), version: 1 },
    });
    expect((await app.rest(user, 'GET', `/api/tasks/${body.id}`)).body).toEqual(body);
  });

  it.each([
    ['due_date', { due_date: '2026-02-30' }],
    ['due_date', { due_date: '2026-1-1' }],
    ['due_date', { due_date: '0000-01-01' }],
    ['due_date', { due_date: '10000-01-01' }],
    ['due_date', { due_date: 20261224 }],
    ['due_at', { due_at: '2026-12-24' }],
    ['due_at', { due_at: '0000-12-24T00:00:00Z' }],
    ['due_at', { due_date: '2026-12-24', due_at: '2026-12-24T00:00:00Z' }],
    ['due_time_zone', { due_date: '2026-12-24', due_time_zone: 'UTC' }],
    ['due_time_zone', { due_at: '2026-12-24T00:00:00Z', due_time_zone: 'Mars/Base' }],
    ['recurrence', { recurrence: 'FREQ=DAILY' }],
    ['recurrence', { due_date: '2026-12-24', recurrence: 'FREQ=NEVER' }],
    ['recurrence_basis', { recurrence_basis: 'due' }],
    ['priority', { priority: 3 }],
    ['priority', { priority: null }],
    ['tag_ids.0', { tag_ids: ['x'] }],
    ['tag_ids', { tag_ids: [MISSING] }],
    ['list_id', { list_id: MISSING }],
    ['parent_id', { parent_id: MISSING }],
    ['position', { position: 'a' }],
    ['due_date', { dueDate: '2026-12-24' }],
  ])('is refused with the name of %s for %j', async (field, input) => {
    expect(await refusedFields('POST', '/api/tasks', { title: 'New', ...input })).toEqual([field]);
  });

  it('is changed under the same rules', async () => {
    const { body: made } = await app.rest(user, 'POST', '/api/tasks', { title: 'New', due_date: '2026-12-24' });
    const path = `/api/tasks/${made.id}`;
    expect(await refusedFields('PATCH', path, { due_time_zone: 'UTC' })).toEqual(['due_time_zone']);
    expect(await refusedFields('PUT', path, { due_date: null, recurrence: 'FREQ=DAILY' })).toEqual(['recurrence']);
    const tag = await tasksOf(app).tag(user, 't');
    const { body } = await app.rest(user, 'PATCH', path, { add_tags: [tag.id], due_at: '2026-12-24T09:00:00+01:00' });
    expect(body).toMatchObject({ tag_ids: [tag.id], due_date: null, due_at: '2026-12-24T08:00:00.000Z', version: 2 });
    expect((await app.rest(user, 'PATCH', path, { remove_tags: [tag.id] })).body.tag_ids).toEqual([]);
  });
});

describe('a list over REST', () => {
  let ids: { tag: string; other: string; list: string; parent: string };
  beforeAll(async () => {
    const owner = newUser();
    const tasks = tasksOf(app);
    const [tag, other, list] = [
      await tasks.tag(owner, 'a'),
      await tasks.tag(owner, 'b'),
      await tasks.taskList(owner, 'l'),
    ];
    const [parent] = await storeTasks(app.databaseUrl, owner, [
      { title: 'a parent', completed: true, completedAt: '2026-01-05T00:00:00Z' },
    ]);
    ids = { tag: tag.id, other: other.id, list: list.id, parent: parent! };
    await storeTasks(app.databaseUrl, owner, [
      { title: 'b day', dueDate: '2026-03-10', priority: 'HIGH', tagIds: [tag.id], rank: 'c1' },
      {
        title: 'c moment',
        dueAt: '2026-03-10T12:00:00Z',
        priority: 'LOW',
        tagIds: [tag.id, other.id],
        recurrence: 'FREQ=DAILY',
        rank: 'b1',
      },
      {
        title: 'd later',
        dueDate: '2026-04-01',
        priority: 'HIGH',
        listId: list.id,
        completed: true,
        completedAt: '2026-01-04T00:00:00Z',
        rank: 'a1',
      },
      { title: 'e part', parentId: parent!, listId: list.id, rank: 'd1' },
    ]);
    owners = owner;
  });
  let owners: string;
  beforeEach(() => {
    user = owners;
  });

  it.each<[string, string[]]>([
    ['priority=HIGH', ['b day', 'd later']],
    ['priority=HIGH,LOW', ['b day', 'c moment', 'd later']],
    ['has_due=true', ['b day', 'c moment', 'd later']],
    ['has_due=false', ['a parent', 'e part']],
    ['recurring=true', ['c moment']],
    ['recurring=false&has_due=true', ['b day', 'd later']],
    ['has_list=true', ['d later', 'e part']],
    ['has_parent=true', ['e part']],
    ['has_parent=false&has_list=false', ['a parent', 'b day', 'c moment']],
    ['due_from=2026-03-10', ['b day', 'd later']],
    ['due_from=2026-03-10&due_to=2026-04-01', ['b day']],
    ['due_to=2026-03-10', []],
    ['due_from=2026-03-10T12:00:00Z', ['c moment']],
    ['due_from=2026-03-10T12:00:00.001Z', []],
    ['due_from=2026-03-10T13:00:00%2B01:00&due_to=2026-03-10T12:00:01Z', ['c moment']],
    ['due_to=2026-03-10t12:00:00.5z', ['c moment']],
    ['completed=false&priority=HIGH', ['b day']],
  ])('is narrowed by %s', async (query, expected) => {
    expect(await titles(query)).toEqual(expected);
  });

  it('is narrowed by tags, list and parent', async () => {
    const { tag, other, list, parent } = ids;
    expect(await titles(`tags=${tag}`)).toEqual(['b day', 'c moment']);
    expect(await titles(`tags=${other},${tag.toUpperCase()}`)).toEqual(['b day', 'c moment']);
    expect(await titles(`all_tags=${tag},${other}`)).toEqual(['c moment']);
    expect(await titles(`no_tags=${other}`)).toEqual(['a parent', 'b day', 'd later', 'e part']);
    expect(await titles(`tags=${tag}&no_tags=${other}`)).toEqual(['b day']);
    expect(await titles(`list_id=${list}`)).toEqual(['d later', 'e part']);
    expect(await titles(`list_id=${MISSING},${list}&parent_id=${parent}`)).toEqual(['e part']);
  });

  it.each<[string, string[]]>([
    ['position', ['d later', 'c moment', 'b day', 'e part', 'a parent']],
    ['-position', ['a parent', 'e part', 'b day', 'c moment', 'd later']],
    ['due', ['c moment', 'b day', 'd later']],
    ['-due', ['d later', 'b day', 'c moment']],
    ['-priority', ['b day', 'd later', 'c moment']],
    ['-completed_at', ['a parent', 'd later']],
    ['completed_at', ['d later', 'a parent']],
  ])('is sorted by %s, with what has no value at the end', async (sort, expected) => {
    const { body } = await app.rest(user, 'GET', `/api/tasks?sort=${sort}`);
    expect(body.items).toHaveLength(5);
    expect(body.items.slice(0, expected.length).map(({ title }: { title: string }) => title)).toEqual(expected);
  });

  it('is sorted by how well it matches a search', async () => {
    const { status, body } = await app.rest(user, 'GET', '/api/tasks?search=day&sort=-relevance');
    expect({ status, items: body.items }).toMatchObject({ status: 200, items: [{ title: 'b day' }] });
    expect(await refusedFields('GET', '/api/tasks?sort=-relevance')).toEqual(['sort']);
  });

  it.each([
    ['priority=high', 'priority'],
    ['priority=HIGH,', 'priority'],
    ['due=YESTERDAY', 'due'],
    ['due=today', 'due'],
    ['due=TODAY&time_zone=Mars/Base', 'time_zone'],
    ['has_due=1', 'has_due'],
    ['recurring=', 'recurring'],
    ['due_from=2026-02-30', 'due_from'],
    ['due_from=tomorrow', 'due_from'],
    ['due_to=2026-02-30T00:00:00Z', 'due_to'],
    ['due_to=2026-03-10T12:00:00', 'due_to'],
    ['due_from=2026-03-10&due_to=2026-03-10T12:00:00Z', 'due_to'],
    ['tags=x', 'tags'],
    [`tags=${MISSING},`, 'tags'],
    [`all_tags=${Array(51).fill(MISSING).join()}`, 'all_tags'],
    ['list_id=', 'list_id'],
    ['parent_id=null', 'parent_id'],
  ])('is refused for %s, which names %s', async (query, field) => {
    expect(await refusedFields('GET', `/api/tasks?${query}`)).toEqual([field]);
  });
});
