import { z } from 'zod';
import { createTaskInput, updateTaskInput } from './task.inputs.ts';
import type { TaskOrder } from './task.order.ts';
import type { TaskRow } from './task.ts';

/** How REST shows and takes tasks: the names of the contract, in snake_case. */

const moment = z.iso.datetime();

export const taskResource = z
  .object({
    id: z.uuid(),
    title: z.string(),
    description: z.string().nullable(),
    completed: z.boolean(),
    completed_at: moment.nullable().describe('When it was completed; null while it is open.'),
    created_at: moment,
    updated_at: moment,
    version: z.int().describe('Starts at 1 and grows by 1 with every change; also the ETag.'),
  })
  .meta({ id: 'Task', description: 'Something to be done. Belongs to exactly one user.' });
export type TaskResource = z.output<typeof taskResource>;

export const taskPage = z
  .object({ items: z.array(taskResource), total: z.int(), page: z.int(), limit: z.int() })
  .meta({ id: 'TaskPage', description: 'A page of a list of tasks.' });

export const taskCreation = createTaskInput.meta({ id: 'TaskCreation', description: 'A new task.' });

/** What clients send back of what they read is accepted and left alone; a `version` must be the current one. */
export const taskUpdate = updateTaskInput
  .extend({
    id: z.unknown().optional().describe('Ignored.'),
    completed_at: z.unknown().optional().describe('Ignored.'),
    created_at: z.unknown().optional().describe('Ignored.'),
    updated_at: z.unknown().optional().describe('Ignored.'),
    version: z.int().optional().describe('The version that was read; 409 if the task has changed since.'),
  })
  .meta({ id: 'TaskUpdate', description: 'Changes of a task: absent fields stay, null clears.' });

const SORT_NAMES = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  title: 'title',
  completed: 'completed',
} as const;
const SORT_PATTERN = /^-?(created_at|updated_at|title|completed)(,-?(created_at|updated_at|title|completed)){0,2}$/;

const whole = (description: string, maximum: number, fallback: number) =>
  z
    .string('must be given once')
    .regex(/^\d{1,7}$/, 'must be a whole number')
    .default(String(fallback))
    .meta({ description, type: 'integer', minimum: 1, maximum, default: fallback });

export const taskListQuery = z.strictObject({
  page: whole('Which page, from 1.', 1_000_000, 1),
  limit: whole('Tasks on a page.', 100, 20),
  sort: z
    .string('must be given once')
    .regex(
      SORT_PATTERN,
      `must be up to 3 of ${Object.keys(SORT_NAMES).join(', ')}, each with - before it for descending`,
    )
    .default('-created_at')
    .describe('Fields to sort by, comma-separated, each with `-` before it for descending.'),
  search: z.string().optional().describe('Words in title or description, each also as the beginning of a word.'),
  completed: z
    .enum(['true', 'false'], 'must be true or false')
    .optional()
    .describe('Only completed or only open tasks.'),
});

export const taskParameters = z.object({ id: z.string().describe('The id of the task.') });

export function toResource(task: TaskRow): TaskResource {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    completed: task.completed,
    completed_at: task.completedAt,
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    version: task.version,
  };
}

export function sortOrders(sort: string): TaskOrder[] {
  return sort.split(',').map((part) => {
    const name = part.replace('-', '') as keyof typeof SORT_NAMES;
    return { field: SORT_NAMES[name], direction: part.startsWith('-') ? 'desc' : 'asc' };
  });
}
