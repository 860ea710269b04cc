import { z } from 'zod';
import { isCalendarDate } from '../core/calendar-date.ts';
import { uuid } from '../core/input.schemas.ts';
import { textSchema } from '../core/text.ts';
import { timeZone } from '../core/time-zone.schema.ts';
import { parseTimestamp } from '../core/timestamp.ts';
import { isRank } from './task.rank.ts';
import { parseRecurrence } from './task.recurrence.parser.ts';
import { RECURRENCE_BASES, TASK_PRIORITIES } from './task.ts';

/** What the service accepts of a task. GraphQL and REST hand their input over as it is; these schemas alone decide. */

/** As the table's constraint has it. */
export const MAXIMUM_TAGS = 50;
const MAXIMUM_RULE = 500;

export const taskId = uuid;
const title = textSchema({ minimum: 1, maximum: 255, trim: true });
const description = textSchema({ minimum: 0, maximum: 65_536, trim: false });
export const completed = z.boolean('must be true or false');
export const priority = z.enum(TASK_PRIORITIES, `must be one of ${TASK_PRIORITIES.join(', ')}`);

export const calendarDate = z
  .string('must be a date')
  .refine(isCalendarDate, 'must be a date like 2026-12-24')
  .meta({ format: 'date', maxLength: 10 });
const moment = z
  .string('must be a time')
  .meta({ format: 'date-time', maxLength: 35 })
  .transform((text, context) => {
    const timestamp = parseTimestamp(text);
    if (timestamp !== undefined) return timestamp;
    context.addIssue('must be a time like 2026-01-23T09:30:00Z');
    return z.NEVER;
  });
const recurrence = z
  .string('must be text')
  .max(MAXIMUM_RULE, `must have at most ${MAXIMUM_RULE} characters`)
  .meta({ maxLength: MAXIMUM_RULE, pattern: '^[A-Za-z0-9=;:,+-]+$' })
  .transform((text, context) => {
    const parsed = parseRecurrence(text);
    if ('rule' in parsed) return parsed.rule;
    context.addIssue(parsed.fault);
    return z.NEVER;
  });

const tagIds = z
  .array(taskId, 'must be a list')
  .max(MAXIMUM_TAGS, `must have at most ${MAXIMUM_TAGS} tags`)
  .transform((ids) => [...new Set(ids)]);

const plan = {
  priority: priority.optional(),
  dueDate: calendarDate.nullish(),
  dueAt: moment.nullish(),
  dueTimeZone: timeZone.nullish(),
  recurrence: recurrence.nullish(),
  recurrenceBasis: z.enum(RECURRENCE_BASES, `must be one of ${RECURRENCE_BASES.join(', ')}`).optional(),
  listId: taskId.nullish(),
  parentId: taskId.nullish(),
};

interface DueInput {
  dueDate?: string | null | undefined;
  dueAt?: string | null | undefined;
}

const DUE_TWICE = { path: ['dueAt'], error: 'must not be given together with dueDate' };
const isDueOnce = ({ dueDate, dueAt }: DueInput) => dueDate == null || dueAt == null;

export const createTaskInput = z
  .strictObject(
    {
      id: taskId.nullish(),
      title,
      description: description.nullish(),
      completed: completed.optional(),
      ...plan,
      tagIds: tagIds.optional(),
    },
    'must be an object',
  )
  .refine(isDueOnce, DUE_TWICE)
  .refine(({ dueTimeZone, dueAt }) => dueTimeZone == null || dueAt != null, {
    path: ['dueTimeZone'],
    error: 'belongs to dueAt',
  })
  .refine(({ recurrence, dueDate, dueAt }) => recurrence == null || dueDate != null || dueAt != null, {
    path: ['recurrence'],
    error: 'needs dueDate or dueAt',
  });
export type CreateTaskInput = z.input<typeof createTaskInput>;

/** Whether a zone or a rule has a due date to belong to depends on the task, and is judged where that is known. */
export const updateTaskInput = z
  .strictObject(
    {
      title: title.optional(),
      description: description.nullish(),
      completed: completed.optional(),
      ...plan,
      tagIds: tagIds.optional(),
      addTags: tagIds.optional(),
      removeTags: tagIds.optional(),
    },
    'must be an object',
  )
  .refine(isDueOnce, DUE_TWICE)
  .refine(({ tagIds, addTags, removeTags }) => tagIds === undefined || (addTags ?? removeTags) === undefined, {
    path: ['tagIds'],
    error: 'must not be given together with addTags or removeTags',
  });
export type UpdateTaskInput = z.input<typeof updateTaskInput>;

/** The tasks that a moved one is to stand between; one of them is enough. */
export const moveInput = z
  .strictObject({ before: taskId.nullish(), after: taskId.nullish() }, 'must be an object')
  .refine(({ before, after }) => before != null || after != null, {
    path: ['before'],
    error: 'must be given, or else after',
  });
export type MoveInput = z.input<typeof moveInput>;

/** What `position` of a task can be, which an export brings back. */
export const position = z.string('must be text').refine(isRank, 'must be a position');
