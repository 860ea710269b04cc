import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { type Connection, connectTo } from './support/connection.ts';
import { type ServerProcess, spawnServer, startServer } from './support/server.ts';

/** A twentieth of 600 reads, of 120 writes and of 120 failed authentications a minute. */
const SCALE = '0.05';
const READS = 30;
const WRITES = 6;
const FAILURES = 6;
const CONNECTIONS = 8;

let database: TestDatabase;
let server: ServerProcess;
let connections: Connection[];
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  server = await startServer(settings());
}, 270_000);
beforeAll(() => {
  connections = Array.from({ length: CONNECTIONS }, () => connectTo(server.url));
});
afterAll(async () => {
  for (const connection of connections ?? []) connection.close();
  server?.signal('SIGTERM', 'group');
  await server?.exited;
  await owner?.end();
  await database?.drop();
});

function settings(): Record<string, string> {
  return {
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: TEST_SECRET,
    RATE_LIMIT_SCALE: SCALE,
    TRUST_PROXY_HOPS: '1',
    LOG_LEVEL: 'debug',
    WORKERS: '2',
  };
}

const read = (connection: Connection, user: string) => connection.rest(user, 'GET', '/api/tasks?limit=1');
const write = (connection: Connection, user: string) => connection.rest(user, 'POST', '/api/tasks', { title: 'a' });
const statusesOf = async (calls: Promise<{ status: number }>[]) =>
  (await Promise.all(calls)).map(({ status }) => status);
/** Which workers have answered requests since the log had so many lines. */
const answering = (since: number) =>
  new Set(
    server
      .log()
      .slice(since)
      .flatMap(({ msg, worker }) => (msg === 'request' ? [worker] : [])),
  );

it('spreads connections over the workers', async () => {
  const since = server.log().length;
  await Promise.all(connections.map((connection) => read(connection, newUser())));
  await eventually('both have answered', async () => answering(since).size === 2);
});

it('says once that it is ready, and with how many workers', () => {
  expect(server.output.filter((line) => line.includes('is ready at'))).toHaveLength(1);
  expect(server.output.filter((line) => /^ *Workers +2$/.test(line))).toHaveLength(1);
});

it('lets exactly as many calls of a user through all workers as one would', async () => {
  const user = newUser();
  const calls = Array.from({ length: 5 }, () => connections.map((connection) => write(connection, user))).flat();
  const statuses = await statusesOf(calls);
  expect(statuses.filter((status) => status === 201)).toHaveLength(WRITES);
  expect(statuses.filter((status) => status === 429)).toHaveLength(calls.length - WRITES);
});

it('lets a user spend through one worker what the others were granted', async () => {
  const user = newUser();
  const first = await statusesOf(connections.map((connection) => read(connection, user)));
  const rest: number[] = [];
  for (let count = 0; count <= READS - CONNECTIONS; count++) rest.push((await read(connections[0]!, user)).status);
  expect([...first, ...rest.slice(0, -1)]).toEqual(Array(READS).fill(200));
  expect(rest.at(-1)).toBe(429);
  expect(await statusesOf(connections.map((connection) => read(connection, user)))).toEqual(
    Array(CONNECTIONS).fill(429),
  );
});

it('counts failed authentications of an address over all workers', async () => {
  const ask = async () =>
    (await fetch(`${server.url}/api/tasks`, { headers: { authorization: 'Bearer a.b.c' } })).status;
  const statuses = await Promise.all(Array.from({ length: 4 * FAILURES }, ask));
  expect(statuses.filter((status) => status === 401)).toHaveLength(FAILURES);
  expect(statuses.filter((status) => status === 429)).toHaveLength(3 * FAILURES);
});

it('refuses in every worker the tokens that one has revoked, as soon as that is answered', async () => {
  const user = newUser();
  expect(new Set(await statusesOf(connections.map((connection) => read(connection, user))))).toEqual(new Set([200]));
  expect((await connections[0]!.rest(user, 'POST', '/api/auth/revoke')).status).toBe(204);
  expect(new Set(await statusesOf(connections.map((connection) => read(connection, user))))).toEqual(new Set([401]));
});

it('refuses in every worker whose account was erased in one', async () => {
  const user = newUser();
  await Promise.all(connections.map((connection) => read(connection, user)));
  expect((await connections[0]!.rest(user, 'DELETE', '/api/auth/me')).status).toBe(204);
  await eventually('the deletion is known', async () => {
    const statuses = await statusesOf(connections.map((connection) => read(connection, user)));
    return statuses.every((status) => status === 401);
  });
});

it('sums up the metrics of all workers', async () => {
  const count = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const requests = [...text.matchAll(/^http_request_duration_seconds_count\{api="rest".*\} (\d+)$/gm)];
    return { requests: requests.reduce((sum, [, value]) => sum + Number(value), 0), text };
  };
  const { requests: before, text } = await count();
  expect(text).toMatch(/^workers_ready 2$/m);
  await Promise.all(connections.map((connection) => read(connection, newUser())));
  // Each worker shows what it has gathered within the last second.
  await eventually('all are counted', async () => (await count()).requests === before + CONNECTIONS);
});

it('says once that the port is in use', async () => {
  const second = spawnServer({ ...settings(), PORT: new URL(server.url).port });
  expect(await second.exited).toEqual([1, null]);
  expect(second.output.filter((line) => line.includes('in use'))).toEqual([
    expect.stringContaining(`Port ${new URL(server.url).port} is in use`),
  ]);
  expect(await second.workers()).toEqual([]);
}, 180_000);

it('replaces a worker that was killed, and has lost nothing that it acknowledged', async () => {
  const [victim] = await server.workers();
  const acknowledged: string[] = [];
  let isOver = false;
  const writers = Array.from({ length: CONNECTIONS }, async () => {
    while (!isOver) {
      const connection = connectTo(server.url);
      // What was under way in the worker that died is not answered.
      const answer = await write(connection, newUser()).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(answer.body.id);
      connection.close();
    }
  });
  await eventually('writes are under way', async () => acknowledged.length > CONNECTIONS);
  process.kill(victim!, 'SIGKILL');
  await server.line('the new worker is ready');
  isOver = true;
  await Promise.all(writers);
  const { rows } = await owner.query('select id from tasks where id = any($1)', [acknowledged]);
  expect(rows).toHaveLength(acknowledged.length);
  expect(server.output.filter((line) => line.includes('a worker died and is replaced'))).toHaveLength(1);
  const workers = await server.workers();
  expect(workers).toHaveLength(2);
  expect(workers).not.toContain(victim);
}, 180_000);

it('answers what is under way when the whole group is told to stop, and leaves no process behind', async () => {
  const stopping = await startServer({ ...settings(), RATE_LIMIT_SCALE: '0' });
  const workers = await stopping.workers();
  await owner.query('begin; lock table tasks in exclusive mode');
  const underWay = Array.from({ length: 4 }, () => write(connectTo(stopping.url), newUser()));
  await eventually('they wait for the lock', async () => {
    const { rows } = await owner.query(`select from pg_locks where not granted and relation = 'tasks'::regclass`);
    return rows.length === underWay.length;
  });
  stopping.signal('SIGINT', 'group');
  await stopping.line('shutting down');
  await owner.query('commit');
  expect(await statusesOf(underWay)).toEqual([201, 201, 201, 201]);
  expect(await stopping.exited).toEqual([0, null]);
  for (const worker of workers) expect(() => process.kill(worker, 0)).toThrow();
}, 180_000);
