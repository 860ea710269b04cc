import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { tasksOf } from './support/graphql-tasks.ts';

/** Clients from before tasks could be planned: what they send is as it was, and every field that they know is as it was. */

const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const TIME = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

let app: TestApp;
let user: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

describe('a simple client of REST', () => {
  /** The fields that it has types for. */
  const known = (task: Record<string, unknown>) => {
    const { id, title, description, completed, completed_at, created_at, updated_at, version } = task;
    return { id, title, description, completed, completed_at, created_at, updated_at, version };
  };
  const open = {
    id: UUID,
    description: null,
    completed: false,
    completed_at: null,
    created_at: TIME,
    updated_at: TIME,
  };

  it.each([
    ['{"title":"Buy milk"}', { title: 'Buy milk' }],
    ['{"title":"Buy milk","description":"Two bottles"}', { title: 'Buy milk', description: 'Two bottles' }],
    ['{"title":"Buy milk","description":null,"completed":false}', { title: 'Buy milk' }],
    ['{"title":"Done","completed":true}', { title: 'Done', completed: true, completed_at: TIME }],
  ])('creates a task with %s', async (body, expected) => {
    const { status, headers, body: made } = await app.rest(user, 'POST', '/api/tasks', body);
    expect({ status, task: known(made) }).toEqual({ status: 201, task: { ...open, ...expected, version: 1 } });
    expect({ location: headers.get('location'), etag: headers.get('etag') }).toEqual({
      ...{ location: `/api/tasks/${made.id}`, etag: '"1"' },
    });
  });

  it('creates a task under an id of its own, twice', async () => {
    const body = { id: randomUUID(), title: 'Mine', description: 'Text', completed: false };
    const first = await app.rest(user, 'POST', '/api/tasks', body);
    const second = await app.rest(user, 'POST', '/api/tasks', body);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });

  it('reads, changes, turns over and deletes it', async () => {
    const { body: made } = await app.rest(user, 'POST', '/api/tasks', '{"title":"Buy milk"}');
    const path = `/api/tasks/${made.id}`;
    expect((await app.rest(user, 'GET', path)).body).toEqual(made);
    const put = await app.rest(user, 'PUT', path, '{"title":"Buy bread","completed":true}');
    expect(known(put.body)).toEqual({
      ...known(made),
      title: 'Buy bread',
      completed: true,
      completed_at: TIME,
      updated_at: TIME,
      version: 2,
    });
    const patched = await app.rest(user, 'PATCH', path, '{"description":"Rye"}', {
      'content-type': 'application/merge-patch+json',
    });
    expect(known(patched.body)).toMatchObject({ description: 'Rye', completed: true, version: 3 });
    const toggled = await app.rest(user, 'PATCH', `${path}/toggle`);
    expect(known(toggled.body)).toMatchObject({ completed: false, completed_at: null, version: 4 });
    const deleted = await app.rest(user, 'DELETE', path);
    expect({ status: deleted.status, body: deleted.body }).toEqual({ status: 204, body: undefined });
    expect((await app.rest(user, 'GET', path)).status).toBe(404);
  });

  it('writes back the whole task that it read, of which it knows only some fields', async () => {
    const { body: made } = await app.rest(user, 'POST', '/api/tasks', '{"title":"Buy milk","description":"Two"}');
    const { status, body } = await app.rest(user, 'PUT', `/api/tasks/${made.id}`, { ...known(made), completed: true });
    expect({ status, task: known(body) }).toEqual({
      ...{ status: 200, task: { ...known(made), completed: true, completed_at: TIME, updated_at: TIME, version: 2 } },
    });
  });

  it('writes back the whole task with every field that it did not know, and loses nothing of its plan', async () => {
    const tasks = tasksOf(app);
    const [tag, list, parent] = [await tasks.tag(user, 't'), await tasks.taskList(user, 'l'), await tasks.create(user)];
    const planned = [
      { dueDate: '2026-12-24', recurrence: 'FREQ=WEEKLY', recurrenceBasis: 'COMPLETION', priority: 'HIGH' },
      {
        dueAt: '2026-12-24T09:30:00Z',
        dueTimeZone: 'Europe/Berlin',
        tagIds: [tag.id],
        listId: list.id,
        parentId: parent.id,
      },
      {},
    ];
    for (const plan of planned) {
      const { id } = await tasks.create(user, plan);
      const { body: read } = await app.rest(user, 'GET', `/api/tasks/${id}`);
      const same = await app.rest(user, 'PUT', `/api/tasks/${id}`, read);
      expect({ status: same.status, body: same.body }).toEqual({ status: 200, body: read });
      const { body } = await app.rest(user, 'PUT', `/api/tasks/${id}`, { ...read, title: 'New' });
      expect(body).toEqual({ ...read, title: 'New', version: 2, updated_at: TIME });
      const { body: left } = await app.rest(user, 'PUT', `/api/tasks/${id}`, { ...known(body), title: 'Newer' });
      expect(left).toEqual({ ...body, title: 'Newer', version: 3, updated_at: TIME });
    }
  });

  it.each([
    ['page=1&limit=2&sort=title', ['a', 'b']],
    ['page=2&limit=2&sort=title', ['c', 'd']],
    ['limit=2&sort=-title', ['e', 'd']],
    ['sort=-created_at', ['e', 'd', 'c', 'b', 'a']],
    ['sort=updated_at', ['a', 'b', 'c', 'd', 'e']],
    ['sort=completed,title', ['b', 'd', 'a', 'c', 'e']],
    ['completed=true&sort=title', ['a', 'c', 'e']],
    ['completed=false&sort=title', ['b', 'd']],
    ['search=b', ['b']],
  ])('lists by %s', async (query, titles) => {
    const stored = [...'abcde'].map((title, index) => ({ title, completed: index % 2 === 0 }));
    await storeTasks(app.databaseUrl, user, stored);
    const { status, headers, body } = await app.rest(user, 'GET', `/api/tasks?${query}`);
    expect({ status, titles: body.items.map(({ title }: { title: string }) => title) }).toEqual({
      status: 200,
      titles,
    });
    expect(Object.keys(body)).toEqual(['items', 'total', 'page', 'limit']);
    expect(headers.get('link')).toContain('rel="first"');
    for (const task of body.items) {
      expect(known(task)).toEqual({
        ...open,
        ...{ title: expect.any(String), completed: expect.any(Boolean), version: expect.any(Number) },
        completed_at: task.completed ? TIME : null,
      });
    }
  });

  it('is refused for what it always was, in the same words', async () => {
    const { status, headers, body } = await app.rest(user, 'POST', '/api/tasks', '{"title":" "}');
    expect({ status, type: headers.get('content-type') }).toEqual({
      ...{ status: 400, type: 'application/problem+json; charset=utf-8' },
    });
    expect(body).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
      fields: [{ field: 'title', message: 'must not be empty' }],
    });
    for (const name of ['completedAt', 'userId', 'createdAt', 'due', 'tags', 'dueDate']) {
      const refused = await app.rest(user, 'POST', '/api/tasks', { title: 'n', [name]: null });
      expect({ name, status: refused.status }).toEqual({ name, status: 400 });
    }
  });
});

describe('a simple client of GraphQL', () => {
  const FRAGMENT = 'fragment Known on Task { id title description completed completedAt createdAt updatedAt version }';
  const open = { id: UUID, description: null, completed: false, completedAt: null, createdAt: TIME, updatedAt: TIME };

  async function run(query: string, variables: object = {}) {
    const { status, data, errors } = await app.graphql(user, `${query} ${query.includes('...Known') ? FRAGMENT : ''}`, {
      ...variables,
    });
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    return data;
  }

  it('creates, reads, changes, turns over and deletes a task', async () => {
    const creation = 'mutation Create($input: CreateTaskInput!) { createTask(input: $input) { task { ...Known } } }';
    const { task: made } = (await run(creation, { input: { title: 'Buy milk' } })).createTask;
    expect(made).toEqual({ ...open, title: 'Buy milk', version: 1 });
    const { id } = made;
    expect((await run('query One($id: ID!) { task(id: $id) { ...Known } }', { id })).task).toEqual(made);
    const change =
      'mutation Update($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input) { task { ...Known } } }';
    const input = { title: 'Buy bread', description: 'Rye', completed: true };
    expect((await run(change, { id, input })).updateTask.task).toEqual({
      ...made,
      ...input,
      completedAt: TIME,
      updatedAt: TIME,
      version: 2,
    });
    const toggle = 'mutation Toggle($id: ID!) { toggleTask(id: $id) { task { ...Known } } }';
    expect((await run(toggle, { id })).toggleTask.task).toMatchObject({
      completed: false,
      completedAt: null,
      version: 3,
    });
    const deletion = 'mutation Delete($id: ID!) { deleteTask(id: $id) { deletedTaskId } }';
    expect((await run(deletion, { id })).deleteTask).toEqual({ deletedTaskId: id });
    const { errors } = await app.graphql(user, `{ task(id: "${id}") { id } }`);
    expect(errors[0]!.extensions.code).toBe('NOT_FOUND');
  });

  it('sends literals and null as it always did', async () => {
    const { task } = (
      await run(
        'mutation { createTask(input: { title: "Done", description: null, completed: true }) { task { ...Known } } }',
      )
    ).createTask;
    expect(task).toEqual({ ...open, title: 'Done', completed: true, completedAt: TIME, version: 1 });
    const cleared = await run(
      `mutation { updateTask(id: "${task.id}", input: { description: "x" }, expectedVersion: 1) { task { ...Known } } }`,
    );
    expect(cleared.updateTask.task).toMatchObject({ description: 'x', completed: true, version: 2 });
  });

  it('lists with pages, filters, orders and searches', async () => {
    await storeTasks(
      app.databaseUrl,
      user,
      [...'abcde'].map((title, index) => ({ title, completed: index % 2 === 0 })),
    );
    const query = `query List($first: Int, $after: String, $filter: TaskFilter, $search: String, $orderBy: [TaskOrder!]) {
      tasks(first: $first, after: $after, filter: $filter, search: $search, orderBy: $orderBy) {
        totalCount edges { cursor node { ...Known } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const variables = { first: 2, filter: { completed: true }, orderBy: [{ field: 'TITLE', direction: 'ASC' }] };
    const first = (await run(query, variables)).tasks;
    expect(first).toMatchObject({
      totalCount: 3,
      edges: [{ node: { title: 'a' } }, { node: { title: 'c' } }],
      pageInfo: { hasNextPage: true },
    });
    const rest = (await run(query, { ...variables, after: first.pageInfo.endCursor })).tasks;
    expect(rest).toMatchObject({
      edges: [{ node: { title: 'e' } }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    expect((await run(query, { search: 'b' })).tasks.totalCount).toBe(1);
    const range = { createdAt: { gte: '2020-01-01T00:00:00Z', lt: '2100-01-01T00:00:00+01:00' } };
    expect((await run(query, { filter: { and: [range, { not: { completed: true } }] } })).tasks.totalCount).toBe(2);
    expect(first.edges[0].node).toEqual({ ...open, title: 'a', completed: true, completedAt: TIME, version: 1 });
  });

  it('uses cursors that it kept from before', async () => {
    await storeTasks(
      app.databaseUrl,
      user,
      [...'abc'].map((title) => ({ title })),
    );
    const query = '{ tasks(first: 1) { nodes { id createdAt title } } }';
    const [{ id, createdAt }] = (await run(query)).tasks.nodes;
    const kept = Buffer.from(['-created_at,-id', createdAt, id].join('\0')).toString('base64url');
    const { nodes } = (
      await run('query ($after: String) { tasks(after: $after) { nodes { title } } }', { after: kept })
    ).tasks;
    expect(nodes).toEqual([{ title: 'b' }, { title: 'a' }]);
  });

  it('reads who it is, and numbers', async () => {
    await storeTasks(app.databaseUrl, user, [{ completed: true }, {}]);
    expect((await run('{ viewer { id email name createdAt taskStats { total completed open } } }')).viewer).toEqual({
      ...{ id: user, email: null, name: null, createdAt: TIME, taskStats: { total: 2, completed: 1, open: 1 } },
    });
  });
});
