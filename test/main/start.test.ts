import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

// A signal while PostgreSQL was being started ended the server at once and left PostgreSQL running.
it('a SIGTERM during the start leaves no PostgreSQL behind', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-main-'));
  const { DATABASE_URL: _url, ...environment } = process.env;
  const server = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    env: { ...environment, NODE_ENV: 'development', DATA_DIR: dataDirectory, PORT: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  for await (const line of server.stdout) if (String(line).includes('Creating the embedded PostgreSQL')) break;
  server.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(existsSync(join(dataDirectory, 'postgres', 'data', 'PG_VERSION'))).toBe(true);
  expect(existsSync(join(dataDirectory, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
  await rm(dataDirectory, { recursive: true, force: true });
}, 90_000);
