import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { type Options, USUAL_CONNECTIONS } from './options.ts';
import type { Summary } from './summary.ts';
import type { Workload } from './workloads.ts';

type Column = readonly [heading: string, cell: (summary: Summary) => string];

const COLUMNS: readonly Column[] = [
  ['contender', ({ contender }) => contender],
  ['requests/s', ({ requestsPerSecond }) => requestsPerSecond.toFixed(0)],
  ['p50 ms', ({ p50 }) => p50.toFixed(1)],
  ['p95 ms', ({ p95 }) => p95.toFixed(1)],
  ['p99 ms', ({ p99 }) => p99.toFixed(1)],
  ['errors', ({ errors }) => String(errors)],
  ['server CPU µs', ({ serverCpu }) => serverCpu.toFixed(0)],
  ['× floor', ({ timesFloor }) => timesFloor?.toFixed(2) ?? '-'],
  ['PostgreSQL CPU µs', ({ postgresCpu }) => postgresCpu?.toFixed(0) ?? '-'],
  ['both × floor', ({ timesFloorInAll }) => timesFloorInAll?.toFixed(2) ?? '-'],
  ['memory MiB', ({ residentMebibytes }) => String(residentMebibytes)],
];

/** One workload as a Markdown table that also reads well in a terminal. */
export function formatTable(workload: Workload, summaries: readonly Summary[]): string {
  const rows = summaries.map((summary) => COLUMNS.map(([, cell]) => cell(summary)));
  const widths = COLUMNS.map(([heading], index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, index) => (index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const faults = summaries.flatMap(({ contender, firstError }) =>
    firstError ? ['', `First error of ${contender}: ${firstError}`] : [],
  );
  const table = [line(COLUMNS.map(([heading]) => heading)), rule, ...rows.map(line)];
  return [`${workload.name}: ${workload.title}`, '', ...table, ...faults, ''].join('\n');
}

/** The packages that are measured beside the product's own code. */
const PACKAGES = ['@apollo/server', 'graphql', '@mikro-orm/core', 'fastify', 'mercurius', 'postgraphile', 'pg'];

export type RunDescription = ReturnType<typeof describeRun>;

/** Where a result comes from; without this, figures of two runs cannot be compared. */
export function describeRun(options: Options, postgresVersion: string) {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const versions = { ...devDependencies, ...dependencies };
  return {
    date: new Date().toISOString(),
    node: process.version,
    postgres: postgresVersion,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versions[name] ?? 'unknown'])),
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    rounds: options.rounds,
    seconds: options.seconds,
    firstWarmUpSeconds: options.firstWarmUpSeconds,
    warmUpSeconds: options.warmUpSeconds,
    connections: options.connections ?? `${USUAL_CONNECTIONS}, day 100`,
    users: options.users,
    tasksPerUser: options.tasksPerUser,
    largeUserTasks: options.largeUserTasks,
    rateLimits: options.rateLimits,
  };
}
