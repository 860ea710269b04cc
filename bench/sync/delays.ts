import type { RunningContender } from '../contender-process.ts';
import { percentiles } from '../statistics.ts';
import { printTable } from '../table.ts';
import type { Clients } from './client-process.ts';
import { startRedis } from './redis.ts';
import type { Stage } from './stage.ts';

const PERCENTS = [50, 95, 99];
const PER_SECOND = 200;
const WRITES = 1000;
const WARM_UP = 200;
const CROWDS = [
  { title: 'one user, 2 subscribers', users: 1 },
  { title: '50 users, 2 subscribers each', users: 50 },
];
const PER_USER = 2;

interface Way {
  readonly title: string;
  /** whom the writes are sent to */
  readonly writing: RunningContender;
  /** whom the subscribers are connected to */
  readonly telling: RunningContender;
}

/** How long after a write its event arrives, at 200 writes a second. */
export async function measureDelays(stage: Stage, server: RunningContender, clients: Clients): Promise<void> {
  const rows: string[][] = [];
  for (const way of await waysOf(stage, server)) {
    for (const { title, users } of CROWDS) {
      console.error(`- the delay of events, ${way.title}, ${title}`);
      rows.push([way.title, title, ...(await delaysOf(stage, way, users, clients))]);
    }
  }
  const head = [
    ...PERCENTS.map((percent) => `p${percent}`),
    ...PERCENTS.map((percent) => `p${percent} from the answer`),
  ];
  printTable(['way', 'subscribers', ...head.map((name) => `${name}, ms`), 'errors', 'missing'], rows);
}

async function waysOf({ startServer }: Stage, server: RunningContender): Promise<Way[]> {
  const ways: Way[] = [
    { title: 'one process', writing: server, telling: server },
    { title: 'two instances, LISTEN', writing: server, telling: await startServer() },
  ];
  const redis = await startRedis();
  if (redis === undefined) console.error('- no redis-server in PATH: two instances with Redis are left out');
  else {
    const settings = { REDIS_URL: redis };
    const [writing, telling] = [await startServer(settings), await startServer(settings)];
    ways.push({ title: 'two instances, Redis', writing, telling });
  }
  return ways;
}

async function delaysOf(
  { users }: Stage,
  { writing, telling }: Way,
  count: number,
  clients: Clients,
): Promise<string[]> {
  const tokens = users.slice(0, count).map(({ token }) => token);
  const subscribed = Array.from({ length: PER_USER }, () => tokens).flat();
  await clients.subscribe(telling, { transport: 'WebSocket', tokens: subscribed });
  const written = { tokens, perSecond: PER_SECOND, subscribers: PER_USER };
  await clients.write(writing, { ...written, count: WARM_UP });
  const { fromRequest, fromAnswer, errors, missing } = await clients.write(writing, { ...written, count: WRITES });
  await clients.unsubscribe(telling);
  const delays = [...percentiles(fromRequest, PERCENTS), ...percentiles(fromAnswer, PERCENTS)];
  return [...delays.map((delay) => delay.toFixed(1)), String(errors), String(missing)];
}
