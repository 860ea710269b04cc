import { z } from 'zod';
import { isCalendarDate } from '../core/calendar-date.ts';
import { TEXT_PATTERN } from '../core/text.ts';
import { timeZone } from '../core/time-zone.schema.ts';
import { parseTimestamp } from '../core/timestamp.ts';
import { pageParameters } from '../http/paging.ts';
import { DUE_WINDOWS } from './task.due.ts';
import type { TaskCriteriaInput, TaskPageQuery } from './task.list-inputs.ts';
import type { TaskOrder, TaskOrderField } from './task.order.ts';
import { TASK_PRIORITIES } from './task.ts';

/** How REST is asked for a list of tasks: one condition for each parameter, all of which must hold. */

const SORT_NAMES: Record<string, TaskOrderField> = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  completed_at: 'completedAt',
  title: 'title',
  completed: 'completed',
  priority: 'priority',
  due: 'due',
  position: 'position',
  relevance: 'relevance',
};
const NAMES = Object.keys(SORT_NAMES).join('|');
const SORT_PATTERN = new RegExp(`^-?(${NAMES})(,-?(${NAMES})){0,2}$`);
const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
/** of one parameter */
const MAXIMUM_IDS = 50;

const ids = (description: string) =>
  z
    .string('must be given once')
    .regex(new RegExp(`^${UUID}(,${UUID}){0,${MAXIMUM_IDS - 1}}$`), `must be up to ${MAXIMUM_IDS} ids, comma-separated`)
    .optional()
    .meta({ maxLength: 37 * MAXIMUM_IDS, description });
const flag = (description: string) =>
  z.enum(['true', 'false'], 'must be true or false').optional().meta({ description, type: 'boolean', enum: undefined });
const bound = (description: string) =>
  z
    .string('must be given once')
    .refine(
      (text) => isCalendarDate(text) || parseTimestamp(text) !== undefined,
      'must be a date like 2026-12-24, or a time like 2026-12-24T10:00:00Z',
    )
    .optional()
    .meta({ maxLength: 35, pattern: '^[0-9TtZz:.+-]+$', description });

const isDay = (text: string) => text.length === 10;

const conditions = {
  search: z
    .string()
    .optional()
    .meta({
      maxLength: 200,
      pattern: TEXT_PATTERN,
      description:
        'Words in title or description, each also as the beginning of a word, and "phrases in double quotes", whole words ' +
        'next to each other; all must be there.',
    }),
  completed: flag('Only completed or only open tasks.'),
  priority: z
    .string('must be given once')
    .regex(
      new RegExp(`^(${TASK_PRIORITIES.join('|')})(,(${TASK_PRIORITIES.join('|')})){0,4}$`),
      `must be of ${TASK_PRIORITIES.join(', ')}, comma-separated`,
    )
    .optional()
    .meta({ maxLength: 40, description: 'One of these priorities, comma-separated.' }),
  due: z
    .enum(DUE_WINDOWS, `must be one of ${DUE_WINDOWS.join(', ')}`)
    .optional()
    .meta({
      description: 'Due in this span of days. OVERDUE tasks are open.',
    }),
  time_zone: timeZone.optional().meta({
    maxLength: 64,
    pattern: '^[A-Za-z0-9_+/-]+$',
    description: "For `due`: the IANA time zone of the days; the user's own when absent.",
  }),
  due_from: bound('Due on this day or after (`2026-12-24`), or at this moment or after (`2026-12-24T10:00:00Z`).'),
  due_to: bound('Due before this day, or before this moment.'),
  has_due: flag('Only tasks with or without a due date or moment.'),
  recurring: flag('Only tasks that recur, or do not.'),
  tags: ids('At least one of these tags, by their ids, comma-separated.'),
  all_tags: ids('All of these tags.'),
  no_tags: ids('None of these tags.'),
  list_id: ids('In one of these lists, comma-separated.'),
  has_list: flag('Only tasks in some list, or in none.'),
  parent_id: ids('Part of one of these tasks, comma-separated.'),
  has_parent: flag('Only subtasks, or only tasks that are none.'),
};

interface DueBounds {
  due_from?: string | undefined;
  due_to?: string | undefined;
}

const OF_ONE_KIND = { path: ['due_to'], error: 'must be a date if due_from is one, and a time if it is one' };
const isOfOneKind = ({ due_from: from, due_to: to }: DueBounds) =>
  from === undefined || to === undefined || isDay(from) === isDay(to);

const { search: _search, ...withoutSearch } = conditions;

/** What a list is narrowed to. */
export const taskFilterQuery = z.strictObject(conditions).refine(isOfOneKind, OF_ONE_KIND);
/** The same where a search would be too vague. */
export const taskConditionsQuery = z.strictObject(withoutSearch).refine(isOfOneKind, OF_ONE_KIND);
type TaskFilterQuery = z.output<typeof taskFilterQuery>;

export const taskListQuery = z
  .strictObject({
    ...pageParameters('Tasks'),
    sort: z
      .string('must be given once')
      .regex(
        SORT_PATTERN,
        `must be up to 3 of ${Object.keys(SORT_NAMES).join(', ')}, each with - before it for descending`,
      )
      .default('-created_at')
      .meta({
        maxLength: 100,
        description:
          'Fields to sort by, comma-separated, each with `-` before it for descending. What has no value comes last. ' +
          '`-relevance` needs `search`.',
      }),
    ...conditions,
  })
  .refine(({ sort, search }) => Boolean(search?.trim()) || !/\brelevance\b/.test(sort), {
    path: ['sort'],
    error: 'must not have relevance without search',
  })
  .refine(isOfOneKind, OF_ONE_KIND);
type TaskListQuery = z.output<typeof taskListQuery>;

/** The same question as the service takes it. */
export function pageQueryOf(query: TaskListQuery): TaskPageQuery {
  const { page, limit, sort } = query;
  return { page: Number(page), limit: Number(limit), orderBy: sortOrders(sort), ...criteriaOf(query) };
}

export function criteriaOf(query: TaskFilterQuery): TaskCriteriaInput {
  return { search: query.search, filter: filterOf(query) };
}

export function filterOf(query: Omit<TaskFilterQuery, 'search'>): TaskCriteriaInput['filter'] {
  const filter = {
    completed: flagOf(query.completed),
    priorityIn: query.priority?.split(','),
    due: query.due,
    timeZone: query.time_zone,
    ...dueRange(query),
    hasDue: flagOf(query.has_due),
    isRecurring: flagOf(query.recurring),
    tags: tagsOf(query),
    listIn: query.list_id?.split(','),
    hasList: flagOf(query.has_list),
    parentIn: query.parent_id?.split(','),
    hasParent: flagOf(query.has_parent),
  };
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
  // A zone by itself narrows nothing, and a bulk write must not take that for a condition.
  return asked.every(([name]) => name === 'timeZone') ? undefined : Object.fromEntries(asked);
}

const flagOf = (text: string | undefined) => (text === undefined ? undefined : text === 'true');

/** Days are compared with dates, moments with moments. */
function dueRange({ due_from: from, due_to: to }: TaskFilterQuery) {
  if (from === undefined && to === undefined) return {};
  if (isDay(from ?? to ?? '')) return { dueDate: { gte: from, lt: to } };
  const momentOf = (text: string | undefined) => text && parseTimestamp(text);
  return { dueAt: { gte: momentOf(from), lt: momentOf(to) } };
}

function tagsOf({ tags, all_tags: all, no_tags: none }: TaskFilterQuery) {
  if (tags === undefined && all === undefined && none === undefined) return undefined;
  return { any: tags?.split(','), all: all?.split(','), none: none?.split(',') };
}

function sortOrders(sort: string): TaskOrder[] {
  return sort.split(',').flatMap((part) => {
    const field = SORT_NAMES[part.replace('-', '')];
    return field === undefined ? [] : { field, direction: part.startsWith('-') ? 'desc' : 'asc' };
  });
}
