import { Client } from 'pg';
import { checkContender } from './check.ts';
import { atEnd } from './cleanup.ts';
import type { RunningContender } from './contender-process.ts';
import { CONTENDERS } from './contenders.ts';
import { type Measurement, measure } from './measure.ts';
import { migrate } from './migrate.ts';
import { type Options, USUAL_CONNECTIONS } from './options.ts';
import { type BenchPostgres, startPostgres } from './postgres.ts';
import { LIST_LENGTH, restore, type SeededData, seed } from './seed.ts';
import { startContenders } from './start-contenders.ts';
import { type Summary, summarise } from './summary.ts';
import { createWitness } from './witness.ts';
import { type Scene, WARM_UP, WORKLOADS, type Workload } from './workloads.ts';

/** Told about the progress of a run. */
export interface Observer {
  note(message: string): void;
  finished(workload: Workload, summaries: readonly Summary[]): void;
}

export interface BenchmarkResult {
  readonly postgresVersion: string;
  readonly summaries: readonly Summary[];
}

/** What the steps of one run share. */
interface Bench {
  readonly options: Options;
  readonly observer: Observer;
  readonly postgres: BenchPostgres;
  readonly database: Client;
  readonly data: SeededData;
  readonly servers: readonly RunningContender[];
}

/** A contender under one workload. */
interface Entry {
  readonly server: RunningContender;
  readonly scene: Scene;
  readonly rounds: Measurement[];
}

/** Sets everything up and measures the chosen workloads. What it has started stops at the end of the benchmark. */
export async function runBenchmark(options: Options, observer: Observer): Promise<BenchmarkResult> {
  observer.note('starting PostgreSQL');
  const postgres = await startPostgres();
  const database = await connect(postgres);
  await migrate(postgres.url);
  observer.note(
    `seeding ${options.users} users with ${options.tasksPerUser} tasks each, and one with ${options.largeUserTasks}`,
  );
  const workloads = WORKLOADS.filter(({ name }) => options.workloads.includes(name));
  const needed = CONTENDERS.filter(
    ({ name }) => options.contenders.includes(name) && workloads.some(({ without }) => !without.includes(name)),
  );
  // At the same time, because PostgreSQL seeds with one core.
  const [data, servers] = await Promise.all([
    seed(database, options),
    startContenders(needed, options.rateLimits, postgres, observer.note),
  ]);
  const bench = { options, observer, postgres, database, data, servers };
  await warmUp(bench);
  const summaries: Summary[] = [];
  for (const workload of workloads) {
    const ofWorkload = await runWorkload(bench, workload);
    observer.finished(workload, ofWorkload);
    summaries.push(...ofWorkload);
  }
  const version = await database.query<{ server_version: string }>('show server_version');
  return { postgresVersion: version.rows[0]?.server_version ?? 'unknown', summaries };
}

async function connect(postgres: BenchPostgres): Promise<Client> {
  const database = new Client({ connectionString: postgres.url });
  // A connection that breaks fails the next query; without a listener it would also be an uncaught error.
  database.on('error', () => undefined);
  await database.connect();
  atEnd(() => database.end());
  return database;
}

/**
 * Lets V8 compile what all workloads share, and what takes it longest. Measured: flushing MikroORM's unit of work costs
 * 115 µs at first and 50 µs after some 30,000 requests, which no warming up of a single workload's length reaches.
 */
async function warmUp(bench: Bench): Promise<void> {
  const { options, observer, database, servers } = bench;
  if (options.firstWarmUpSeconds === 0) return;
  for (const server of servers) {
    observer.note(`warming up ${server.contender.name}`);
    const entry = { server, scene: await sceneOf(bench, server), rounds: [] };
    await runRound(bench, WARM_UP, entry, 0, options.firstWarmUpSeconds);
    await restore(database);
  }
}

/** Checks and warms up every contender, then measures them in turns: what disturbs the machine disturbs all alike. */
async function runWorkload(bench: Bench, workload: Workload): Promise<Summary[]> {
  const { options, observer, database } = bench;
  const entries: Entry[] = [];
  for (const server of bench.servers.filter(({ contender }) => !workload.without.includes(contender.name))) {
    observer.note(`${workload.name}: checking and warming up ${server.contender.name}`);
    const scene = await sceneOf(bench, server);
    await checkContender(server, workload.name, database, scene);
    const entry = { server, scene, rounds: [] };
    await runRound(bench, workload, entry, 0, options.warmUpSeconds);
    entries.push(entry);
  }
  if (workload.writes) await restore(database);
  for (let round = 1; round <= options.rounds; round += 1) {
    observer.note(`${workload.name}: round ${round} of ${options.rounds}`);
    for (const entry of rotated(entries, round)) {
      entry.rounds.push(await runRound(bench, workload, entry, round, options.seconds));
      if (workload.writes) await restore(database);
    }
  }
  const floor = entries.find(({ server }) => server.contender === CONTENDERS[0])?.rounds;
  return Promise.all(
    entries.map(async ({ server, rounds }) =>
      summarise(workload.name, server.contender, rounds, floor, await server.residentMebibytes()),
    ),
  );
}

async function sceneOf({ data, database }: Bench, { contender, port }: RunningContender): Promise<Scene> {
  const { protocol } = contender;
  const witness = createWitness(port, database);
  try {
    const deepCursor = await protocol.cursorOf(data.deepPlace, LIST_LENGTH, (call) =>
      witness.ask(data.largeUser, call),
    );
    return { ...data, protocol, deepCursor };
  } finally {
    witness.close();
  }
}

function runRound(
  { options, postgres }: Bench,
  workload: Workload,
  { server, scene }: Entry,
  round: number,
  seconds: number,
): Promise<Measurement> {
  const connections = options.connections ?? workload.connections ?? USUAL_CONNECTIONS;
  const plan = { workload, scene, port: server.port, connections, seconds, randomSeed: round + 1 };
  return measure(server, postgres, plan);
}

/** Nobody always follows the same neighbour. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}
