import type { Parameters } from '../db/parameters.ts';
import { type DueSpan, type DueWindow, dueSpan } from './task.due.ts';
import { FILTER_TIME_FIELDS, type TaskCriteria, type TaskFilter } from './task.list-inputs.ts';
import { TASK_PRIORITIES } from './task.ts';

/** SQL of what a list is narrowed to. Every value goes through `parameters`; only constants reach the text. */

/** When a question is asked, and where the days of whoever asks begin: what is due today depends on it. */
export interface AsOf {
  /** milliseconds */
  now: number;
  timeZone: string;
}

/** `asOf` is there where a due window is. */
export interface DatedCriteria extends TaskCriteria {
  asOf?: AsOf | undefined;
}

const TIME_COLUMNS = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  completedAt: 'completed_at',
  dueAt: 'due_at',
} as const;
const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
/** Conditions of tags in one statement that may be what it is read by; see `Lookups`. */
const MAXIMUM_TAG_LOOKUPS = 4;

/**
 * How many more sub-selects there may be: each is a join to plan, and as many as the limits of filters allow took PostgreSQL
 * 1.2 to 4.1 s, twenty times what it takes now (measured 2026-11-28 on a busy machine).
 */
interface Lookups {
  left: number;
}

type Bounds = { [Comparison in keyof typeof COMPARISONS]?: string | null | undefined };

/** Conditions that hold for a list of rows; those of the owner and of deletion are for the caller. */
export function criteriaConditions({ filter, search, asOf }: DatedCriteria, parameters: Parameters): string[] {
  return [
    ...(filter ? filterConditions(filter, asOf, parameters, { left: MAXIMUM_TAG_LOOKUPS }) : []),
    // As a sub-select it is evaluated once for each statement, in a plan for any values too.
    ...(search ? [`search @@ (select search_query(${parameters.add(search)}))`] : []),
  ];
}

function filterConditions(
  filter: TaskFilter,
  asOf: AsOf | undefined,
  parameters: Parameters,
  lookups: Lookups,
): string[] {
  const conditions: string[] = [];
  const conjunction = (branch: TaskFilter) => {
    const parts = filterConditions(branch, asOf, parameters, lookups);
    return parts.length === 0 ? 'true' : `(${parts.join(' and ')})`;
  };
  if (filter.completed != null) conditions.push(`completed = ${parameters.add(filter.completed)}`);
  for (const field of FILTER_TIME_FIELDS) {
    conditions.push(...rangeConditions(TIME_COLUMNS[field], 'timestamptz', filter[field], parameters));
  }
  conditions.push(...planConditions(filter, asOf, parameters));
  conditions.push(...placeConditions(filter, parameters, lookups));
  for (const branch of filter.and ?? []) conditions.push(conjunction(branch));
  if (filter.or) conditions.push(`(${filter.or.map(conjunction).join(' or ')})`);
  // A task without a completion time fails `completedAt` and so must pass its opposite: null counts as false.
  if (filter.not) conditions.push(`not coalesce(${conjunction(filter.not)}, false)`);
  return conditions;
}

function rangeConditions(column: string, type: string, range: Bounds | null | undefined, parameters: Parameters) {
  return Object.entries(range ?? {}).flatMap(([comparison, value]) => {
    const operator = COMPARISONS[comparison as keyof typeof COMPARISONS];
    return value == null ? [] : `${column} ${operator} ${parameters.add(value)}::${type}`;
  });
}

/** What a task is planned for. */
function planConditions(filter: TaskFilter, asOf: AsOf | undefined, parameters: Parameters): string[] {
  const { priorityIn, dueDate, due, timeZone, hasDue, isRecurring } = filter;
  const conditions = rangeConditions('due_date', 'date', dueDate, parameters);
  if (priorityIn != null) {
    const places = priorityIn.map((priority) => TASK_PRIORITIES.indexOf(priority));
    conditions.push(`priority = any(${parameters.add(places)}::smallint[])`);
  }
  if (due != null) conditions.push(windowCondition(due, timeZone, asOf, parameters));
  if (hasDue != null) conditions.push(`due_sort is ${hasDue ? 'not null' : 'null'}`);
  if (isRecurring != null) conditions.push(`recurrence is ${isRecurring ? 'not null' : 'null'}`);
  return conditions;
}

function windowCondition(
  window: DueWindow,
  timeZone: string | null | undefined,
  asOf: AsOf | undefined,
  parameters: Parameters,
): string {
  if (!asOf) throw new Error('a due window needs a moment');
  const { fromDate, toDate, from, to }: DueSpan = dueSpan(window, asOf.now, timeZone ?? asOf.timeZone);
  const dates = rangeConditions('due_date', 'date', { gte: fromDate, lt: toDate }, parameters);
  const moments = rangeConditions('due_at', 'timestamptz', { gte: from, lt: to }, parameters);
  // What the index by due date is read by: clocks of two zones are never more than 26 hours apart.
  const near = rangeConditions('due_sort', "date - interval '2 days'", { gte: fromDate }, parameters);
  const until = rangeConditions('due_sort', "date + interval '2 days'", { lt: toDate }, parameters);
  const isOpen = fromDate === undefined ? ['completed = false'] : [];
  return [...isOpen, ...near, ...until, `((${dates.join(' and ')}) or (${moments.join(' and ')}))`].join(' and ');
}

/** Which tags, list and parent a task has. */
function placeConditions(filter: TaskFilter, parameters: Parameters, lookups: Lookups): string[] {
  const { tags, listIn, hasList, parentIn, hasParent } = filter;
  const conditions: string[] = [];
  if (tags?.any != null) conditions.push(hasAnyOf(tags.any, parameters, lookups));
  if (tags?.none != null) conditions.push(`not tag_ids && ${parameters.add(tags.none)}::uuid[]`);
  // One look at an index, however many: planning a join for each of some thousand tags took minutes. None asks for nothing.
  const [tag] = tags?.all ?? [];
  if (tag !== undefined) {
    conditions.push(hasAnyOf([tag], parameters, lookups), `tag_ids @> ${parameters.add(tags?.all)}::uuid[]`);
  }
  if (listIn != null) conditions.push(oneOf('list_id', listIn, parameters));
  if (hasList != null) conditions.push(`list_id is ${hasList ? 'not null' : 'null'}`);
  if (parentIn != null) conditions.push(oneOf('parent_id', parentIn, parameters));
  if (hasParent != null) conditions.push(`parent_id is ${hasParent ? 'not null' : 'null'}`);
  return conditions;
}

/** One is said by itself: only then is its index an order too. */
function oneOf(column: string, ids: readonly string[], parameters: Parameters): string {
  const [only] = ids;
  return ids.length === 1
    ? `${column} = ${parameters.add(only)}::uuid`
    : `${column} = any(${parameters.add(ids)}::uuid[])`;
}

/** Both mean the same: a list can be read by the first. */
function hasAnyOf(tags: readonly string[], parameters: Parameters, lookups: Lookups): string {
  const wanted = `${parameters.add(tags)}::uuid[]`;
  if (lookups.left === 0) return `tag_ids && ${wanted}`;
  lookups.left -= 1;
  return `id in (select task_id from task_tags where user_id = $1 and tag_id = any(${wanted}))`;
}

/** Whether the answer depends on when and where it is asked. */
export function hasDueWindow(filter: TaskFilter | null | undefined): boolean {
  if (filter == null) return false;
  const branches = [...(filter.and ?? []), ...(filter.or ?? []), filter.not];
  return filter.due != null || branches.some(hasDueWindow);
}
