import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type RoundRobinProxy, startRoundRobinProxy } from '../support/round-robin-proxy.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { connectTo } from '../workers/support/connection.ts';
import { type ServerProcess, startServer } from '../workers/support/server.ts';

/** milliseconds between two looks at readiness: what usual load balancers do at their most eager */
const LOOKS = 1000;
const CLIENTS = 6;
const ROUNDS = 2;
const CREATE = 'mutation ($title: String!) { createTask(input: { title: $title }) { task { id } } }';
const LIST = '{ tasks(first: 5) { nodes { id title } totalCount } }';

let database: TestDatabase;
let proxy: RoundRobinProxy;
let servers: ServerProcess[];

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startRoundRobinProxy(LOOKS);
  servers = await Promise.all([startInstance(), startInstance()]);
  await Promise.all(servers.map(({ url }) => proxy.ready(url)));
}, 360_000);
afterAll(async () => {
  await proxy?.close();
  for (const server of servers ?? []) server.signal('SIGTERM', 'primary');
  await Promise.all((servers ?? []).map(({ exited }) => exited));
  await database?.drop();
});

async function startInstance(): Promise<ServerProcess> {
  const server = await startServer({
    WORKERS: '1',
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: TEST_SECRET,
    RATE_LIMIT_SCALE: '0',
    SHUTDOWN_DELAY: '2500',
    SHUTDOWN_TIMEOUT: '60000',
  });
  proxy.add(server.url);
  return server;
}

/** One client that reads and writes by turns until it is told to stop. */
function client(user: string) {
  const connection = connectTo(proxy.url);
  const written: string[] = [];
  const failed: unknown[] = [];
  let answered = 0;
  let isOver = false;

  async function step(number: number): Promise<void> {
    const title = `${user} ${number}`;
    const calls = [
      () => connection.rest(user, 'POST', '/api/tasks', { title }),
      () => connection.rest(user, 'GET', '/api/tasks?limit=5'),
      () => connection.rest(user, 'POST', '/graphql', { query: CREATE, variables: { title } }),
      () => connection.rest(user, 'POST', '/graphql', { query: LIST }),
    ];
    const { status, body } = await calls[number % calls.length]!();
    if (status >= 300 || body?.errors !== undefined) failed.push({ number, status, body });
    else answered += 1;
    const id = body?.data?.createTask?.task.id ?? (status === 201 ? body.id : undefined);
    if (id !== undefined) written.push(id);
  }

  async function run(): Promise<void> {
    for (let number = 0; !isOver; number++) {
      await step(number).catch((error: unknown) => failed.push({ number, error: String(error) }));
    }
    connection.close();
  }

  const running = run();
  return {
    written,
    failed,
    answered: () => answered,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}

it('a rolling restart behind a load balancer fails no request and loses no write', async () => {
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(`client-${index}`));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, old] of servers.entries()) {
      const before = clients.reduce((sum, { answered }) => sum + answered(), 0);
      old.signal('SIGTERM', 'primary');
      expect(await old.exited).toEqual([0, null]);
      proxy.remove(old.url);
      const replacement = await startInstance();
      servers[index] = replacement;
      await proxy.ready(replacement.url);
      expect(clients.reduce((sum, { answered }) => sum + answered(), 0)).toBeGreaterThan(before);
    }
  }
  await Promise.all(clients.map(({ stop }) => stop()));

  expect(clients.flatMap(({ failed }) => failed)).toEqual([]);
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  const { rows } = await owner.query<{ id: string }>('select id from tasks');
  await owner.end();
  expect(rows.map(({ id }) => id).sort()).toEqual(clients.flatMap(({ written }) => written).sort());
}, 600_000);
