import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, temporaryDirectory } from './cleanup.ts';
import { freePort } from './free-port.ts';

const ATTEMPTS = 50;

/** The URL of a Redis of the benchmark's own; `undefined` where there is no redis-server in PATH. */
export async function startRedis(): Promise<string | undefined> {
  const port = await freePort();
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', temporaryDirectory('redis'), '--save', ''];
  const child = spawn('redis-server', options, { stdio: 'ignore' });
  const isThere = await Promise.race([once(child, 'spawn').then(() => true), once(child, 'error').then(() => false)]);
  if (!isThere) return undefined;
  atEnd(() => child.kill());
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await accepts(port)) return `redis://127.0.0.1:${port}`;
    await sleep(100);
  }
  throw new Error('redis-server did not start');
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}
