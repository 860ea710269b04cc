import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { connectTo } from '../workers/support/connection.ts';
import { type ServerProcess, spawnServer, startServer, tokenOf } from '../workers/support/server.ts';

/** Processes that are started and stopped beside everything else that a test run does. */
const PATIENCE = 90_000;
const STEPS = [
  ...['readiness', 'announcement', 'listening', 'live connections', 'requests', 'connections', 'GraphQL'],
  ...['security events', 'authentication', 'Redis', 'database', 'traces', 'embedded PostgreSQL'],
];

interface StepLine {
  msg: string;
  step: string;
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const settings = (others: Record<string, string> = {}) => ({
  WORKERS: '1',
  DATABASE_URL: database.url,
  BETTER_AUTH_SECRET: TEST_SECRET,
  RATE_LIMIT_SCALE: '0',
  ...others,
});

/** Adds one task after the other, and takes down those that were answered. */
async function writeUntilRefused(url: string, acknowledged: string[]): Promise<void> {
  const client = connectTo(url);
  try {
    for (;;) {
      const { status, body } = await client.rest('ann', 'POST', '/api/tasks', { title: 'under load' });
      if (status !== 201) return;
      acknowledged.push(body.id);
    }
  } catch {
    // Nobody listens any more.
  } finally {
    client.close();
  }
}

/** The steps that the server has told of so far, those that were left behind with a mark. */
function stepsOf(server: Pick<ServerProcess, 'log'>): string[] {
  const lines = server.log() as unknown as StepLine[];
  return lines.flatMap(({ step, msg }) => (step === undefined ? [] : [msg.includes('too long') ? `${step}!` : step]));
}

/** A request whose body never comes whole. */
async function endlessRequest(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n');
  socket.write(`authorization: Bearer ${await tokenOf('ann')}\r\n`);
  socket.write('content-type: application/json\r\ncontent-length: 100\r\n\r\n');
  // The answer to the expectation shows that the server has taken the request up.
  await once(socket, 'data');
  socket.write('{');
  return socket;
}

const status = (url: string) =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return { status: response.status, connection: response.headers.get('connection') };
    },
    () => 'refused' as const,
  );

describe('a server that gets a SIGTERM', () => {
  it(
    'goes through its steps in order and ends with 0, also when the signal comes twice at once',
    async () => {
      const server = await startServer(settings());
      const client = connectTo(server.url);
      expect((await client.rest('ann', 'POST', '/api/tasks', { title: 'kept' })).status).toBe(201);
      server.signal('SIGTERM', 'primary');
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([0, null]);
      expect(stepsOf(server)).toEqual(STEPS);
      client.close();
    },
    PATIENCE,
  );

  it(
    'twice under load loses nothing that it has acknowledged',
    async () => {
      const server = await startServer(settings());
      const acknowledged: string[] = [];
      const writers = Array.from({ length: 8 }, () => writeUntilRefused(server.url, acknowledged));
      await server.line('"path":"/api/tasks"');
      server.signal('SIGTERM', 'primary');
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([0, null]);
      await Promise.all(writers);
      expect(stepsOf(server)).toEqual(STEPS);
      const client = new Client({ connectionString: database.url });
      await client.connect();
      const { rowCount } = await client.query('select from tasks where id = any($1)', [acknowledged]);
      await client.end();
      expect(acknowledged).not.toEqual([]);
      expect(rowCount).toBe(acknowledged.length);
    },
    PATIENCE,
  );

  it(
    'still serves for the time of the announcement, while readiness and the end of kept connections tell of it',
    async () => {
      const server = await startServer(settings({ SHUTDOWN_DELAY: '3000' }));
      const silent = connect(Number(new URL(server.url).port), '127.0.0.1');
      await once(silent, 'connect');
      const client = connectTo(server.url);
      server.signal('SIGTERM', 'primary');
      await server.line('"step":"readiness"');
      expect(await status(`${server.url}/health/ready`)).toEqual({ status: 503, connection: 'close' });
      expect(await status(`${server.url}/health/live`)).toEqual({ status: 200, connection: 'close' });
      expect((await client.rest('ann', 'POST', '/api/tasks', { title: 'in time' })).status).toBe(201);
      await server.line('"step":"listening"');
      expect(await status(`${server.url}/health/live`)).toBe('refused');
      // One that has never asked for anything holds nothing up.
      expect(await server.exited).toEqual([0, null]);
      silent.destroy();
      client.close();
    },
    PATIENCE,
  );

  it(
    'cuts a request off that never ends, does everything after it, and ends with 1',
    async () => {
      const server = await startServer(settings({ SHUTDOWN_TIMEOUT: '3000' }));
      const socket = await endlessRequest(server.url);
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([1, null]);
      expect(stepsOf(server)).toEqual(STEPS.map((step) => (step === 'requests' ? 'requests!' : step)));
      // On standard error, which may arrive before the last lines of the log.
      expect(server.output.filter((line) => !line.startsWith('{')).at(-1)).toBe(
        'The server did not stop in order: requests',
      );
      socket.destroy();
    },
    PATIENCE,
  );

  it(
    'ends at once with 1 at a second signal later',
    async () => {
      const server = await startServer(settings({ SHUTDOWN_TIMEOUT: '600000' }));
      const socket = await endlessRequest(server.url);
      server.signal('SIGTERM', 'primary');
      await server.line('"step":"listening"');
      // A signal within a second is taken for the same one.
      const again = setInterval(() => server.signal('SIGTERM', 'primary'), 200);
      expect(await server.exited).toEqual([1, null]);
      clearInterval(again);
      expect(stepsOf(server)).toEqual(['readiness', 'announcement', 'listening', 'live connections']);
      socket.destroy();
    },
    PATIENCE,
  );

  it(
    'while it starts begins to serve no more and ends with 0',
    async () => {
      const chaos = await startChaosProxy(database.url);
      const reached = chaos.next('connection');
      const server = spawnServer(settings({ DATABASE_URL: chaos.through(database.url) }));
      await reached;
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([0, null]);
      expect(server.output.join('\n')).not.toContain('is ready at');
      expect(stepsOf(server)).toEqual(STEPS);
      await chaos.close();
    },
    PATIENCE,
  );

  it(
    'waits no longer for a database that has fallen silent than for anything else',
    async () => {
      const chaos: ChaosProxy = await startChaosProxy(database.url);
      const server = await startServer(
        settings({ DATABASE_URL: chaos.through(database.url), SHUTDOWN_TIMEOUT: '6000' }),
      );
      const client = connectTo(server.url);
      expect((await client.rest('ann', 'GET', '/api/tasks')).status).toBe(200);
      chaos.blackHole();
      const unanswered = client.rest('ann', 'POST', '/api/tasks', { title: 'lost' }).catch(() => undefined);
      await chaos.next('request');
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([1, null]);
      expect(stepsOf(server).map((step) => step.replace('!', ''))).toEqual(STEPS);
      expect(stepsOf(server)).toContain('database!');
      await unanswered;
      client.close();
      await chaos.close();
    },
    PATIENCE,
  );

  it(
    'waits no longer for an embedded PostgreSQL that hangs',
    async () => {
      const dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-shutdown-'));
      const { DATABASE_URL: _url, ...embedded } = settings({ DATA_DIR: dataDirectory, SHUTDOWN_TIMEOUT: '3000' });
      const server = await startServer(embedded);
      const pidFile = join(dataDirectory, 'postgres', 'data', 'postmaster.pid');
      const postmaster = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
      process.kill(postmaster, 'SIGSTOP');
      try {
        server.signal('SIGTERM', 'primary');
        expect(await server.exited).toEqual([1, null]);
        expect(stepsOf(server)).toContain('embedded PostgreSQL!');
      } finally {
        // The signal to stop that it has been sent meanwhile reaches it now.
        process.kill(postmaster, 'SIGCONT');
        while (await readFile(pidFile).catch(() => undefined));
        await rm(dataDirectory, { recursive: true, force: true });
      }
    },
    PATIENCE,
  );
});
