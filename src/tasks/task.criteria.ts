import type { Parameters } from '../db/parameters.ts';
import { FILTER_TIME_FIELDS, type TaskCriteria, type TaskFilter } from './task.inputs.ts';
import type { DirectedKey, TaskSort } from './task.order.ts';

/** SQL of what a list is narrowed to. Every value goes through `parameters`; only constants reach the text. */

const TIME_COLUMNS = { createdAt: 'created_at', updatedAt: 'updated_at', completedAt: 'completed_at' } as const;
const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

export function criteriaConditions({ filter, search }: TaskCriteria, parameters: Parameters): string[] {
  return [
    ...(filter ? filterConditions(filter, parameters) : []),
    // As a sub-select it is evaluated once for each statement, in a plan for any values too.
    ...(search ? [`search @@ (select search_query(${parameters.add(search)}))`] : []),
  ];
}

function filterConditions(filter: TaskFilter, parameters: Parameters): string[] {
  const conditions: string[] = [];
  if (filter.completed != null) conditions.push(`completed = ${parameters.add(filter.completed)}`);
  for (const field of FILTER_TIME_FIELDS) {
    for (const [comparison, moment] of Object.entries(filter[field] ?? {})) {
      if (moment == null) continue;
      const operator = COMPARISONS[comparison as keyof typeof COMPARISONS];
      conditions.push(`${TIME_COLUMNS[field]} ${operator} ${parameters.add(moment)}::timestamptz`);
    }
  }
  for (const branch of filter.and ?? []) conditions.push(conjunction(branch, parameters));
  if (filter.or) conditions.push(`(${filter.or.map((branch) => conjunction(branch, parameters)).join(' or ')})`);
  // A task without a completion time fails `completedAt` and so must pass its opposite: null counts as false.
  if (filter.not) conditions.push(`not coalesce(${conjunction(filter.not, parameters)}, false)`);
  return conditions;
}

function conjunction(filter: TaskFilter, parameters: Parameters): string {
  const conditions = filterConditions(filter, parameters);
  return conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`;
}

/**
 * The rows strictly after (or before) the place that `values` name, as ranges that follow each other in the order.
 * Keys of one direction make one range, a row comparison that an index scan starts at; each change of direction adds
 * a range. The usual OR of equalities reads the whole prefix instead: 100 times slower at depth.
 */
export function rangesFrom(
  sort: TaskSort,
  values: readonly string[],
  side: 'after' | 'before',
  parameters: Parameters,
): string[] {
  const bound = sort.keys.map((key, index) => `${parameters.add(values[index])}::${key.type}`);
  const groups = directionGroups(sort.keys);
  const ranges = groups.map(({ start, end, direction }) => {
    const equal = sort.keys.slice(0, start).map((key, index) => `${key.column} = ${bound[index]}`);
    const columns = sort.keys.slice(start, end).map((key) => key.column);
    const operator = (direction === 'asc') === (side === 'after') ? '>' : '<';
    return [...equal, `(${columns.join(', ')}) ${operator} (${bound.slice(start, end).join(', ')})`].join(' and ');
  });
  // The last group differs least from the place itself, so its range comes first.
  return ranges.reverse();
}

function directionGroups(keys: readonly DirectedKey[]): { start: number; end: number; direction: string }[] {
  const groups: { start: number; end: number; direction: string }[] = [];
  keys.forEach(({ direction }, index) => {
    const last = groups.at(-1);
    if (last?.direction === direction) last.end = index + 1;
    else groups.push({ start: index, end: index + 1, direction });
  });
  return groups;
}

export function orderClause(sort: TaskSort): string {
  return sort.keys.map((key) => `${key.column} ${key.direction}`).join(', ');
}
