import { z } from 'zod';
import { cursorText, pageNumber, pageSize } from '../core/paging.ts';
import { textSchema } from '../core/text.ts';
import { timeZone } from '../core/time-zone.schema.ts';
import { TIMESTAMP_PATTERN } from '../core/timestamp.ts';
import { DUE_WINDOWS } from './task.due.ts';
import { calendarDate, completed, MAXIMUM_TAGS, priority, taskId } from './task.inputs.ts';
import { TASK_ORDER_FIELDS } from './task.order.ts';

/** What the service accepts to be asked for a list of tasks. */

const MAXIMUM_CONDITIONS = 50;
const MAXIMUM_FILTER_DEPTH = 5;
const MAXIMUM_ORDER_KEYS = 3;
/** of one condition that lists them */
const MAXIMUM_IDS = 100;

const timestamp = z.string().regex(TIMESTAMP_PATTERN);
const rangeOf = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({ gt: value.nullish(), gte: value.nullish(), lt: value.nullish(), lte: value.nullish() });
const timeRange = rangeOf(timestamp);

export const FILTER_TIME_FIELDS = ['createdAt', 'updatedAt', 'completedAt', 'dueAt'] as const;

const ids = z.array(taskId).max(MAXIMUM_IDS, `must have at most ${MAXIMUM_IDS} ids`);
const tagIds = z.array(taskId).max(MAXIMUM_TAGS, `must have at most ${MAXIMUM_TAGS} tags`);

const taskFilter = z.strictObject({
  completed: completed.nullish(),
  priorityIn: z.array(priority).nullish(),
  createdAt: timeRange.nullish(),
  updatedAt: timeRange.nullish(),
  completedAt: timeRange.nullish(),
  dueAt: timeRange.nullish(),
  dueDate: rangeOf(calendarDate).nullish(),
  due: z.enum(DUE_WINDOWS, `must be one of ${DUE_WINDOWS.join(', ')}`).nullish(),
  timeZone: timeZone.nullish(),
  hasDue: z.boolean().nullish(),
  isRecurring: z.boolean().nullish(),
  tags: z.strictObject({ any: tagIds.nullish(), all: tagIds.nullish(), none: tagIds.nullish() }).nullish(),
  listIn: ids.nullish(),
  hasList: z.boolean().nullish(),
  parentIn: ids.nullish(),
  hasParent: z.boolean().nullish(),
  get and() {
    return z.array(taskFilter).min(1, 'must not be empty').nullish();
  },
  get or() {
    return z.array(taskFilter).min(1, 'must not be empty').nullish();
  },
  get not() {
    return taskFilter.nullish();
  },
});
/** Conditions of one filter are all required; `null` says the same as an absent one. */
export type TaskFilter = z.output<typeof taskFilter>;

/** Counted before anything walks the filter in earnest: depth and size bound the SQL that is made of it. */
function filterSize(filter: unknown, depth: number): number {
  if (depth > MAXIMUM_FILTER_DEPTH) return Number.POSITIVE_INFINITY;
  if (typeof filter !== 'object' || filter === null) return 0;
  const { and, or, not, ...conditions } = filter as Record<string, unknown>;
  const branches = [and, or].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...branches, not].reduce<number>(
    (size, branch) => size + filterSize(branch, depth + 1),
    Math.max(1, Object.keys(conditions).length),
  );
}

export const boundedFilter = z
  .unknown()
  .refine((filter) => filterSize(filter, 1) <= MAXIMUM_CONDITIONS, {
    error: `must have at most ${MAXIMUM_CONDITIONS} conditions in ${MAXIMUM_FILTER_DEPTH} levels`,
    abort: true,
  })
  .pipe(taskFilter);

const search = textSchema({ minimum: 0, maximum: 200, trim: true });

export const taskCriteria = z.strictObject({ filter: boundedFilter.nullish(), search: search.nullish() });
export type TaskCriteriaInput = z.input<typeof taskCriteria>;
export type TaskCriteria = z.output<typeof taskCriteria>;

const orderBy = z
  .array(
    z.strictObject({
      field: z.enum(TASK_ORDER_FIELDS),
      direction: z.enum(['asc', 'desc']),
      nulls: z.enum(['first', 'last']).nullish(),
    }),
  )
  .max(MAXIMUM_ORDER_KEYS, `must have at most ${MAXIMUM_ORDER_KEYS} keys`)
  .refine((keys) => new Set(keys.map((key) => key.field)).size === keys.length, 'must not name a field twice');

interface Ordered {
  search?: string | null | undefined;
  orderBy?: readonly { field: string }[] | null | undefined;
}

const RELEVANCE_OF_NOTHING = { path: ['orderBy'], error: 'RELEVANCE needs a search' };
const hasRelevance = ({ search, orderBy }: Ordered) =>
  Boolean(search) || !orderBy?.some(({ field }) => field === 'relevance');

export const taskConnectionQuery = z
  .strictObject({
    ...taskCriteria.shape,
    first: pageSize.nullish(),
    after: cursorText.nullish(),
    last: pageSize.nullish(),
    before: cursorText.nullish(),
    orderBy: orderBy.nullish(),
  })
  .refine(({ first, last }) => first == null || last == null, {
    path: ['last'],
    error: 'must not be given together with first',
  })
  .refine(hasRelevance, RELEVANCE_OF_NOTHING);
export type TaskConnectionQuery = z.input<typeof taskConnectionQuery>;

export const taskPageQuery = z
  .strictObject({
    ...taskCriteria.shape,
    page: pageNumber,
    limit: pageSize,
    orderBy,
  })
  .refine(hasRelevance, RELEVANCE_OF_NOTHING);
export type TaskPageQuery = z.input<typeof taskPageQuery>;
