import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

async function userWith(count: number): Promise<string> {
  const user = newUser();
  const tasks = Array.from({ length: count }, (_, index) => ({ title: `Task ${index}`, completed: index % 2 === 0 }));
  await storeTasks(app.databaseUrl, user, tasks);
  return user;
}

const titles = (body: { items: { title: string }[] }) => body.items.map((item) => item.title);
const numbers = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => `Task ${from > to ? from - index : from + index}`);

/** The targets of a `Link` header by relation. */
function links(headers: Headers): Record<string, string> {
  const entries = (headers.get('link') ?? '').split(', ').map((link) => {
    const [, target = '', relation = ''] = /^<([^>]+)>; rel="(\w+)"$/.exec(link) ?? [];
    return [relation, target];
  });
  return Object.fromEntries(entries);
}

describe('GET /api/tasks', () => {
  it('answers the first 20, newest first, with the total', async () => {
    const { status, headers, body } = await app.rest(await userWith(25), 'GET', '/api/tasks');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(titles(body)).toEqual(numbers(24, 5));
    expect({ total: body.total, page: body.page, limit: body.limit }).toEqual({ total: 25, page: 1, limit: 20 });
  });

  it('shows a task by the names of REST and nothing else', async () => {
    const { body } = await app.rest(await userWith(1), 'GET', '/api/tasks');
    expect(Object.keys(body)).toEqual(['items', 'total', 'page', 'limit']);
    expect(Object.keys(body.items[0])).toEqual([
      ...['id', 'title', 'description', 'completed', 'completed_at', 'priority', 'due_date', 'due_at', 'due_time_zone'],
      ...['recurrence', 'recurrence_basis', 'tag_ids', 'list_id', 'parent_id', 'position'],
      ...['created_at', 'updated_at', 'version'],
    ]);
  });

  it('answers the page that is asked for', async () => {
    const user = await userWith(25);
    const { body } = await app.rest(user, 'GET', '/api/tasks?page=3&limit=10');
    expect({ ...body, items: titles(body) }).toEqual({ items: numbers(4, 0), total: 25, page: 3, limit: 10 });
  });

  it('answers an empty page beyond the end, with the total', async () => {
    const user = await userWith(3);
    for (const page of [2, 1_000_000]) {
      const { status, body } = await app.rest(user, 'GET', `/api/tasks?page=${page}`);
      expect({ status, body }).toEqual({ status: 200, body: { items: [], total: 3, page, limit: 20 } });
    }
  });

  it('links to the first, previous, next and last page, with everything else of the query', async () => {
    const user = await userWith(25);
    const { headers } = await app.rest(user, 'GET', '/api/tasks?limit=10&page=2&sort=title&search=Task');
    const other = { limit: '10', sort: 'title', search: 'Task' };
    const targets = Object.entries(links(headers)).map(([relation, target]) => {
      const { pathname, searchParams } = new URL(target, app.url);
      return [relation, pathname, Object.fromEntries(searchParams)];
    });
    expect(targets).toEqual([
      ['first', '/api/tasks', { ...other, page: '1' }],
      ['prev', '/api/tasks', { ...other, page: '1' }],
      ['next', '/api/tasks', { ...other, page: '3' }],
      ['last', '/api/tasks', { ...other, page: '3' }],
    ]);
  });

  it('leads through the whole list by its next links', async () => {
    const user = await userWith(23);
    const seen: string[] = [];
    for (let path: string | undefined = '/api/tasks?limit=5&sort=created_at'; path; ) {
      const { headers, body } = await app.rest(user, 'GET', path);
      seen.push(...titles(body));
      path = links(headers).next;
    }
    expect(seen).toEqual(numbers(0, 22));
  });

  it('has no previous link on the first page and no next link on the last', async () => {
    const user = await userWith(2);
    expect(Object.keys(links((await app.rest(user, 'GET', '/api/tasks')).headers))).toEqual(['first', 'last']);
    const beyond = links((await app.rest(user, 'GET', '/api/tasks?page=9&limit=1')).headers);
    expect(Object.keys(beyond)).toEqual(['first', 'prev', 'last']);
    expect(beyond.prev).toContain('page=2');
  });

  it('keeps in its links what would end one or begin another', async () => {
    const { headers } = await app.rest(
      newUser(),
      'GET',
      `/api/tasks?search=${encodeURIComponent('>; rel="next", <x')}`,
    );
    expect(Object.keys(links(headers))).toEqual(['first', 'last']);
    expect(new URL(links(headers).first!, app.url).searchParams.get('search')).toBe('>; rel="next", <x');
  });

  it.each([
    ['created_at', numbers(0, 4)],
    ['-created_at', numbers(4, 0)],
    ['updated_at', numbers(0, 4)],
    ['-updated_at', numbers(4, 0)],
    ['title', numbers(0, 4)],
    ['-title', numbers(4, 0)],
    ['completed', ['Task 3', 'Task 1', 'Task 4', 'Task 2', 'Task 0']],
    ['-completed', ['Task 0', 'Task 2', 'Task 4', 'Task 1', 'Task 3']],
    ['completed,title', ['Task 1', 'Task 3', 'Task 0', 'Task 2', 'Task 4']],
    ['-completed,-title', ['Task 4', 'Task 2', 'Task 0', 'Task 3', 'Task 1']],
  ])('sorts by %s', async (sort, expected) => {
    const { body } = await app.rest(await userWith(5), 'GET', `/api/tasks?sort=${sort}`);
    expect(titles(body)).toEqual(expected);
  });

  it('narrows by completed and by search', async () => {
    const user = await userWith(5);
    const path = '/api/tasks?sort=title&completed=';
    expect(titles((await app.rest(user, 'GET', `${path}true`)).body)).toEqual(['Task 0', 'Task 2', 'Task 4']);
    expect(titles((await app.rest(user, 'GET', `${path}false`)).body)).toEqual(['Task 1', 'Task 3']);
    const both = await app.rest(user, 'GET', `${path}true&search=task+4`);
    expect({ items: titles(both.body), total: both.body.total }).toEqual({ items: ['Task 4'], total: 1 });
  });

  it.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=1.5', 'page'],
    ['page=1e3', 'page'],
    ['page=0x10', 'page'],
    ['page=', 'page'],
    ['page=%201', 'page'],
    ['page=1000001', 'page'],
    ['page=99999999999999999999', 'page'],
    ['page=NaN', 'page'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=all', 'limit'],
    ['sort=', 'sort'],
    ['sort=id', 'sort'],
    ['sort=user_id', 'sort'],
    ['sort=createdAt', 'sort'],
    ['sort=--title', 'sort'],
    ['sort=title,', 'sort'],
    ['sort=title;drop table tasks', 'sort'],
    ['sort=title,completed,created_at,updated_at', 'sort'],
    ['completed=1', 'completed'],
    ['completed=', 'completed'],
    ['completed=TRUE', 'completed'],
    ['search=%00', 'search'],
    [`search=${'x'.repeat(201)}`, 'search'],
    ['first=5', 'first'],
    ['user_id=somebody', 'user_id'],
    ['__proto__=1', '__proto__'],
    ['Page=1', 'Page'],
  ])('refuses %s and names the field', async (query, field) => {
    const { status, body } = await app.rest(newUser(), 'GET', `/api/tasks?${query}`);
    expect({ status, code: body.code, fields: body.fields.map((fault: { field: string }) => fault.field) }).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
      fields: [field],
    });
  });

  it.each([
    'page=1&page=2',
    'limit=5&limit=5',
    'sort=title&sort=title',
    'search=a&search=b',
    'completed=true&completed=false',
  ])('refuses a parameter that is given twice: %s', async (query) => {
    const { status, body } = await app.rest(newUser(), 'GET', `/api/tasks?${query}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it('tells every wrong parameter at once', async () => {
    const { body } = await app.rest(newUser(), 'GET', '/api/tasks?page=x&limit=x&sort=x&completed=x&foo=1');
    const fields = body.fields.map((fault: { field: string }) => fault.field);
    expect(fields.sort()).toEqual(['completed', 'foo', 'limit', 'page', 'sort']);
  });
});
