import type { Relation } from './fill.ts';
import type { Growth } from './measure.ts';

/** What growth may cost. */
const ALLOWED = 1.3;

export interface Filled {
  tasks: number;
  seconds: number;
  relations: readonly Relation[];
}

export function growthTable(growth: readonly Growth[], small: Filled, large: Filled): string {
  const rows = growth.map(({ operation, small: before, large: after, ratio }) => [
    operation,
    before.cpuMicroseconds.toFixed(0),
    after.cpuMicroseconds.toFixed(0),
    `${ratio.toFixed(2)}${ratio > ALLOWED ? ' !' : ''}`,
    before.p50.toFixed(2),
    after.p50.toFixed(2),
    (after.p50 / before.p50).toFixed(2),
    before.p95.toFixed(2),
    after.p95.toFixed(2),
  ]);
  const [few, many] = [small, large].map(({ tasks }) => tasks.toLocaleString('en'));
  return table(
    [
      ...['operation', `PostgreSQL CPU µs, ${few} tasks`, `${many} tasks`, 'ratio'],
      ...['p50 ms', 'p50 ms, grown', 'ratio', 'p95 ms', 'p95 ms, grown'],
    ],
    rows,
  );
}

export function sizeTable(small: Filled, large: Filled): string {
  const rows = large.relations.map(({ name, bytes }) => [
    name,
    mebibytes(small.relations.find((relation) => relation.name === name)?.bytes ?? 0),
    mebibytes(bytes),
  ]);
  rows.push(['time to fill, s', small.seconds.toFixed(0), large.seconds.toFixed(0)]);
  return table(['MiB', ...[small, large].map(({ tasks }) => `${tasks.toLocaleString('en')} tasks`)], rows);
}

const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20).toLocaleString('en');

function table(titles: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(titles),
    `|---|${titles
      .slice(1)
      .map(() => '---:|')
      .join('')}`,
    ...rows.map(line),
  ].join('\n');
}
