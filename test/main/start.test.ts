import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.ts';
import { createEmptyDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { connectTo } from '../workers/support/connection.ts';
import { startServer } from '../workers/support/server.ts';

const CREATING = 'Creating the embedded PostgreSQL';

// A signal while PostgreSQL was being started ended the server at once and left PostgreSQL running.
it('a SIGTERM during the start leaves no PostgreSQL behind', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-main-'));
  const { DATABASE_URL: _url, ...environment } = process.env;
  const server = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: { ...environment, NODE_ENV: 'development', DATA_DIR: dataDirectory, PORT: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  // Read to its end: a log that nobody reads any more is a fault of its own, which ends the server with 1.
  let log = '';
  server.stdout.on('data', (text) => {
    const isCreating = log.includes(CREATING);
    log += text;
    if (!isCreating && log.includes(CREATING)) server.kill('SIGTERM');
  });
  expect(await exited).toEqual([0, null]);
  // All of a start may take longer than the end of a process may.
  expect(log).not.toContain('applied migration');
  expect(existsSync(join(dataDirectory, 'postgres', 'data', 'PG_VERSION'))).toBe(true);
  expect(existsSync(join(dataDirectory, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
  await rm(dataDirectory, { recursive: true, force: true });
}, 270_000);

it('two servers of two workers that start together on a new database apply each migration once', async () => {
  const database = await createEmptyDatabase();
  const settings = { WORKERS: '2', DATABASE_URL: database.url, BETTER_AUTH_SECRET: TEST_SECRET };
  const servers = await Promise.all([startServer(settings), startServer(settings)]);
  const applied = servers
    .flatMap(({ log }) => log())
    .flatMap(({ msg }) => /^applied migration (.*)$/.exec(msg)?.[1] ?? []);
  expect(applied.sort()).toEqual(migrations.map(({ name }) => name));
  for (const server of servers) {
    const client = connectTo(server.url);
    expect((await client.rest('ann', 'POST', '/api/tasks', { title: 'first' })).status).toBe(201);
    client.close();
    server.signal('SIGTERM', 'primary');
  }
  expect(await Promise.all(servers.map(({ exited }) => exited))).toEqual([
    [0, null],
    [0, null],
  ]);
  await database.drop();
}, 270_000);
