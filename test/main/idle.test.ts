import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type RedisServer, redisSuite, startRedis } from '../redis/support/redis-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { countStatements, type StatementCounter } from '../support/statement-counter.ts';
import { type ServerProcess, startServer } from '../workers/support/server.ts';

/**
 * Milliseconds. What traffic leaves behind comes within the first: sums of security events end after a minute, kept
 * connections after 65 seconds, and the next probe looks once more. Longer than any timer of the server, which docs/deploy.md lists.
 */
const AFTERMATH = 75_000;
const SILENCE = 65_000;
/** as load balancers and Prometheus ask, who do not stop at night */
const PROBE_INTERVAL = 5000;
const CREDENTIALS = { email: 'idle@example.com', password: 'correct horse', name: 'Idle' };

redisSuite('a server that nobody but its probes asks anything', () => {
  let database: TestDatabase;
  let counter: StatementCounter;
  let redis: RedisServer;
  let server: ServerProcess;
  let embedded: ServerProcess;
  let dataDirectory: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    counter = await countStatements(database.url);
    redis = await startRedis();
    dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-idle-'));
    const settings = { WORKERS: '1', AUTH_EMBEDDED: 'true', READINESS_IDLE_INTERVAL: '86400' };
    server = await startServer({
      ...settings,
      DATABASE_URL: counter.through(database.url),
      REDIS_URL: redis.url,
      DATA_DIR: join(dataDirectory, 'secret'),
    });
    embedded = await startServer({ ...settings, DATA_DIR: join(dataDirectory, 'embedded') });
  }, 360_000);
  afterAll(async () => {
    for (const process of [server, embedded]) process?.signal('SIGTERM', 'primary');
    await Promise.all([server?.exited, embedded?.exited]);
    await counter?.close();
    await redis?.remove();
    await database?.drop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  const call = (url: string, path: string, body?: object, token?: string) =>
    fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    }).then(async (response) => ({ status: response.status, body: (await response.json()) as any }));

  /** Uses what keeps anything: accounts, sessions, key set, events, repeated refusals, the cache of answers. */
  async function use(url: string): Promise<string> {
    await call(url, '/api/auth/sign-up/email', CREDENTIALS);
    const signedIn = await call(url, '/api/auth/sign-in/email', CREDENTIALS);
    const { token } = (await call(url, '/api/auth/token', undefined, signedIn.body.token)).body;
    expect((await call(url, '/api/tasks', { title: 'before' }, token)).status).toBe(201);
    for (let time = 0; time < 3; time++) {
      expect((await call(url, '/graphql', { query: '{ tasks { totalCount } }' }, token)).body.data).toEqual({
        tasks: { totalCount: 1 },
      });
      expect((await call(url, '/api/tasks', undefined, token)).status).toBe(200);
      expect((await call(url, '/api/tasks', undefined, 'forged')).status).toBe(401);
    }
    return token;
  }

  async function probe(url: string): Promise<void> {
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      const response = await fetch(`${url}${path}`);
      await response.text();
      expect(`${path} ${response.status}`).toBe(`${path} 200`);
    }
  }

  async function letPass(milliseconds: number): Promise<void> {
    for (let time = 0; time < milliseconds; time += PROBE_INTERVAL) {
      await delay(PROBE_INTERVAL);
      await Promise.all([server.url, embedded.url].map(probe));
    }
  }

  /** Who is connected to the embedded PostgreSQL beside this look, and since when its last statement runs. */
  async function sessions(): Promise<{ name: string; at: string }[]> {
    const directory = join(dataDirectory, 'embedded', 'postgres');
    const [, , , port] = (await readFile(join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
    const password = await readFile(join(directory, 'password'), 'utf8');
    const look = new Client({
      host: '127.0.0.1',
      port: Number(port),
      user: 'postgres',
      password,
      database: 'postgres',
    });
    await look.connect();
    const { rows } = await look.query(
      `select application_name as name, query_start::text as at from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    await look.end();
    return rows;
  }

  it('sends no statement and opens no connection though probes go on, so that its database can sleep, and serves right afterwards', async () => {
    const [token] = await Promise.all([use(server.url), use(embedded.url)]);
    await letPass(AFTERMATH);
    const before = { messages: counter.messages, connections: counter.connections };
    const [place] = (await sessions()).sort((one, other) => other.name.length - one.name.length);
    expect(before.messages).toBeGreaterThan(20);
    await letPass(SILENCE);

    expect({ messages: counter.messages, connections: counter.connections }).toEqual(before);
    // The session by which the server holds its place is left alone with its last statement; idle ones were closed.
    expect(await sessions()).toEqual([place]);
    expect(place?.name).toContain('premium-todo server');
    expect((await call(server.url, '/api/tasks', { title: 'after' }, token)).status).toBe(201);
    expect((await call(server.url, '/api/tasks', undefined, token)).body.total).toBe(2);
    expect(counter.messages).toBeGreaterThan(before.messages);
  }, 480_000);
});
