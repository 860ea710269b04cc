import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createDatabase, type Database } from '../../src/db/database.ts';
import { Task } from '../../src/tasks/task.entity.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const POOL_MAXIMUM = 2;
/** One more than there are places: the last round has a connection only if none was lost. */
const ROUNDS = POOL_MAXIMUM + 1;
const ANSWER_TIMEOUT = 500;

let testDatabase: TestDatabase;
let proxy: ChaosProxy;
let owner: Client;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  proxy = await startChaosProxy(testDatabase.url);
  owner = new Client({ connectionString: testDatabase.url });
  await owner.connect();
  database = await createDatabase({
    url: proxy.through(testDatabase.url),
    isolation: 'switch',
    ...{ poolMaximum: POOL_MAXIMUM, poolTimeout: 2000, statementTimeout: 0, answerTimeout: ANSWER_TIMEOUT },
    prepared: true,
    entities: [Task],
    log: () => {},
  });
});

afterAll(async () => {
  await database.close();
  await proxy.close();
  await owner.end();
  await testDatabase.drop();
});

const one = () => database.as('ann').query<{ one: number }>('select 1 as one', []);
const oneForEachPlace = () => Promise.all(Array.from({ length: POOL_MAXIMUM }, one));

const TERMINATE_ALL = `select pg_terminate_backend(pid, 5000) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** What may happen to all open connections at once. */
const ways: Record<string, () => unknown> = {
  'are ended by PostgreSQL': () => owner.query(TERMINATE_ALL),
  'are reset': () => proxy.cut('reset'),
  'are closed': () => proxy.cut('end'),
  'fall silent': () => proxy.blackHole(),
};

/** When: with work that ends in an answer or in a refusal. */
const moments: Record<string, (happen: () => unknown) => Promise<unknown>> = {
  'while idle': async (happen) => {
    await oneForEachPlace();
    await happen();
    return one();
  },
  'in a statement': async (happen) => {
    const asked = database.as('ann').query('select pg_sleep(0.1)', []);
    asked.catch(() => {});
    await proxy.next('request');
    await happen();
    return asked;
  },
  'in a transaction': (happen) =>
    database.as('ann').transaction(async (manager) => {
      await manager.execute('select 1');
      await happen();
      await manager.execute('select 2');
    }),
  'before COMMIT': (happen) =>
    database.as('ann').transaction(async (manager) => {
      await manager.execute('select 1');
      await happen();
    }),
  'before ROLLBACK': (happen) =>
    database.as('ann').transaction(async (manager) => {
      await manager.execute('select 1');
      await happen();
      throw new Error('the work itself has failed');
    }),
};

const cases = Object.keys(ways).flatMap((way) => Object.keys(moments).map((moment) => [way, moment] as const));

describe('connections', () => {
  it.each(cases)('that %s %s cost an answer at most, and no place in the pool', async (way, moment) => {
    for (let round = 0; round < ROUNDS; round++) {
      const outcome = await moments[moment]!(ways[way]!).catch((error: unknown) => error);
      if (outcome instanceof Error && outcome.message !== 'the work itself has failed') {
        expect(outcome).toMatchObject({ code: 'SERVICE_UNAVAILABLE', details: { retryAfter: 1 } });
      }
      await proxy.pass();
      // Some are told of the end of their connection only when they use it.
      await oneForEachPlace().catch(() => {});
    }
    expect(await oneForEachPlace()).toEqual(Array.from({ length: POOL_MAXIMUM }, () => [{ one: 1 }]));
    expect(database.pool.totalCount).toBeLessThanOrEqual(POOL_MAXIMUM);
  });
});

it('a connection that keeps sending is not silent, however long its statement takes', async () => {
  const rows = await database
    .as('ann')
    .query('select pg_sleep(0.05), repeat($1, 100000) as text from generate_series(1, 20)', ['a']);
  expect(rows).toHaveLength(20);
});

it('idle connections stay, however long nothing is asked', async () => {
  await oneForEachPlace();
  const pids = () => owner.query('select pid from pg_stat_activity where datname = current_database() order by pid');
  const { rows: before } = await pids();
  await owner.query('select pg_sleep($1)', [(2 * ANSWER_TIMEOUT) / 1000]);
  await oneForEachPlace();
  expect((await pids()).rows).toEqual(before);
});

it('a black hole where connections are opened is given up after the pool timeout', async () => {
  await owner.query(TERMINATE_ALL);
  // It may be told of an ended connection only when it uses it.
  await oneForEachPlace().catch(() => {});
  proxy.blackHole();
  await expect(Promise.all([one(), one()])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await proxy.pass();
  expect(await one()).toEqual([{ one: 1 }]);
});
