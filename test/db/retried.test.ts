import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createDatabase, type Database } from '../../src/db/database.ts';
import { once } from '../../src/db/once.ts';
import { Retries } from '../../src/db/retries.ts';
import { RetryBudget } from '../../src/db/retry-budget.ts';
import { READ } from '../../src/db/user-database.ts';
import { Task } from '../../src/tasks/task.entity.ts';
import { createTaskStore, type TaskStore } from '../../src/tasks/task.store.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/factories.ts';

/** Each row of the table in docs/failures.md, with a real PostgreSQL and real connections that end. */

const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE', details: { retryAfter: 1 } };
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

let testDatabase: TestDatabase;
let owner: Client;
let proxy: ChaosProxy;
let database: Database;
let tasks: TaskStore;
/** what was waited for before something was tried again */
let pauses: number[];
/** done in each pause */
let inPause: () => Promise<void>;
let user: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = new Client({ connectionString: testDatabase.url });
  await owner.connect();
  // Sequences count on when a transaction is taken back, and so tell how often something was tried.
  await owner.query(`
    create sequence tries;
    create function fail(state text) returns int language plpgsql security definer as $$
    begin
      perform nextval('tries');
      raise exception using errcode = state, message = 'as the test wants it';
    end $$;
    create function lose_connection_once() returns bigint language plpgsql security definer as $$
    declare try bigint := nextval('tries');
    begin
      if try = 1 then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(10);
      end if;
      return try;
    end $$`);
  proxy = await startChaosProxy(testDatabase.url);
  database = await open();
  tasks = createTaskStore(database);
});
afterAll(async () => {
  await database.close();
  await proxy.close();
  await owner.end();
  await testDatabase.drop();
});

beforeEach(async () => {
  pauses = [];
  inPause = async () => {};
  user = newUser();
  await proxy.pass();
  await owner.query(`select setval('tries', 1, false)`);
  await owner.query('insert into users (id) values ($1)', [user]);
  await owner.query('delete from tasks');
});

function open(
  limits: { statementTimeout?: number; poolTimeout?: number; repetitions?: number } = {},
): Promise<Database> {
  const { statementTimeout = 0, poolTimeout = 20_000, repetitions = 100 } = limits;
  const budget = new RetryBudget({ share: 0, maximum: repetitions });
  const wait = async (milliseconds: number) => {
    pauses.push(milliseconds);
    await inPause();
  };
  return createDatabase({
    url: proxy.through(testDatabase.url),
    isolation: 'switch',
    poolMaximum: 2,
    poolTimeout,
    statementTimeout,
    prepared: true,
    entities: [Task],
    log: () => {},
    retries: new Retries({ budget, random: () => 0.5, wait }),
  });
}

async function tries(): Promise<number> {
  const { rows } = await owner.query('select case when is_called then last_value else 0 end::int as tries from tries');
  return rows[0].tries;
}

async function titles(): Promise<string[]> {
  const { rows } = await owner.query('select title from tasks where user_id = $1', [user]);
  return rows.map(({ title }) => title);
}

const task = { id: ID, title: 'Once', description: null, completed: false };
const request = { key: 'k', fingerprint: 'f', taskId: ID };

/** Every way to the database, with a statement of the test's in it. */
const WAYS = {
  'a read': (text: string) => database.as(user).query<{ n: unknown }>(text, [], READ),
  'a write': (text: string) => database.as(user).query(text, []),
  'a unit of work': (text: string) => database.as(user).unitOfWork((manager) => manager.execute(text)),
  'a transaction': (text: string) => database.as(user).transaction((manager) => manager.execute(text)),
  'a transaction with a key': (text: string) =>
    once(database, user, request, async (within) => (await within.as(user).query(text, [])).length),
};
type Way = keyof typeof WAYS;
const ways = Object.keys(WAYS) as Way[];

describe.each(ways)('%s', (way) => {
  it.each([
    ['40001', 3],
    ['40P01', 3],
    ['57P03', 2],
    ['53300', 2],
    ['57014', 1],
    ['08P01', 1],
  ])(`that PostgreSQL ends with %s is tried so often: %i`, async (state, expected) => {
    await expect(WAYS[way](`select fail('${state}')`)).rejects.toMatchObject(UNAVAILABLE);
    expect(await tries()).toBe(expected);
    expect(pauses).toHaveLength(expected - 1);
  });

  const isRepeatable = way === 'a read' || way === 'a transaction with a key';
  it(`whose connection is ended is ${isRepeatable ? '' : 'not '}tried once more`, async () => {
    const outcome = WAYS[way]('select lose_connection_once() as n');
    if (isRepeatable) await outcome;
    else await expect(outcome).rejects.toMatchObject(UNAVAILABLE);
    expect(await tries()).toBe(isRepeatable ? 2 : 1);
  });

  it('that reaches nobody is tried once more, and goes through when somebody is there by then', async () => {
    await proxy.refuse();
    proxy.cut();
    // Connections that were open are found to be dead only now.
    await database
      .asServer()
      .query('select 1', [], READ)
      .catch(() => {});
    pauses = [];
    inPause = () => proxy.pass();
    await WAYS[way]('select 1 as n');
    expect(pauses).toEqual([25]);
  });
});

describe('a connection that is lost in COMMIT', () => {
  it.each(['unsent', 'unanswered'] as const)(
    'leaves a transaction without a key unknown, which is told and not tried again: %s',
    async (moment) => {
      await tasks.stats(user, {});
      proxy.cutOn('commit', moment);
      await expect(tasks.insertMissing(user, [task], () => {})).rejects.toMatchObject(UNAVAILABLE);
      expect(pauses).toEqual([]);
      expect(await titles()).toEqual(moment === 'unsent' ? [] : ['Once']);
    },
  );

  it.each(['unsent', 'unanswered'] as const)(
    'is no matter for a transaction with a key, which is tried again and done once: %s',
    async (moment) => {
      proxy.cutOn('commit', moment);
      const answer = await tasks.once(user, request, (store) => store.insert(user, task));
      expect(answer).toMatchObject({ answer: { id: ID, title: 'Once' }, isReplay: moment === 'unanswered' });
      expect(pauses).toEqual([25]);
      expect(await titles()).toEqual(['Once']);
    },
  );
});

describe('what takes too long', () => {
  it('in PostgreSQL is ended by the time limit and not tried again', async () => {
    const impatient = await open({ statementTimeout: 50 });
    await expect(impatient.as(user).query('select pg_sleep(10)', [], READ)).rejects.toMatchObject(UNAVAILABLE);
    expect(pauses).toEqual([]);
    await impatient.close();
  });

  it('to get a connection is given up and not tried again', async () => {
    const busy = await open({ poolTimeout: 1000 });
    const gate = Promise.withResolvers<void>();
    const taken = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = taken.map(({ resolve }) =>
      busy.as(user).transaction(() => {
        resolve();
        return gate.promise;
      }),
    );
    await Promise.all(taken.map(({ promise }) => promise));
    await expect(busy.as(user).query('select 1', [], READ)).rejects.toMatchObject(UNAVAILABLE);
    gate.resolve();
    await Promise.all(held);
    expect(pauses).toEqual([]);
    await busy.close();
  });
});

it('tries no more again than the budget has', async () => {
  const poor = await open({ repetitions: 3 });
  for (let round = 0; round < 10; round++) {
    await expect(poor.as(user).query(`select fail('57P03')`, [], READ)).rejects.toMatchObject(UNAVAILABLE);
  }
  expect(await tries()).toBe(13);
  await poor.close();
});
