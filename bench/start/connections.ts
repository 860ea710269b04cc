import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { MemoryInUse, RunningContender } from '../contender-process.ts';
import type { SeededUser } from '../seeded-user.ts';

/** How much more memory the server needs while it has so many connections or requests, for each of them. */
export interface MemoryFigures {
  readonly count: number;
  readonly heapKibibytes: number;
  readonly residentKibibytes: number;
}

/** Milliseconds until the server has taken in what was sent. */
const SETTLING = 5000;
/** How many connections are opened at the same time. */
const BATCH = 100;
const PROBE = 'GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n';

/** Memory of connections that have had one request and are kept. */
export async function measureIdleConnections(server: RunningContender, count: number): Promise<MemoryFigures> {
  const before = await server.memory();
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const opened = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () => openConnection(server.port));
    sockets.push(...(await Promise.all(opened)));
  }
  const after = await server.memory();
  for (const socket of sockets) socket.destroy();
  // What is measured next must not begin with what the server has yet to let go.
  await sleep(SETTLING);
  return difference(before, after, count);
}

async function openConnection(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(PROBE);
  await once(socket, 'data');
  return socket;
}

/** Memory of requests that wait for the database: a lock keeps all of them waiting while it is read. */
export async function measureActiveRequests(
  server: RunningContender,
  databaseUrl: string,
  users: readonly SeededUser[],
  count: number,
): Promise<MemoryFigures> {
  const lock = new Client({ connectionString: databaseUrl });
  await lock.connect();
  const before = await server.memory();
  await lock.query('begin; lock table tasks in access exclusive mode');
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const answers = Array.from({ length: count }, (_, index) =>
    listTasks(server.port, agent, users[index % users.length]!),
  );
  // A request that waits for the lock says nothing by which it could be awaited.
  await sleep(SETTLING);
  const after = await server.memory();
  await lock.query('commit');
  await lock.end();
  const failed = (await Promise.all(answers)).filter((status) => status !== 200).length;
  agent.destroy();
  await sleep(SETTLING);
  if (failed > 0) throw new Error(`${failed} of ${count} active requests failed`);
  return difference(before, after, count);
}

function listTasks(port: number, agent: Agent, user: SeededUser): Promise<number> {
  const body = JSON.stringify({ query: '{ tasks(first: 20) { nodes { id title } } }' });
  const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/graphql', headers });
    outgoing.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function difference(before: MemoryInUse, after: MemoryInUse, count: number): MemoryFigures {
  return {
    count,
    heapKibibytes: ((after.heapMebibytes - before.heapMebibytes) * 1024) / count,
    residentKibibytes: ((after.residentMebibytes - before.residentMebibytes) * 1024) / count,
  };
}
