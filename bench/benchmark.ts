import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { applicationUrl, provideLogin } from '../src/db/application-role.ts';
import { checkContender } from './check.ts';
import { atEnd } from './cleanup.ts';
import { type RunningContender, startContender } from './contender-process.ts';
import { CONTENDERS } from './contenders.ts';
import { type Measurement, measure } from './measure.ts';
import { migrate } from './migrate.ts';
import type { Options } from './options.ts';
import { type BenchPostgres, startPostgres } from './postgres.ts';
import { restore, type SeededUser, seed } from './seed.ts';
import { type Summary, summarise } from './summary.ts';
import { TOKEN_SECRET } from './tokens.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

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
  readonly users: readonly SeededUser[];
  readonly servers: readonly RunningContender[];
}

/** High enough never to be hit, so that counting is paid for and nothing is refused. */
const UNREACHABLE_RATE_LIMIT_SCALE = '1000000';

/** Sets everything up and measures the chosen workloads. What it has started stops at the end of the benchmark. */
export async function runBenchmark(options: Options, observer: Observer): Promise<BenchmarkResult> {
  observer.note('starting PostgreSQL');
  const postgres = await startPostgres();
  const database = await connect(postgres);
  await migrate(postgres.url);
  observer.note(`seeding ${options.users} users with ${options.tasksPerUser} tasks each`);
  const users = await seed(database, options.users, options.tasksPerUser);
  const servers = await startContenders(options, observer, postgres);
  const bench = { options, observer, postgres, database, users, servers };
  const summaries: Summary[] = [];
  for (const workload of WORKLOADS.filter(({ name }) => options.workloads.includes(name))) {
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

async function startContenders(options: Options, observer: Observer, postgres: BenchPostgres) {
  const settings = contenderSettings(options, postgres);
  const bound = await boundSettings(postgres);
  const servers: RunningContender[] = [];
  for (const contender of CONTENDERS.filter(({ name }) => options.contenders.includes(name))) {
    observer.note(`starting ${contender.name}`);
    servers.push(await startContender(contender, { ...settings, ...(contender.isBound ? bound : {}) }));
  }
  return servers;
}

/** As the product is deployed: requests run as a role that owns nothing, migrations as the owner. */
async function boundSettings({ url }: BenchPostgres): Promise<Record<string, string>> {
  const password = randomBytes(24).toString('base64url');
  await provideLogin(url, password);
  return { DATABASE_URL: applicationUrl(url, password), DATABASE_URL_DIRECT: url };
}

function contenderSettings(options: Options, postgres: BenchPostgres): Record<string, string> {
  return {
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    HOST: '127.0.0.1',
    DATABASE_URL: postgres.url,
    BETTER_AUTH_SECRET: TOKEN_SECRET,
    RATE_LIMIT_SCALE: options.rateLimits ? UNREACHABLE_RATE_LIMIT_SCALE : '0',
  };
}

/** Checks and warms up every contender, then measures them in turns: what disturbs the machine disturbs all alike. */
async function runWorkload(bench: Bench, workload: Workload): Promise<Summary[]> {
  const { options, observer, servers, database, users } = bench;
  for (const server of servers) {
    observer.note(`${workload.name}: checking and warming up ${server.contender.name}`);
    await checkContender(server, workload.name, database, users[0]!);
    await runRound(bench, workload, server, 0, options.warmUpSeconds);
  }
  const measurements = new Map<string, Measurement[]>(servers.map(({ contender }) => [contender.name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    observer.note(`${workload.name}: round ${round} of ${options.rounds}`);
    for (const server of rotated(servers, round)) {
      const measurement = await runRound(bench, workload, server, round, options.seconds);
      measurements.get(server.contender.name)?.push(measurement);
    }
  }
  const floor = measurements.get(CONTENDERS[0]!.name);
  return [...measurements].map(([name, rounds]) => summarise(workload.name, name, rounds, floor));
}

async function runRound(
  { options, postgres, database, users }: Bench,
  workload: Workload,
  server: RunningContender,
  round: number,
  seconds: number,
): Promise<Measurement> {
  const { protocol } = server.contender;
  const plan = { workload, protocol, port: server.port, users, connections: options.connections, seconds };
  const measurement = await measure(server, postgres, { ...plan, randomSeed: round + 1 });
  if (workload.writes) await restore(database);
  return measurement;
}

/** Nobody always follows the same neighbour. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
