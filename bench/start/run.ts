import { Client } from 'pg';
import { applicationUrl, provideLogin } from '../../src/db/application-role.ts';
import { cleanUp, cleanUpOnInterruption, temporaryDirectory } from '../cleanup.ts';
import { startContender } from '../contender-process.ts';
import { CONTENDERS, requireCompiled } from '../contenders.ts';
import { migrate } from '../migrate.ts';
import { startPostgres } from '../postgres.ts';
import { seed } from '../seed.ts';
import { percentiles } from '../statistics.ts';
import { TOKEN_SECRET } from '../tokens.ts';
import { type MemoryFigures, measureActiveRequests, measureIdleConnections } from './connections.ts';
import { measureStart, type StartFigures } from './started-server.ts';

/** `npm run bench:start`: what the product takes to start, and what connections and requests take while they are there. */
const ROUNDS = 7;
const USERS = 50;
const IDLE = [1000, 5000];
const ACTIVE = [1000];
const PASSWORD = 'start';

interface Database {
  ownerUrl: string;
  /** settings of production with this database */
  settings: Record<string, string>;
}

async function prepareDatabase() {
  const postgres = await startPostgres();
  await migrate(postgres.url);
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const users = await seed(client, USERS, 50);
  await client.end();
  await provideLogin(postgres.url, PASSWORD);
  const database: Database = {
    ownerUrl: postgres.url,
    settings: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      DATABASE_URL: applicationUrl(postgres.url, PASSWORD),
      DATABASE_URL_DIRECT: postgres.url,
      BETTER_AUTH_SECRET: TOKEN_SECRET,
      RATE_LIMIT_SCALE: '0',
    },
  };
  return { database, users };
}

async function measureStarts({ settings }: Database): Promise<void> {
  const embedded = { NODE_ENV: 'development', DATA_DIR: temporaryDirectory('embedded') };
  console.error('- the first start, which makes the embedded PostgreSQL');
  const first = await measureStart(embedded);
  const rows: [string, StartFigures[]][] = [['embedded PostgreSQL, the first time', [first]]];
  for (const [name, given] of [
    ['production, PostgreSQL running', settings],
    ['the same, two workers', { ...settings, WORKERS: '2' }],
    ['embedded PostgreSQL, made already', embedded],
  ] as const) {
    console.error(`- ${name}`);
    const figures: StartFigures[] = [];
    for (let round = 0; round < ROUNDS; round++) figures.push(await measureStart(given));
    rows.push([name, figures]);
  }
  printTable(
    ['start', 'ms', 'fastest', 'CPU ms', 'RSS MiB'],
    rows.map(([name, figures]) => [
      name,
      medianOf(figures, 'milliseconds').toFixed(0),
      Math.min(...figures.map(({ milliseconds }) => milliseconds)).toFixed(0),
      medianOf(figures, 'cpuMilliseconds').toFixed(0),
      medianOf(figures, 'residentMebibytes').toFixed(0),
    ]),
  );
}

async function measureMemory(
  { ownerUrl, settings }: Database,
  users: Awaited<ReturnType<typeof prepareDatabase>>['users'],
): Promise<void> {
  const product = CONTENDERS.find(({ name }) => name === 'product')!;
  const waiting = { DATABASE_POOL_TIMEOUT: '60000', DATABASE_STATEMENT_TIMEOUT: '60000' };
  const server = await startContender(product, { ...settings, ...waiting });
  // What is made at the first request, and again at the first thousand, is not of connections.
  await measureIdleConnections(server, IDLE[0]!);
  await measureActiveRequests(server, ownerUrl, users, ACTIVE[0]!);
  const rows: [string, MemoryFigures][] = [];
  for (const count of IDLE) rows.push(['idle connections', await measureIdleConnections(server, count)]);
  for (const count of ACTIVE)
    rows.push(['active requests', await measureActiveRequests(server, ownerUrl, users, count)]);
  printTable(
    ['memory of each of', 'count', 'heap KiB', 'RSS KiB'],
    rows.map(([name, figures]) => [
      name,
      String(figures.count),
      figures.heapKibibytes.toFixed(1),
      figures.residentKibibytes.toFixed(1),
    ]),
  );
}

function medianOf(figures: readonly StartFigures[], name: keyof StartFigures): number {
  return percentiles(
    figures.map((figure) => figure[name]),
    [50],
  )[0]!;
}

function printTable(head: string[], rows: string[][]): void {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n'));
}

async function main(): Promise<void> {
  requireCompiled(['product']);
  const { database, users } = await prepareDatabase();
  await measureStarts(database);
  await measureMemory(database, users);
}

cleanUpOnInterruption();
const exitCode = await main().then(
  () => 0,
  (error: unknown) => {
    console.error(error);
    return 1;
  },
);
await cleanUp();
process.exit(exitCode);
