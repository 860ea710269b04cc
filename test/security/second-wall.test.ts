import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { undoTokenOf } from '../../src/tasks/undo.token.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { openOwnersDatabase } from '../support/owners-database.ts';
import { taskStoreWithoutFirstWall } from '../support/without-first-wall.ts';

/** The service's check and every WHERE are gone; both APIs stand on what row-level security leaves. */

const TITLE = 'Nobody else may know this';

let database: OpenTestDatabase;
let app: TestApp;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({
    beside: { databaseUrl: database.url },
    overrides: { taskStore: taskStoreWithoutFirstWall(database) },
  });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

async function victim(): Promise<{ id: string; row: () => Promise<unknown> }> {
  const owner = newUser('victim');
  const [id] = await storeTasks(database.url, owner, [{ title: TITLE, description: TITLE }]);
  const row = async () => (await database.owner('select * from tasks where id = $1', [id]))[0];
  return { id: id!, row };
}

async function graphql(user: string, query: string, variables: Record<string, unknown>) {
  const { data, errors } = await app.graphql(user, query, variables);
  return { data, errors };
}

const changes = { title: 'Taken over', completed: true };
const input = (id: string) => ({ id, input: changes });

/** Everything that can be asked about one task. */
const ATTACKS: [string, (user: string, id: string) => Promise<unknown>][] = [
  ['task', (user, id) => graphql(user, 'query ($id: ID!) { task(id: $id) { title description } }', { id })],
  ['tasks', (user) => graphql(user, '{ tasks(first: 100) { nodes { title description } totalCount } }', {})],
  [
    'tasks, filtered and in another order',
    (user) =>
      graphql(
        user,
        `{ tasks(last: 100, filter: { not: { completed: true } }, orderBy: [{ field: TITLE }, { field: UPDATED_AT, direction: DESC }]) {
             edges { cursor node { title } } totalCount } }`,
        {},
      ),
  ],
  ['tasks, searched', (user) => graphql(user, '{ tasks(search: "nobody") { nodes { title } totalCount } }', {})],
  ['viewer.taskStats', (user) => graphql(user, '{ viewer { taskStats { total open completed } } }', {})],
  [
    'updateTask',
    (user, id) =>
      graphql(
        user,
        'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input) { task { title description } } }',
        input(id),
      ),
  ],
  [
    'updateTask with a version',
    (user, id) =>
      graphql(
        user,
        'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input, expectedVersion: 7) { task { title } } }',
        input(id),
      ),
  ],
  ['toggleTask', (user, id) => graphql(user, 'mutation ($id: ID!) { toggleTask(id: $id) { task { title } } }', { id })],
  ['deleteTask', (user, id) => graphql(user, 'mutation ($id: ID!) { deleteTask(id: $id) { deletedTaskId } }', { id })],
  [
    'createTask under its id',
    (user, id) =>
      graphql(user, 'mutation ($id: ID!) { createTask(input: { id: $id, title: "Mine" }) { task { title } } }', { id }),
  ],
  ...Object.entries({
    moveTask: 'moveTask(id: $id, after: $id) { task { title } }',
    restoreTask: 'restoreTask(id: $id) { task { title } }',
    purgeTask: 'purgeTask(id: $id) { purgedTaskId }',
    completeTask: 'completeTask(id: $id) { task { title } }',
    reopenTask: 'reopenTask(id: $id) { task { title } }',
    updateTasks: 'updateTasks(ids: [$id], set: { title: "Taken over" }) { tasks { title } errors { message } }',
    deleteTasks: 'deleteTasks(ids: [$id]) { deletedTaskIds errors { message } }',
    'createTask under it': 'createTask(input: { title: "Mine", parentId: $id }) { task { title parent { title } } }',
  }).map(([name, field]): (typeof ATTACKS)[number] => [
    name,
    (user, id) => graphql(user, `mutation ($id: ID!) { ${field} }`, { id }),
  ]),
  [
    'updateTasks by a filter',
    (user) => graphql(user, 'mutation { updateTasks(filter: {}, set: { title: "x" }) { tasks { title } } }', {}),
  ],
  ['deleteTasks by a filter', (user) => graphql(user, 'mutation { deleteTasks(filter: {}) { deletedTaskIds } }', {})],
  [
    'undo',
    (user, id) =>
      graphql(user, 'mutation ($token: String!) { undo(token: $token) { tasks { title } } }', {
        token: undoTokenOf([{ id, version: 1 }]),
      }),
  ],
  ['deletedTasks', (user) => graphql(user, '{ deletedTasks(first: 100) { nodes { title } totalCount } }', {})],
  [
    'node',
    (user, id) =>
      graphql(user, 'query ($id: ID!) { node(id: $id) { ... on Task { title history { nodes { version } } } } }', {
        id,
      }),
  ],
  ['GET', (user, id) => app.rest(user, 'GET', `/api/tasks/${id}`)],
  ['GET of the list', (user) => app.rest(user, 'GET', '/api/tasks?limit=100&search=nobody&sort=title')],
  ['PUT', (user, id) => app.rest(user, 'PUT', `/api/tasks/${id}`, changes)],
  ['PATCH', (user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}`, changes)],
  ['DELETE', (user, id) => app.rest(user, 'DELETE', `/api/tasks/${id}`)],
  ['PATCH toggle', (user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}/toggle`)],
  ['POST under its id', (user, id) => app.rest(user, 'POST', '/api/tasks', { id, title: 'Mine' })],
];

describe('without the WHERE and the check of the first wall', () => {
  it.each(ATTACKS)("%s shows nothing of another user's task and leaves it as it is", async (_name, attack) => {
    const { id, row } = await victim();
    const before = await row();
    const answer = await attack(newUser('attacker'), id);
    expect(JSON.stringify(answer)).not.toContain(TITLE);
    expect(await row()).toEqual(before);
  });

  it('the own tasks are all that a list counts', async () => {
    await victim();
    const user = newUser();
    await app.rest(user, 'POST', '/api/tasks', { title: 'My own' });
    const { data } = await app.graphql(user, '{ tasks { totalCount nodes { title } } viewer { taskStats { total } } }');
    expect(data).toEqual({
      tasks: { totalCount: 1, nodes: [{ title: 'My own' }] },
      viewer: { taskStats: { total: 1 } },
    });
  });

  it("a key of another user's is free to use", async () => {
    const [first, second] = [newUser(), newUser()];
    const create = (user: string) =>
      app.rest(user, 'POST', '/api/tasks', { title: user }, { 'idempotency-key': 'the-same-key' });
    const answers = [await create(first), await create(second)];
    expect(answers.map(({ status, body }) => [status, body.title])).toEqual([
      [201, first],
      [201, second],
    ]);
  });

  it("a key opens no task of another user's", async () => {
    const { id, row } = await victim();
    const before = await row();
    const user = newUser();
    const send = (method: string, path: string, body?: object) =>
      app.rest(user, method, `/api/tasks/${id}${path}`, body, { 'idempotency-key': `${method}${path}` });
    const answers = [
      await send('PUT', '', { title: 'Taken' }),
      await send('PATCH', '/toggle'),
      await send('DELETE', ''),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(JSON.stringify(answers)).not.toContain(TITLE);
    expect(await row()).toEqual(before);
  });
});

describe('without both walls', () => {
  // Proves that the cases above would notice: the same store on a connection that row-level security does not bind.
  it("another user's task is read, changed and deleted", async () => {
    const unbound = await openOwnersDatabase(database.url);
    const store = taskStoreWithoutFirstWall(unbound);
    const { id } = await victim();
    const attacker = newUser('attacker');
    expect(await store.byIds(attacker, [id, uuidv7()])).toMatchObject([{ id, title: TITLE }]);
    expect(await store.toggle(attacker, id)).toMatchObject({ id, completed: true });
    expect(await store.change(attacker, id, () => ({ title: 'Taken over' }))).toMatchObject({ title: 'Taken over' });
    await unbound.close();
  });
});
