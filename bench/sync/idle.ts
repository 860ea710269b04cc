import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningContender } from '../contender-process.ts';
import { postgresCpuMicroseconds } from '../postgres-cpu.ts';
import { printTable } from '../table.ts';
import { type Clients, startClients } from './client-process.ts';
import type { Transport } from './orders.ts';
import type { Stage } from './stage.ts';

interface Crowd {
  readonly title: string;
  readonly transport: Transport;
  readonly users: number;
  readonly perUser: number;
}

const CROWDS: readonly Crowd[] = [
  { title: '10,000 users, one each', transport: 'WebSocket', users: 10_000, perUser: 1 },
  { title: '200 users, 50 each', transport: 'WebSocket', users: 200, perUser: 50 },
  { title: '10,000 users, one each', transport: 'GraphQL SSE', users: 10_000, perUser: 1 },
  { title: '10,000 users, one each', transport: 'REST SSE', users: 10_000, perUser: 1 },
];
/** Subscribers that come and go before, and writes that they hear of: code and caches are not of those who come then. */
const WARM_UP = 500;
const WARM_UP_WRITES = 200;
/** milliseconds until what was needed for coming is let go */
const SETTLING = 2000;
const MINUTE = 60_000;

interface Figures {
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
}

interface Gathered {
  readonly crowd: Crowd;
  readonly server: RunningContender;
  readonly clients: Clients;
  /** bytes for each subscription */
  readonly figures: Figures;
}

/** What subscriptions to which nothing happens take: memory one crowd after the other, the CPU of a minute all at once. */
export async function measureIdle(stage: Stage): Promise<void> {
  const gathered: Gathered[] = [];
  for (const crowd of CROWDS) {
    console.error(`- ${crowd.users * crowd.perUser} × ${crowd.transport}, ${crowd.title}`);
    gathered.push(await gather(stage, crowd));
  }
  console.error('- an idle minute');
  const before = await cpuOf(stage, gathered);
  await sleep(MINUTE);
  const after = await cpuOf(stage, gathered);
  printTable(
    ['idle subscriptions', '', 'heap bytes', 'external bytes', 'RSS bytes', 'server CPU of a minute, ms'],
    gathered.map(({ crowd: { title, transport, users, perUser }, figures: { heap, external, resident } }, index) => [
      `${users * perUser} × ${transport}`,
      title,
      ...[heap, external, resident].map((bytes) => bytes.toFixed(0)),
      ((after.servers[index]! - before.servers[index]!) / 1000).toFixed(0),
    ]),
  );
  console.log(
    `PostgreSQL's CPU of this minute, for all: ${((after.postgres - before.postgres) / 1000).toFixed(0)} ms\n`,
  );
  for (const { server, clients } of gathered) {
    clients.stop();
    await server.stop();
  }
}

async function gather({ startServer, users }: Stage, crowd: Crowd): Promise<Gathered> {
  const { transport, perUser } = crowd;
  const server = await startServer();
  const clients = startClients();
  const tokens = users.slice(0, crowd.users).map(({ token }) => token);
  await clients.subscribe(server, { transport, tokens: tokens.slice(0, WARM_UP) });
  const hearing = tokens.slice(0, WARM_UP_WRITES);
  await clients.write(server, { tokens: hearing, count: WARM_UP_WRITES, perSecond: WARM_UP_WRITES, subscribers: 1 });
  await clients.unsubscribe(server);
  await sleep(SETTLING);
  const before = await server.memory();
  await clients.subscribe(server, { transport, tokens: Array.from({ length: perUser }, () => tokens).flat() });
  await sleep(SETTLING);
  const after = await server.memory();
  const bytes = (part: keyof typeof before) => ((after[part] - before[part]) * 2 ** 20) / (tokens.length * perUser);
  const figures = {
    heap: bytes('heapMebibytes'),
    external: bytes('externalMebibytes'),
    resident: bytes('residentMebibytes'),
  };
  return { crowd, server, clients, figures };
}

async function cpuOf({ postgres }: Stage, gathered: readonly Gathered[]) {
  return {
    servers: await Promise.all(gathered.map(({ server }) => server.cpuMicroseconds())),
    postgres: postgresCpuMicroseconds(postgres.processId) ?? Number.NaN,
  };
}
