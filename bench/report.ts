import { availableParallelism, cpus } from 'node:os';
import type { Options } from './options.ts';
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
  const faults = summaries.flatMap(({ contender, firstError }) => (firstError ? `${contender}: ${firstError}` : []));
  const table = [line(COLUMNS.map(([heading]) => heading)), rule, ...rows.map(line)];
  return [`${workload.name}: ${workload.title}`, '', ...table, ...faults, ''].join('\n');
}

/** Where a result comes from; without this, figures of two runs cannot be compared. */
export function describeRun(options: Options, postgresVersion: string) {
  return {
    date: new Date().toISOString(),
    node: process.version,
    postgres: postgresVersion,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    rounds: options.rounds,
    seconds: options.seconds,
    connections: options.connections,
    users: options.users,
    tasksPerUser: options.tasksPerUser,
    rateLimits: options.rateLimits,
  };
}
