import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';

const POOL_MAXIMUM = 2;

let proxy: ChaosProxy;
let app: TestApp;
let owner: Client;

beforeAll(async () => {
  proxy = await startChaosProxy(process.env.TEST_DATABASE_URL ?? '');
  app = await startTestApp({
    through: proxy.through,
    environment: {
      DATABASE_POOL_MAX: String(POOL_MAXIMUM),
      DATABASE_POOL_TIMEOUT: '2000',
      DATABASE_STATEMENT_TIMEOUT: '500',
      DATABASE_ANSWER_TIMEOUT: '800',
      RESULT_CACHE_SIZE: '0',
    },
  });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
});
afterEach(() => proxy.pass());
afterAll(async () => {
  await owner.end();
  await app.close();
  await proxy.close();
});

const list = (user: string) => app.rest(user, 'GET', '/api/tasks');
const create = (user: string) => app.rest(user, 'POST', '/api/tasks', { title: 'a' });
const query = (user: string) => app.graphql(user, '{ tasks { nodes { id } } }');

/** What both APIs answer while the database cannot be used. */
async function expectRefused(user: string): Promise<void> {
  const [read, write, operation] = await Promise.all([list(user), create(user), query(user)]);
  for (const answer of [read, write]) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 } });
    expect(answer.headers.get('retry-after')).toBe('1');
  }
  expect(operation).toMatchObject({ status: 503, errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] });
  expect(operation.headers.get('retry-after')).toBe('1');
}

const isAlive = async () => (await app.rest(undefined, 'GET', '/health/live')).status === 200;

/** Without a restart, and with all the places that the pool has. */
async function expectServing(user: string): Promise<void> {
  await eventually('it serves again', async () => (await list(user)).status === 200);
  const answers = await Promise.all(Array.from({ length: 4 * POOL_MAXIMUM }, () => list(user)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  await eventually('it is ready', async () => (await app.rest(undefined, 'GET', '/health/ready')).status === 200);
}

async function knownUser(): Promise<string> {
  const user = newUser();
  expect((await create(user)).status).toBe(201);
  return user;
}

describe('while the server runs', () => {
  it('a database that goes away means 503 with Retry-After, not ready and alive, until it is back', async () => {
    const user = await knownUser();
    await proxy.refuse();
    proxy.cut();
    await expectRefused(user);
    expect(await app.rest(undefined, 'GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { missing: expect.arrayContaining(['database']) },
    });
    expect(await isAlive()).toBe(true);
    await proxy.pass();
    await expectServing(user);
  });

  it('a database that falls silent means 503 as soon as the answer is given up, and alive', async () => {
    const user = await knownUser();
    proxy.blackHole();
    await expectRefused(user);
    expect(await isAlive()).toBe(true);
    await proxy.pass();
    await expectServing(user);
  });

  it('a database that is too slow means 503 by its own time limit', async () => {
    const user = await knownUser();
    await owner.query('begin');
    await owner.query('lock table tasks in access exclusive mode');
    await expectRefused(user);
    expect(await isAlive()).toBe(true);
    await owner.query('rollback');
    await expectServing(user);
  });

  it('a slow network means slow answers and no errors', async () => {
    const user = await knownUser();
    proxy.slow(50);
    expect((await list(user)).status).toBe(200);
    expect((await create(user)).status).toBe(201);
  });
});
