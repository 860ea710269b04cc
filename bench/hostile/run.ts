import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Client } from 'pg';
import { applicationUrl, provideLogin } from '../../src/db/application-role.ts';
import { runToEnd } from '../cleanup.ts';
import { type RunningContender, startContender } from '../contender-process.ts';
import { CONTENDERS, requireCompiled } from '../contenders.ts';
import { createHttpClient } from '../http-client.ts';
import { migrate } from '../migrate.ts';
import { startPostgres } from '../postgres.ts';
import { seed } from '../seed.ts';
import type { SeededUser } from '../seeded-user.ts';
import { percentiles } from '../statistics.ts';
import { signToken, TOKEN_SECRET } from '../tokens.ts';
import type { AttackOrder } from './attacker.ts';
import { ATTACKS } from './attacks.ts';

/**
 * `npm run bench:hostile`: what hostile requests do to an ordinary client of the same server, and to its memory. The
 * server has the settings of production, limits included. Records, and judges nothing.
 */
const USERS = 200;
const IDLE_SECONDS = 10;
/** Milliseconds between the ordinary client's requests: 120 a minute for each of the users. */
const PACE = 2.5;
const REQUESTS_PER_SECOND = 1000;
const LIST = '{ tasks(first: 20) { nodes { id title completed createdAt version } pageInfo { hasNextPage } } }';

interface Latency {
  p50: number;
  p95: number;
  p99: number;
  errors: number;
}

/** Asks for lists, one after the other, until `over` is settled. */
async function ordinaryClient(port: number, users: readonly SeededUser[], over: Promise<unknown>): Promise<Latency> {
  let going = true;
  void over.finally(() => {
    going = false;
  });
  const client = createHttpClient(port, 1);
  const times: number[] = [];
  let errors = 0;
  for (let turn = 0; going; turn++) {
    const start = performance.now();
    const { token } = users[turn % users.length]!;
    const call = { method: 'POST' as const, path: '/graphql', body: JSON.stringify({ query: LIST }) };
    const { status, body } = await client.send(call, token);
    const time = performance.now() - start;
    times.push(time);
    if (status !== 200 || body.includes('"errors"')) errors += 1;
    if (time < PACE) await new Promise((resolve) => setTimeout(resolve, PACE - time));
  }
  client.close();
  const [p50 = 0, p95 = 0, p99 = 0] = percentiles(times, [50, 95, 99]);
  return { p50, p95, p99, errors };
}

async function attacked(order: AttackOrder): Promise<Record<string, number>> {
  const worker = new Worker(new URL('attacker.ts', import.meta.url), { workerData: order });
  const [answers] = (await once(worker, 'message')) as [Record<string, number>];
  return answers;
}

async function start(): Promise<{ server: RunningContender; users: readonly SeededUser[] }> {
  const postgres = await startPostgres();
  await migrate(postgres.url);
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  const { users } = await seed(database, { users: USERS, tasksPerUser: 200, largeUserTasks: 100 });
  await database.end();
  await provideLogin(postgres.url, 'hostile');
  const product = CONTENDERS.find(({ name }) => name === 'product')!;
  const server = await startContender(product, {
    NODE_ENV: 'production',
    SHUTDOWN_DELAY: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: applicationUrl(postgres.url, 'hostile'),
    DATABASE_URL_DIRECT: postgres.url,
    BETTER_AUTH_SECRET: TOKEN_SECRET,
  });
  return { server, users };
}

async function main(): Promise<void> {
  requireCompiled(['product']);
  const { server, users } = await start();
  const rows: string[][] = [];
  const idleFor = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const record = async (name: string, latency: Latency, answers: Record<string, number> = {}) => {
    const { heapMebibytes, residentMebibytes } = await server.memory();
    const told = Object.entries(answers).map(([status, count]) => `${count} × ${status}`);
    const numbers = [latency.p50, latency.p95, latency.p99].map((value) => value.toFixed(2));
    rows.push([
      name,
      ...numbers,
      String(latency.errors),
      String(heapMebibytes),
      String(residentMebibytes),
      told.join(', '),
    ]);
    console.error(`- ${rows.at(-1)?.join(' | ')}`);
  };

  await ordinaryClient(server.port, users, idleFor(IDLE_SECONDS));
  await record('idle, before', await ordinaryClient(server.port, users, idleFor(IDLE_SECONDS)));
  for (const { name } of ATTACKS) {
    const token = await signToken(`attacker-${name}`);
    const attack = attacked({ attack: name, port: server.port, token, requestsPerSecond: REQUESTS_PER_SECOND });
    const latency = await ordinaryClient(server.port, users, attack);
    await record(name, latency, await attack);
  }
  await record('idle, after', await ordinaryClient(server.port, users, idleFor(IDLE_SECONDS)));

  const head = [
    'the ordinary client beside',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'errors',
    'heap MiB',
    'RSS MiB',
    'answers to the attacker',
  ];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'));
}

await runToEnd(main);
