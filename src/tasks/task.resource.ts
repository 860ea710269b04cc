import { z } from 'zod';
import { TEXT_PATTERN } from '../core/text.ts';
import { pageOf, pageParameters } from '../http/paging.ts';
import { createTaskInput, updateTaskInput } from './task.inputs.ts';
import type { TaskOrder } from './task.order.ts';
import type { TaskRow } from './task.ts';

/** How REST shows and takes tasks: the names of the contract, in snake_case. */

/** 2026-01-23T09:30:00.000Z */
const moment = z.iso.datetime().meta({ maxLength: 24 });
const id = z.uuid().meta({ maxLength: 36, description: 'A UUID; of version 7 where the server made it.' });
const version = z.int32().min(1).meta({ format: 'int32' });
/** Text is stored without control characters except newline and tab. */
const STORED_TEXT = '^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F]*$';
/** `*`, or entity tags as they came in an `ETag` header. */
const ETAGS = '^(\\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$';

export const taskResource = z
  .object({
    id,
    title: z.string().meta({ minLength: 1, maxLength: 255, pattern: STORED_TEXT }),
    description: z.string().meta({ maxLength: 65_536, pattern: STORED_TEXT }).nullable(),
    completed: z.boolean(),
    completed_at: moment.nullable().describe('When it was completed; null while it is open.'),
    created_at: moment,
    updated_at: moment,
    version: version.describe('Starts at 1 and grows by 1 with every change; also the ETag.'),
  })
  .meta({ id: 'Task', description: 'Something to be done. Belongs to exactly one user.' });
export type TaskResource = z.output<typeof taskResource>;

export const taskPage = pageOf(taskResource, 'Tasks').meta({
  id: 'TaskPage',
  description: 'A page of a list of tasks.',
});

export const taskCreation = createTaskInput.meta({ id: 'TaskCreation', description: 'A new task.' });

/** What clients send back of what they read is accepted and left alone; a `version` must be the current one. */
export const taskUpdate = updateTaskInput
  .extend({
    id: z.unknown().optional().describe('Ignored.'),
    completed_at: z.unknown().optional().describe('Ignored.'),
    created_at: z.unknown().optional().describe('Ignored.'),
    updated_at: z.unknown().optional().describe('Ignored.'),
    version: version.optional().describe('The version that was read; 409 if the task has changed since.'),
  })
  .meta({ id: 'TaskUpdate', description: 'Changes of a task: absent fields stay, null clears.' });

const SORT_NAMES = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  title: 'title',
  completed: 'completed',
} as const;
const SORT_PATTERN = /^-?(created_at|updated_at|title|completed)(,-?(created_at|updated_at|title|completed)){0,2}$/;

export const taskListQuery = z.strictObject({
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
      description: 'Fields to sort by, comma-separated, each with `-` before it for descending.',
    }),
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
  completed: z
    .enum(['true', 'false'], 'must be true or false')
    .optional()
    .meta({ description: 'Only completed or only open tasks.', type: 'boolean', enum: undefined }),
});

export const taskParameters = z.object({
  id: z.string().meta({ format: 'uuid', maxLength: 36, description: 'The id of the task.' }),
});

/** Headers are checked where they are read; these describe them. */
export const ifNoneMatchHeader = z.object({
  'if-none-match': z
    .string()
    .optional()
    .meta({ maxLength: 1000, pattern: ETAGS, description: 'ETag that is known; 304 if current.' }),
});
export const idempotencyHeader = z.object({
  'idempotency-key': z.string().optional().meta({
    maxLength: 255,
    pattern: '^[\\x21-\\x7E]+$',
    description:
      'Names this request: sent again with it within 24 hours it is answered as the first time, and done once; 409 for another request.',
  }),
});
const ifMatchHeader = z.object({
  'if-match': z
    .string()
    .optional()
    .meta({ maxLength: 1000, pattern: ETAGS, description: 'ETag that was read; 412 if it has changed.' }),
});
export const changeHeaders = idempotencyHeader.extend(ifMatchHeader.shape);

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
