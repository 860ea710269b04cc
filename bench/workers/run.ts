import { runToEnd } from '../cleanup.ts';
import { requireCompiled } from '../contenders.ts';
import { type LoadPlan, type LoadResult, runLoad } from '../load.ts';
import { postgresCpuMicroseconds } from '../postgres-cpu.ts';
import { REST_PROTOCOL } from '../protocols/rest.ts';
import { prepareProduction } from '../start/production.ts';
import { type StartedServer, startServer } from '../start/started-server.ts';
import { median, percentiles } from '../statistics.ts';
import { type Scene, WORKLOADS, type Workload } from '../workloads.ts';

/**
 * `npm run bench:workers`: the same load on one process and on several. The load, the server and PostgreSQL share the
 * cores of the machine, so requests a second say what is left for the server; CPU for each request hardly depends on that.
 */
const WORKERS = [1, 2];
const ROUNDS = 5;
const SECONDS = 4;
const CONNECTIONS = 32;

/** What the server does by itself: token, limits, document and answer, and nothing that PostgreSQL would take a core for. */
const WITHOUT_DATABASE: Workload = {
  name: 'typename',
  title: 'GraphQL without the database',
  writes: false,
  without: [],
  nextRequest: ({ users }, random) => ({
    user: random.pick(users),
    call: { method: 'POST', path: '/graphql', body: '{"query":"{ viewer { __typename } }"}' },
  }),
};
const LIST = WORKLOADS.find(({ name }) => name === 'list')!;

interface Figures extends Pick<LoadResult, 'errors'> {
  requestsPerSecond: number;
  p95: number;
  /** CPU of all processes of the server for one request, in microseconds */
  serverCpu: number;
}

interface Contestant {
  readonly workers: number;
  readonly server: StartedServer;
}

async function measureOnce({ server }: Contestant, plan: Omit<LoadPlan, 'port'>): Promise<Figures> {
  const { port, processId } = server;
  const before = postgresCpuMicroseconds(processId) ?? Number.NaN;
  const { latencies, elapsedSeconds, errors } = await runLoad({ ...plan, port });
  const after = postgresCpuMicroseconds(processId) ?? Number.NaN;
  return {
    errors,
    requestsPerSecond: latencies.length / elapsedSeconds,
    p95: percentiles(latencies, [95])[0]!,
    serverCpu: (after - before) / latencies.length,
  };
}

/** In turns, so that what disturbs the machine disturbs all alike. */
async function compare(contestants: readonly Contestant[], scene: Scene, workload: Workload): Promise<void> {
  const measured = contestants.map((contestant) => ({ contestant, figures: [] as Figures[] }));
  const plan = { workload, scene, connections: CONNECTIONS, seconds: SECONDS };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { contestant, figures } of measured) {
      const result = await measureOnce(contestant, { ...plan, randomSeed: round + 1 });
      // The first round only warms up.
      if (round > 0) figures.push(result);
    }
  }
  console.log(
    `${workload.title}\n\n| workers | requests/s | p95 ms | server CPU µs | errors |\n| --- | --- | --- | --- | --- |`,
  );
  for (const { contestant, figures } of measured) {
    const middle = (name: keyof Figures) => median(figures.map((figure) => figure[name]));
    const numbers = [middle('requestsPerSecond').toFixed(0), middle('p95').toFixed(1), middle('serverCpu').toFixed(0)];
    const errors = figures.reduce((sum, figure) => sum + figure.errors, 0);
    console.log(`| ${contestant.workers} | ${numbers.join(' | ')} | ${errors} |`);
  }
  console.log();
}

async function main(): Promise<void> {
  requireCompiled(['product']);
  const { data, settings } = await prepareProduction(200, 50);
  // Nobody turns to a deep page here.
  const scene: Scene = { ...data, protocol: REST_PROTOCOL, deepCursor: '' };
  const contestants: Contestant[] = [];
  for (const workers of WORKERS) {
    contestants.push({ workers, server: await startServer({ ...settings, WORKERS: String(workers) }) });
  }
  for (const workload of [WITHOUT_DATABASE, LIST]) await compare(contestants, scene, workload);
}

await runToEnd(main);
