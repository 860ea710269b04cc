import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../bench/free-port.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { spawnServer, tokenOf } from '../workers/support/server.ts';

/** Each test starts servers as they are deployed, up to three processes. */
jest.setTimeout(360_000);

let database: TestDatabase;
let proxy: ChaosProxy;
let port: number;

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startChaosProxy(database.url);
});
beforeEach(async () => {
  port = await freePort();
  await proxy.pass();
});
afterAll(async () => {
  await proxy.close();
  await database.drop();
});

/** Whatever a failed test has left running. */
const spawned: ReturnType<typeof spawnServer>[] = [];
afterEach(() => {
  for (const server of spawned.splice(0)) server.signal('SIGKILL', 'group');
});

function spawn(settings: Record<string, string> = {}) {
  const server = spawnServer({
    DATABASE_URL: proxy.through(database.url),
    BETTER_AUTH_SECRET: TEST_SECRET,
    PORT: String(port),
    WORKERS: '1',
    ...settings,
  });
  spawned.push(server);
  return server;
}

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
};

describe('a server whose database is not there when it starts', () => {
  it.each(['1', '2'])(
    'with %s processes answers 503 meanwhile, and serves as soon as the database is there',
    async (workers) => {
      await proxy.refuse();
      const server = spawn({ WORKERS: workers });
      await server.line('waiting for it');
      const headers = { authorization: `Bearer ${await tokenOf('ann')}` };

      expect(await get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect(await get('/health/ready')).toMatchObject({ status: 503, body: { missing: ['database'] } });
      const rest = await get('/api/tasks', headers);
      expect(rest).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
      expect(rest.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(rest.headers.get('x-request-id')).toBe(rest.body.requestId);
      expect(await get('/graphql?query={viewer{id}}', headers)).toMatchObject({
        status: 503,
        body: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
      });

      await proxy.pass();
      await server.line('premium-todo is ready at');
      expect(await get('/api/tasks', headers)).toMatchObject({ status: 200, body: { total: 0 } });
      expect(await get('/health/ready')).toMatchObject({ status: 200 });
      // Once at most for each process, however often it tried.
      const told = server.log().flatMap(({ msg, worker }) => (msg.includes('waiting for it') ? [worker] : []));
      expect(told).toEqual([...new Set(told)]);
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([0, null]);
    },
  );

  it('waits as well where nothing answers at all', async () => {
    proxy.blackHole();
    const server = spawn({ DATABASE_POOL_TIMEOUT: '300' });
    await server.line('waiting for it');
    expect(await get('/health/live')).toMatchObject({ status: 200 });
    proxy.cut();
    await proxy.pass();
    await server.line('premium-todo is ready at');
    server.signal('SIGTERM', 'primary');
    expect(await server.exited).toEqual([0, null]);
  });

  it.each(['1', '2'])('with %s processes stops at a signal at once', async (workers) => {
    await proxy.refuse();
    const server = spawn({ WORKERS: workers });
    await server.line('waiting for it');
    server.signal('SIGTERM', 'primary');
    expect(await server.exited).toEqual([0, null]);
  });

  it('is told by its first line of the log that somebody else has its port, and ends', async () => {
    await proxy.refuse();
    const server = spawn();
    await server.line('waiting for it');
    const second = spawn();
    expect(await second.exited).toEqual([1, null]);
    expect(second.output.at(-1)).toMatch(/^Port \d+ is in use/);
    server.signal('SIGTERM', 'primary');
    await server.exited;
  });
});

describe('a mistake in the settings ends the start with one sentence', () => {
  it.each([
    ['a database that does not exist', (url: URL) => (url.pathname = '/nowhere'), 'database "nowhere" does not exist'],
    ['a wrong password', (url: URL) => (url.password = 'wrong'), 'password authentication failed'],
  ])('%s', async (_what, change, reason) => {
    const url = new URL(database.url);
    change(url);
    const server = spawn({ DATABASE_URL: url.href });
    expect(await server.exited).toEqual([1, null]);
    expect(server.output).toEqual([expect.stringContaining(reason)]);
    expect(server.output[0]).toMatch(/put DATABASE_URL or DATABASE_URL_DIRECT right/);
  });
});
