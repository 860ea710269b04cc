import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../src/db/database.ts';
import type { SlowStatement } from '../../src/db/slow-statements.ts';
import { ENTITIES } from '../../src/entities.ts';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser, storeTasks } from '../support/factories.ts';

const EVERYTHING = 0;
const NOTHING = 600_000;
const SECRET = 'what nobody else may read';

let testDatabase: TestDatabase;
let databases: Database[];
let told: SlowStatement[];
let hear: (() => void) | undefined;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  databases = [];
});
afterAll(async () => {
  for (const database of databases) await database.close();
  await testDatabase.drop();
});
beforeEach(() => {
  told = [];
});

async function open(threshold: number, explain: boolean): Promise<Database> {
  const tell = (statement: SlowStatement) => {
    told.push(statement);
    hear?.();
  };
  const database = await createDatabase({
    url: testDatabase.url,
    isolation: 'switch',
    ...{ poolMaximum: 3, poolTimeout: 5000, statementTimeout: 5000, prepared: true },
    entities: ENTITIES,
    log: () => {},
    slowStatements: { threshold, explain, tell },
  });
  databases.push(database);
  return database;
}

/** Until so many statements were told: a plan is asked for after the answer. */
async function toldOf(count: number): Promise<SlowStatement[]> {
  while (told.length < count) {
    await new Promise<void>((resolve) => {
      hear = resolve;
    });
  }
  return told;
}

describe('a statement that takes longer than is allowed', () => {
  it('is told with its text and time, and with the plan of its user for any values', async () => {
    const user = newUser();
    await storeTasks(testDatabase.url, user, [{ title: SECRET }]);
    const store = createTaskStore(await open(EVERYTHING, true));
    expect(await store.count(user, { search: SECRET })).toBe(1);
    const [slow] = await toldOf(1);
    expect(slow?.text).toMatch(/^with probe as/);
    expect(slow?.milliseconds).toBeGreaterThan(0);
    expect(slow?.plan).toContain('tasks_created_at_index');
    expect(slow?.plan).toContain('$1');
    expect(JSON.stringify(slow)).not.toContain(SECRET);
    expect(JSON.stringify(slow)).not.toContain(user);
  });

  it('has its plan told once, and the rest every time', async () => {
    const database = await open(EVERYTHING, true);
    for (let times = 0; times < 2; times++) await database.as('anybody').query('select $1::text', ['']);
    const [first, second] = await toldOf(2);
    expect([first, second].map((slow) => slow?.plan).filter((plan) => plan !== undefined)).toHaveLength(1);
    expect(first?.text).toBe(second?.text);
  });

  it('is told without a plan where plans are not asked for', async () => {
    await (await open(EVERYTHING, false)).as('anybody').query('select $1::text', ['']);
    expect(await toldOf(1)).toEqual([{ text: 'select $1::text', milliseconds: expect.any(Number) }]);
  });

  it('is told when it fails, and fails as it did', async () => {
    const database = await open(EVERYTHING, true);
    await expect(database.as('anybody').query('select 1 / $1::int', [0])).rejects.toThrow('division');
    expect(await toldOf(1)).toMatchObject([{ text: 'select 1 / $1::int' }]);
  });

  it('is told when a unit of work sent it, without what was written', async () => {
    const user = newUser();
    await storeTasks(testDatabase.url, user, []);
    const store = createTaskStore(await open(EVERYTHING, false));
    await store.insert(user, {
      id: '01890a5d-ac96-774b-bcce-b302099a8057',
      title: SECRET,
      description: null,
      completed: false,
    });
    expect(await toldOf(1)).toMatchObject([{ text: expect.stringMatching(/^insert into "tasks"/) }]);
    expect(JSON.stringify(told)).not.toContain(SECRET);
  });

  it('may have values in its text, if there are none beside it, and is not told then', async () => {
    await (await open(EVERYTHING, false)).as('anybody').query(`select '${SECRET}'`, []);
    expect(told).toEqual([]);
  });
});

it('a statement that is quick enough is not told', async () => {
  await (await open(NOTHING, true)).as('anybody').query('select $1::text', ['']);
  expect(told).toEqual([]);
});
