import type { RunningContender } from '../contender-process.ts';
import { startRedis } from '../redis.ts';
import { median, percentiles } from '../statistics.ts';
import { printTable } from '../table.ts';
import type { Clients } from './client-process.ts';
import type { Stage } from './stage.ts';

const PERCENTS = [50, 95, 99];
const PER_SECOND = 200;
/** in each round, of which the first only warms up */
const WRITES = 300;
const ROUNDS = 3;
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

/** Delays in milliseconds: from the request and from its answer, each for all of `PERCENTS`. */
interface Delays {
  readonly percentiles: readonly number[];
  readonly errors: number;
  readonly missing: number;
}

/** How long after a write its event arrives, at 200 writes a second, in turns. */
export async function measureDelays(stage: Stage, server: RunningContender, clients: Clients): Promise<void> {
  const ways = await waysOf(stage, server);
  const cases = ways.flatMap((way) => CROWDS.map((crowd) => ({ way, crowd, delays: [] as Delays[] })));
  for (let round = 0; round <= ROUNDS; round++) {
    console.error(`- the delay of events, round ${round} of ${ROUNDS}`);
    for (const { way, crowd, delays } of cases) {
      const measured = await delaysOf(stage, way, crowd.users, clients);
      if (round > 0) delays.push(measured);
    }
  }
  const head = ['', ' from the answer'].flatMap((from) => PERCENTS.map((percent) => `p${percent}${from}, ms`));
  printTable(
    ['way', 'subscribers', ...head, 'errors', 'missing'],
    cases.map(({ way, crowd, delays }) => [
      way.title,
      crowd.title,
      ...head.map((_name, index) => median(delays.map((delay) => delay.percentiles[index]!)).toFixed(1)),
      String(delays.reduce((sum, { errors }) => sum + errors, 0)),
      String(delays.reduce((sum, { missing }) => sum + missing, 0)),
    ]),
  );
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

async function delaysOf({ users }: Stage, way: Way, count: number, clients: Clients): Promise<Delays> {
  const tokens = users.slice(0, count).map(({ token }) => token);
  const subscribed = Array.from({ length: PER_USER }, () => tokens).flat();
  await clients.subscribe(way.telling, { transport: 'WebSocket', tokens: subscribed });
  const written = { tokens, perSecond: PER_SECOND, subscribers: PER_USER, count: WRITES };
  const { fromRequest, fromAnswer, errors, missing } = await clients.write(way.writing, written);
  await clients.unsubscribe(way.telling);
  return {
    percentiles: [...percentiles(fromRequest, PERCENTS), ...percentiles(fromAnswer, PERCENTS)],
    errors,
    missing,
  };
}
