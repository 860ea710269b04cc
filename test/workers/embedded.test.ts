import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ServerProcess, startServer } from './support/server.ts';

let dataDirectory: string;
let server: ServerProcess;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'premium-todo-workers-'));
  server = await startServer({ NODE_ENV: 'development', DATA_DIR: dataDirectory });
}, 270_000);
afterAll(async () => {
  server?.signal('SIGKILL', 'group');
  await rm(dataDirectory, { recursive: true, force: true });
});

const printed = (text: string) => server.output.filter((line) => line.includes(text));

it('makes the embedded PostgreSQL, each migration and the secret once for all workers', async () => {
  expect(printed('Creating the embedded PostgreSQL')).toHaveLength(1);
  const applied = printed('applied migration').map((line) => JSON.parse(line).msg as string);
  expect(applied.length).toBeGreaterThan(0);
  expect(new Set(applied).size).toBe(applied.length);
  expect((await readdir(dataDirectory)).sort()).toEqual(['auth-secret', 'postgres']);
});

it('accepts in every worker the tokens that the embedded Better Auth of one has issued', async () => {
  const json = { 'content-type': 'application/json' };
  const account = { email: 'ann@example.com', password: 'correct horse', name: 'Ann' };
  const body = JSON.stringify(account);
  const signedUp = await fetch(`${server.url}/api/auth/sign-up/email`, { method: 'POST', headers: json, body });
  const session = ((await signedUp.json()) as { token: string }).token;
  const issued = await fetch(`${server.url}/api/auth/token`, { headers: { authorization: `Bearer ${session}` } });
  const { token } = (await issued.json()) as { token: string };
  const ask = () =>
    fetch(`${server.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } });
  const answers = await Promise.all(Array.from({ length: 8 }, ask));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
});

it('stops the embedded PostgreSQL once, after the workers, when npm passes a signal on', async () => {
  server.signal('SIGTERM', 'primary');
  expect(await server.exited).toEqual([0, null]);
  expect(printed('Stopped the embedded PostgreSQL')).toHaveLength(1);
  expect(existsSync(join(dataDirectory, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
});
