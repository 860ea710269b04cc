import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';
import { freePort } from '../../../bench/free-port.ts';

const executable = (process.env.PATH ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'redis-server'))
  .find(existsSync);
const isSkipped = executable === undefined && process.env.CI !== 'true';
if (isSkipped) {
  console.warn(
    'The tests with Redis are skipped: there is no redis-server in PATH; on Debian: apt install redis-server.',
  );
}
/** A suite that needs a redis-server; without one it is skipped, or fails where CI=true promises one. */
export const redisSuite = isSkipped ? describe.skip : describe;

/** A real Redis on a port of its own, which can be taken away and brought back. */
export interface RedisServer {
  url: string;
  /** as a crash: connections break, and everything it knew is lost */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** It accepts and answers nothing, until it is resumed. */
  pause(): void;
  resume(): void;
  /** for good */
  remove(): Promise<void>;
}

export async function startRedis(password?: string): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'premium-todo-redis-'));
  const port = await freePort();
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory, '--save', ''];
    if (password !== undefined) options.push('--requirepass', password);
    const started = spawn(executable ?? 'redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    server = started;
    const failure = once(started, 'exit').then(() => Promise.reject(new Error('redis-server did not start')));
    await Promise.race([isReady(started), failure]);
    failure.catch(() => {});
  }

  async function kill(): Promise<void> {
    const killed = server;
    server = undefined;
    if (killed === undefined) return;
    const exit = once(killed, 'exit');
    killed.kill('SIGKILL');
    await exit;
  }

  await start();
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    start,
    kill,
    pause: () => server?.kill('SIGSTOP'),
    resume: () => server?.kill('SIGCONT'),
    async remove() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function isReady({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('redis-server has no output');
  for await (const line of createInterface(stdout)) {
    if (line.includes('Ready to accept connections')) break;
  }
  stdout.resume();
}
