import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor } from '../../src/core/actor.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createDatabase, type Database } from '../../src/db/database.ts';
import { Retries } from '../../src/db/retries.ts';
import { RetryBudget } from '../../src/db/retry-budget.ts';
import { Task } from '../../src/tasks/task.entity.ts';
import { createTaskService, type TaskService } from '../../src/tasks/task.service.ts';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/factories.ts';
import { creation, statusesOf } from './support/commands.ts';

/** Batches whose connection ends, with a real PostgreSQL and real connections. */

let testDatabase: TestDatabase;
let owner: Client;
let proxy: ChaosProxy;
let database: Database;
let tasks: TaskService;
/** how often something is tried again at most */
let repetitions: number;
let actor: Actor;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = new Client({ connectionString: testDatabase.url });
  await owner.connect();
  // Sequences count on when a transaction is taken back.
  await owner.query(`
    create sequence tries;
    create function fail_with() returns trigger language plpgsql security definer as $$
    begin
      if new.title = 'ends its connection' and nextval('tries') = 1 then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(10);
      elsif new.title = 'is a bug' then
        raise exception 'nobody expected this';
      elsif new.title = 'takes too long' then
        raise exception using errcode = 'query_canceled';
      end if;
      return new;
    end $$;
    create trigger fails before insert on tasks for each row execute function fail_with()`);
  proxy = await startChaosProxy(testDatabase.url);
  const budget = new RetryBudget({ share: 0, maximum: 100 });
  const spend = budget.spend.bind(budget);
  budget.spend = () => repetitions-- > 0 && spend();
  database = await createDatabase({
    url: proxy.through(testDatabase.url),
    isolation: 'switch',
    poolMaximum: 2,
    poolTimeout: 20_000,
    statementTimeout: 0,
    prepared: true,
    entities: [Task],
    log: () => {},
    retries: new Retries({ budget, random: Math.random, wait: async () => {} }),
  });
  tasks = createTaskService({
    store: createTaskStore(database),
    clock: systemClock,
    timeZoneOf: async () => 'UTC',
  });
});
afterAll(async () => {
  await database.close();
  await proxy.close();
  await owner.end();
  await testDatabase.drop();
});

beforeEach(async () => {
  repetitions = 1;
  actor = { userId: newUser(), email: null, name: null, issuedAt: 0 };
  await proxy.pass();
  await owner.query(`select setval('tries', 1, false)`);
  await owner.query('insert into users (id) values ($1)', [actor.userId]);
});

const batch = (title = 'b') => [creation({ title: 'a' }), creation({ title }), creation({ title: 'c' })];

async function kept() {
  const { rows } = await owner.query(
    `select (select count(*)::int from tasks where user_id = $1) as tasks,
       (select count(*)::int from applied_commands where user_id = $1) as commands`,
    [actor.userId],
  );
  return rows[0];
}

const ALL = { tasks: 3, commands: 3 };
const NOTHING = { tasks: 0, commands: 0 };

describe.each([false, true])('a batch, atomic: %s', (atomic) => {
  it('whose connection ends in its middle is tried again and applied once', async () => {
    const results = await tasks.applyCommands(actor, { commands: batch('ends its connection'), atomic });
    expect(statusesOf(results)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(await kept()).toEqual(ALL);
  });

  it('whose connection ends in its middle leaves nothing behind, where it may not be tried again', async () => {
    repetitions = 0;
    const commands = batch('ends its connection');
    const outcome = tasks.applyCommands(actor, { commands, atomic });
    await expect(outcome).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await kept()).toEqual(NOTHING);
    expect(statusesOf(await tasks.applyCommands(actor, { commands, atomic }))).toEqual(Array(3).fill('APPLIED'));
    expect(await kept()).toEqual(ALL);
  });

  it.each([
    ['unsent', 'APPLIED'],
    ['unanswered', 'REPLAYED'],
  ] as const)('whose connection ends in COMMIT, %s, is %s when it is tried again', async (moment, status) => {
    proxy.cutOn('commit', moment);
    const results = await tasks.applyCommands(actor, { commands: batch(), atomic });
    expect(statusesOf(results)).toEqual([status, status, status]);
    expect(results.map(({ task }) => task?.title)).toEqual(['a', 'b', 'c']);
    expect(await kept()).toEqual(ALL);
  });

  it('in which something fails that nobody expected fails as a whole and leaves nothing behind', async () => {
    const outcome = tasks.applyCommands(actor, { commands: batch('is a bug'), atomic });
    await expect(outcome).rejects.toThrow('nobody expected this');
    expect(await kept()).toEqual(NOTHING);
  });

  it('in which a statement takes too long is SERVICE_UNAVAILABLE as a whole and leaves nothing behind', async () => {
    const outcome = tasks.applyCommands(actor, { commands: batch('takes too long'), atomic });
    await expect(outcome).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await kept()).toEqual(NOTHING);
  });
});
