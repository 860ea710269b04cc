import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createStores } from '../../src/stores.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { type Asking, asking } from './support/operations.ts';

let database: OpenTestDatabase;
let app: TestApp;
let user: string;
let own: Asking;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({
    beside: { databaseUrl: database.url },
    overrides: { taskStore: createStores(database).taskStore },
  });
});
afterAll(async () => {
  await app.close();
  await database.close();
});
beforeEach(() => {
  user = newUser();
  own = asking(app, user);
});

const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

async function create(input: Record<string, unknown> = {}): Promise<string> {
  return (await own.ask('createTask', { input: { title: 't', ...input } })).task.id;
}

const update = (id: string, input: Record<string, unknown>) => own.ask('updateTask', { id, input });

describe('completed occurrences', () => {
  const OCCURRENCES = `query ($id: ID!, $first: Int, $after: String) {
    task(id: $id) { completedOccurrences(first: $first, after: $after) {
      nodes { version dueDate dueAt completedAt } edges { cursor } ${PAGE} } }
  }`;
  const occurrencesOf = async (id: string, first?: number, after?: string) =>
    (await app.graphql(user, OCCURRENCES, { id, first, after })).data.task.completedOccurrences;

  it.each([
    ['completeTask', (id: string) => own.ask('completeTask', { id })],
    ['toggleTask', (id: string) => own.ask('toggleTask', { id })],
    ['updateTask', (id: string) => update(id, { completed: true })],
    [
      'updateTasks',
      async (id: string) => ({
        task: (await own.ask('updateTasks', { ids: [id], set: { completed: true } })).tasks[0],
      }),
    ],
  ])('are told after %s, the latest first', async (_name, complete) => {
    const id = await create({ dueDate: '2026-01-31', recurrence: 'FREQ=DAILY' });
    const tasks = [(await complete(id)).task, (await complete(id)).task];
    expect((await occurrencesOf(id)).nodes).toEqual([
      { version: 3, dueDate: '2026-02-01', dueAt: null, completedAt: tasks[1].updatedAt },
      { version: 2, dueDate: '2026-01-31', dueAt: null, completedAt: tasks[0].updatedAt },
    ]);
  });

  it('are told of a moment and of the last one, after which the task is completed', async () => {
    const id = await create({ dueAt: '2026-01-31T09:00:00Z', recurrence: 'FREQ=DAILY;COUNT=1' });
    const { task } = await own.ask('completeTask', { id });
    expect(task.completed).toBe(true);
    expect((await occurrencesOf(id)).nodes).toMatchObject([{ dueDate: null, dueAt: '2026-01-31T09:00:00.000Z' }]);
  });

  it('are none of a task that does not recur', async () => {
    const id = await create({ dueDate: '2026-01-31' });
    await own.ask('completeTask', { id });
    expect((await occurrencesOf(id)).nodes).toEqual([]);
  });

  it('are told once of a task that is completed many times at once', async () => {
    const id = await create({ dueDate: '2026-01-31', recurrence: 'FREQ=DAILY' });
    await Promise.all(Array.from({ length: 10 }, () => own.ask('completeTask', { id })));
    const { nodes } = await occurrencesOf(id);
    expect(nodes.map(({ dueDate }: { dueDate: string }) => dueDate)).toEqual(
      Array.from({ length: 10 }, (_, i) => `2026-02-0${9 - i}`).map((day) =>
        day === '2026-02-00' ? '2026-01-31' : day,
      ),
    );
  });

  it('come page by page', async () => {
    const id = await create({ dueDate: '2026-01-01', recurrence: 'FREQ=DAILY' });
    for (let turn = 0; turn < 5; turn++) await own.ask('completeTask', { id });
    const first = await occurrencesOf(id, 3);
    const second = await occurrencesOf(id, 3, first.pageInfo.endCursor);
    const days = [...first.nodes, ...second.nodes].map(({ dueDate }: { dueDate: string }) => dueDate.slice(-1));
    expect(days).toEqual(['5', '4', '3', '2', '1']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });
});

describe('the statements of histories', () => {
  it('are one for those of twenty tasks, and one for their occurrences', async () => {
    const ids = await storeTasks(
      database.url,
      user,
      Array(20).fill({ dueDate: '2026-01-01', recurrence: 'FREQ=DAILY' }),
    );
    for (const id of ids) await own.ask('completeTask', { id });
    database.statements.length = 0;
    const { data } = await app.graphql(
      user,
      `{ tasks(first: 20) { nodes { id history(first: 2) { nodes { changes { field } } }
           completedOccurrences(first: 2) { nodes { dueDate } } } } }`,
    );
    expect(data.tasks.nodes).toHaveLength(20);
    for (const task of data.tasks.nodes) {
      expect(task.completedOccurrences.nodes).toEqual([{ dueDate: '2026-01-01' }]);
      expect(task.history.nodes).toHaveLength(1);
    }
    expect(database.statements).toHaveLength(3);
  });

  it('are one for each page that is asked for under a name of its own', async () => {
    await storeTasks(database.url, user, [{}, {}]);
    await app.graphql(user, '{ viewer { id } }');
    database.statements.length = 0;
    await app.graphql(
      user,
      '{ tasks { nodes { a: history(first: 1) { nodes { version } } b: history(first: 2) { nodes { version } } } } }',
    );
    expect(database.statements).toHaveLength(3);
  });

  it('cost so much that few tasks with long histories fit into an operation', async () => {
    const { errors } = await app.graphql(
      user,
      '{ tasks(first: 100) { nodes { history(first: 100) { nodes { version changes { field before after } } } } } }',
    );
    expect(errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
  });
});
