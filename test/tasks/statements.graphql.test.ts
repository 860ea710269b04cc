import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import { createUserStore } from '../../src/users/user.store.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

/** How many statements an operation costs, counted between the stores and the database. */

let database: OpenTestDatabase;
let app: TestApp;
let user: string;
let ids: string[];

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({
    overrides: { taskStore: createTaskStore(database), userStore: createUserStore(database) },
  });
});

afterAll(async () => {
  await app.close();
  await database.close();
});

beforeEach(async () => {
  user = newUser();
  ids = await storeTasks(
    database.url,
    user,
    Array.from({ length: 30 }, (_, index) => ({ title: `Task ${index}` })),
  );
  await app.graphql(user, '{ viewer { id } }');
  database.statements.length = 0;
});

async function statementsOf(query: string): Promise<string[]> {
  const { errors } = await app.graphql(user, query);
  expect(errors).toEqual([]);
  return database.statements.map(({ text }) => text);
}

const aliases = (wanted: readonly string[]) => wanted.map((id, index) => `t${index}: task(id: "${id}") { id title }`);

describe('the statements of an operation', () => {
  it('are one for a single task', async () => {
    expect(await statementsOf(`{ task(id: "${ids[0]}") { id title version } }`)).toHaveLength(1);
  });

  it('are one for thirty tasks by id, each under a name of its own', async () => {
    const statements = await statementsOf(`{ ${aliases(ids).join(' ')} }`);
    expect(statements).toEqual([expect.stringContaining('id = any($2::uuid[])')]);
  });

  it('are one for the same task thirty times', async () => {
    expect(await statementsOf(`{ ${aliases(Array(30).fill(ids[0])).join(' ')} }`)).toHaveLength(1);
  });

  it('are two for tasks of which some are missing or of others: the second tells which', async () => {
    const [foreign] = await storeTasks(database.url, newUser(), [{}]);
    const missing = '01890a5d-ac96-774b-bcce-b302099a8057';
    const { errors } = await app.graphql(user, `{ ${aliases([ids[0]!, foreign!, ids[1]!, missing]).join(' ')} }`);
    expect(errors[0]).toMatchObject({ path: ['t1'], extensions: { code: 'FORBIDDEN' } });
    expect(database.statements).toHaveLength(2);
  });

  it('are one for a list of 30 tasks with all of their fields', async () => {
    const query =
      '{ tasks(first: 30) { edges { cursor node { id title description completed completedAt version } } pageInfo { endCursor hasNextPage } } }';
    const statements = await statementsOf(query);
    expect(statements).toHaveLength(1);
    expect(statements[0]).not.toContain('count(');
  });

  it('are two for a list with its count', async () => {
    const statements = await statementsOf('{ tasks(first: 5) { nodes { id } totalCount } }');
    expect(statements.filter((text) => text.includes('count('))).toHaveLength(1);
    expect(statements).toHaveLength(2);
  });

  it('are the same however large the page is', async () => {
    const small = (await statementsOf('{ tasks(first: 1) { nodes { id title } } }')).length;
    database.statements.length = 0;
    expect(await statementsOf('{ tasks(first: 100) { nodes { id title } } }')).toHaveLength(small);
  });

  it('are none for who the user is while that was seen within the last seconds', async () => {
    expect(await statementsOf('{ __typename }')).toEqual([]);
  });

  it('are one for a page of REST with its total, and one for a task', async () => {
    await app.rest(user, 'GET', '/api/tasks?limit=30');
    expect(database.statements).toHaveLength(1);
    database.statements.length = 0;
    await app.rest(user, 'GET', `/api/tasks/${ids[0]}`);
    expect(database.statements).toHaveLength(1);
  });

  it('are one for a toggle', async () => {
    expect(await statementsOf(`mutation { toggleTask(id: "${ids[0]}") { task { completed } } }`)).toEqual([
      expect.stringMatching(/^update tasks set completed = not completed/),
    ]);
  });

  it('bind every value, and the owner first', async () => {
    const query = `{ tasks(filter: { completed: true, createdAt: { gt: "2026-01-01T00:00:00Z" } }, search: "it's") { totalCount nodes { id } } }`;
    await statementsOf(query);
    for (const { text, values } of database.statements) {
      expect(values[0]).toBe(user);
      expect(text).toContain('user_id = $1');
      expect(text).not.toContain("it's");
      expect(values).toContain("it's");
    }
  });
});
