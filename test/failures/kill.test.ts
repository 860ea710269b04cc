import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { freePort } from '../../bench/free-port.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { type ServerProcess, startServer, tokenOf } from '../workers/support/server.ts';
import { killPostgres } from './support/kill-postgres.ts';
import { type Load, startLoad } from './support/killed-load.ts';
import { randomNumbers } from './support/random-numbers.ts';

const ROUNDS = 20;
const CLIENTS = 8;
/** Acknowledged writes before the next kill. */
const LONGEST_WAIT = 60;
const PATIENCE = 480_000;
/** Told by a failure; set it to have the same moments again. */
const SEED = Number(process.env.TEST_SEED) || (Date.now() % 1_000_000) + 1;

let dataDirectory: string;
let port: number;
let server: ServerProcess;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-kill-'));
  port = await freePort();
  await start();
}, PATIENCE);

afterAll(async () => {
  server?.signal('SIGTERM', 'primary');
  await server?.exited;
  await rm(dataDirectory, { recursive: true, force: true });
}, PATIENCE);

/** The server as it is deployed, with the PostgreSQL that it starts itself, whose writes reach the disk. */
async function start(): Promise<void> {
  server = await startServer({
    DATA_DIR: dataDirectory,
    BETTER_AUTH_SECRET: TEST_SECRET,
    PORT: String(port),
    WORKERS: '1',
    RATE_LIMIT_SCALE: '0',
    LOG_LEVEL: 'error',
  });
}

/** PostgreSQL goes on without its server, and the next one takes it over. */
async function killServer(): Promise<void> {
  server.signal('SIGKILL', 'primary');
  await server.exited;
  await start();
}

it(
  'kill -9 of server and PostgreSQL under load loses no acknowledged write and does none twice',
  () =>
    killAndCount().catch((error: unknown) => {
      throw new Error(`with TEST_SEED=${SEED}: ${(error as Error).message}`, { cause: error });
    }),
  PATIENCE,
);

async function killAndCount(): Promise<void> {
  const random = randomNumbers(SEED);
  const user = newUser();
  const toggled = await newTask(user);
  const load = startLoad(server.url, user, toggled, CLIENTS);
  for (let round = 0; round < ROUNDS; round++) {
    await load.progress(1 + Math.floor(random() * LONGEST_WAIT));
    await (round % 2 === 0 ? killServer() : killPostgres(dataDirectory));
  }
  await load.progress(CLIENTS);
  await load.stop();

  const client = new Client({ connectionString: await databaseUrl() });
  await client.connect();
  await expectAllOf(load, client, user, toggled);
  await client.end();
}

async function newTask(user: string): Promise<string> {
  const response = await fetch(`${server.url}/api/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf(user)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'toggled' }),
  });
  return ((await response.json()) as { id: string }).id;
}

async function databaseUrl(): Promise<string> {
  const password = await readFile(join(dataDirectory, 'postgres/password'), 'utf8');
  const [, , , databasePort] = (await readFile(join(dataDirectory, 'postgres/data/postmaster.pid'), 'utf8')).split(
    '\n',
  );
  return `postgres://postgres:${password}@127.0.0.1:${databasePort}/premium_todo`;
}

async function expectAllOf(load: Load, client: Client, user: string, toggled: string): Promise<void> {
  const { rows: settings } = await client.query('show fsync');
  expect(settings).toEqual([{ fsync: 'on' }]);
  const { rows } = await client.query<{ id: string; title: string; version: number }>(
    'select id, title, version from tasks where user_id = $1',
    [user],
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  // Every write was acknowledged in the end, so that there is nothing but what was: none lost, and none twice.
  expect(rows.map(({ title }) => title).sort()).toEqual(['toggled', ...load.created.keys()].sort());
  for (const [title, id] of load.created) expect(stored.get(id)?.title).toBe(title);
  expect(stored.get(toggled)?.version).toBe(1 + load.toggles());
}
