import { z } from 'zod';
import { cursorText, pageNumber, pageSize } from '../core/paging.ts';
import { textSchema } from '../core/text.ts';
import { TIMESTAMP_PATTERN } from '../core/timestamp.ts';
import { TASK_ORDER_FIELDS } from './task.order.ts';

export { MAXIMUM_PAGE_SIZE } from '../core/paging.ts';

/** What the service accepts. GraphQL and REST hand their input over as it is; these schemas alone decide. */

const MAXIMUM_CONDITIONS = 50;
const MAXIMUM_FILTER_DEPTH = 5;
const MAXIMUM_ORDER_KEYS = 3;

export const taskId = z
  .uuid('must be a UUID')
  .meta({ maxLength: 36 })
  .transform((id) => id.toLowerCase());
const title = textSchema({ minimum: 1, maximum: 255, trim: true });
const description = textSchema({ minimum: 0, maximum: 65_536, trim: false });
const completed = z.boolean('must be true or false');

export const createTaskInput = z.strictObject(
  {
    id: taskId.nullish(),
    title,
    description: description.nullish(),
    completed: completed.optional(),
  },
  'must be an object',
);
export type CreateTaskInput = z.input<typeof createTaskInput>;

export const updateTaskInput = z.strictObject(
  {
    title: title.optional(),
    description: description.nullish(),
    completed: completed.optional(),
  },
  'must be an object',
);
export type UpdateTaskInput = z.input<typeof updateTaskInput>;

/** A version that a change accepts. */
export const expectedVersion = z.int('must be a whole number').min(1, 'must be at least 1');

const timestamp = z.string().regex(TIMESTAMP_PATTERN);
const timeRange = z.strictObject({
  gt: timestamp.nullish(),
  gte: timestamp.nullish(),
  lt: timestamp.nullish(),
  lte: timestamp.nullish(),
});

export const FILTER_TIME_FIELDS = ['createdAt', 'updatedAt', 'completedAt'] as const;

const taskFilter = z.strictObject({
  completed: completed.nullish(),
  createdAt: timeRange.nullish(),
  updatedAt: timeRange.nullish(),
  completedAt: timeRange.nullish(),
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

const boundedFilter = z
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
  .array(z.strictObject({ field: z.enum(TASK_ORDER_FIELDS), direction: z.enum(['asc', 'desc']) }))
  .max(MAXIMUM_ORDER_KEYS, `must have at most ${MAXIMUM_ORDER_KEYS} keys`)
  .refine((keys) => new Set(keys.map((key) => key.field)).size === keys.length, 'must not name a field twice');

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
  });
export type TaskConnectionQuery = z.input<typeof taskConnectionQuery>;

export const taskPageQuery = z.strictObject({
  ...taskCriteria.shape,
  page: pageNumber,
  limit: pageSize,
  orderBy,
});
export type TaskPageQuery = z.input<typeof taskPageQuery>;
