import { runToEnd, temporaryDirectory } from '../cleanup.ts';
import { startContender } from '../contender-process.ts';
import { CONTENDERS, requireCompiled } from '../contenders.ts';
import { percentiles } from '../statistics.ts';
import { printTable } from '../table.ts';
import { type MemoryFigures, measureActiveRequests, measureIdleConnections } from './connections.ts';
import { type Production, prepareProduction } from './production.ts';
import { measureStart, type StartFigures } from './started-server.ts';

/** `npm run bench:start`: what the product takes to start, and what connections and requests take while they are there. */
const ROUNDS = 5;
const USERS = 50;
const IDLE = [1000, 5000];
const ACTIVE = [1000];
const TASKS_PER_USER = 50;

async function measureStarts({ settings }: Production): Promise<void> {
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

async function measureMemory({ postgres, data: { users }, settings }: Production): Promise<void> {
  const product = CONTENDERS.find(({ name }) => name === 'product')!;
  // Answers from memory would not wait for the table.
  const waiting = { DATABASE_POOL_TIMEOUT: '60000', DATABASE_STATEMENT_TIMEOUT: '60000', RESULT_CACHE_SIZE: '0' };
  const server = await startContender(product, { ...settings, ...waiting });
  // What is made at the first request, and again at the first thousand, is not of connections.
  await measureIdleConnections(server, IDLE[0]!);
  await measureActiveRequests(server, postgres.url, users, ACTIVE[0]!);
  const rows: [string, MemoryFigures][] = [];
  for (const count of IDLE) rows.push(['idle connections', await measureIdleConnections(server, count)]);
  for (const count of ACTIVE)
    rows.push(['active requests', await measureActiveRequests(server, postgres.url, users, count)]);
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

async function main(): Promise<void> {
  requireCompiled(['product']);
  const production = await prepareProduction(USERS, TASKS_PER_USER);
  await measureStarts(production);
  await measureMemory(production);
}

await runToEnd(main);
