import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { etagOf } from '../http/conditions.ts';
import { pageOf } from '../http/paging.ts';
import { STORED_TEXT } from '../http/stored-text.ts';
import { ETAGS } from '../http/write-headers.ts';
import { createTaskInput, MAXIMUM_TAGS, updateTaskInput } from './task.inputs.ts';
import { positionOf } from './task.position.ts';
import type { WrittenTask } from './task.record.ts';
import { RECURRENCE_BASES, TASK_PRIORITIES, type TaskRow } from './task.ts';
import { undoTokenOf } from './undo.token.ts';

/** How REST shows and takes tasks: the names of the contract, in snake_case. */

/** 2026-01-23T09:30:00.000Z */
const moment = z.iso.datetime().meta({ maxLength: 24 });
const id = z.uuid().meta({ maxLength: 36, description: 'A UUID; of version 7 where the server made it.' });
const version = z.int32().min(1).meta({ format: 'int32' });

const date = z.iso.date().meta({ maxLength: 10 });

export const taskResource = z
  .object({
    id,
    title: z.string().meta({ minLength: 1, maxLength: 255, pattern: STORED_TEXT }),
    description: z.string().meta({ maxLength: 65_536, pattern: STORED_TEXT }).nullable(),
    completed: z.boolean(),
    completed_at: moment.nullable().describe('When it was completed; null while it is open.'),
    priority: z.enum(TASK_PRIORITIES).describe('How much it matters.'),
    due_date: date.nullable().describe('The day it is due. A task has at most one of due_date and due_at.'),
    due_at: moment.nullable().describe('The moment it is due.'),
    due_time_zone: z
      .string()
      .meta({ maxLength: 64, pattern: '^[A-Za-z0-9_+/-]+$' })
      .nullable()
      .describe('Of due_at: an IANA time zone; UTC where it is null.'),
    recurrence: z
      .string()
      .meta({ maxLength: 500, pattern: '^[A-Z0-9=;,+-]+$' })
      .nullable()
      .describe('When it is due again: an RRULE of RFC 5545.'),
    recurrence_basis: z.enum(RECURRENCE_BASES).describe('What the next occurrence is counted from.'),
    tag_ids: z
      .array(z.uuid().meta({ maxLength: 36 }))
      .meta({ maxItems: MAXIMUM_TAGS })
      .describe('Its tags.'),
    list_id: z.uuid().meta({ maxLength: 36 }).nullable().describe('The list that it is in.'),
    parent_id: z.uuid().meta({ maxLength: 36 }).nullable().describe('The task that it is a part of.'),
    position: z
      .string()
      .meta({ maxLength: 256, pattern: '^[0-9A-Za-z]+$' })
      .describe("Its place in the user's own order: compared byte by byte."),
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

const created = createTaskInput.shape;
const changed = updateTaskInput.shape;

/** As the service takes it, by the names of this API. */
const planned = {
  priority: changed.priority,
  due_date: changed.dueDate.describe('The day it is due; takes the place of due_at.'),
  due_at: changed.dueAt.describe('The moment it is due; takes the place of due_date.'),
  due_time_zone: changed.dueTimeZone.describe('Of due_at: an IANA time zone such as Europe/Berlin.'),
  recurrence: changed.recurrence.describe('An RRULE of RFC 5545 of days or longer. Needs a due date or moment.'),
  recurrence_basis: changed.recurrenceBasis,
  tag_ids: changed.tagIds.describe('All of its tags.'),
  list_id: changed.listId,
  parent_id: changed.parentId,
};

export const taskCreation = z
  .strictObject({
    id: created.id,
    title: created.title,
    description: created.description,
    completed: created.completed,
    ...planned,
  })
  .meta({ id: 'TaskCreation', description: 'A new task.' });

const changes = {
  title: changed.title,
  description: changed.description,
  completed: changed.completed,
  ...planned,
  add_tags: changed.addTags.describe('Tags to put on it beside those it has.'),
  remove_tags: changed.removeTags.describe('Tags to take off it.'),
};

export const taskChanges = z
  .strictObject(changes)
  .meta({ id: 'BulkTaskChange', description: 'Changes of each of many tasks: absent fields stay, null clears.' });

/** What clients send back of what they read is accepted and left alone; a `version` must be the current one. */
export const taskUpdate = z
  .strictObject({
    ...changes,
    id: z.unknown().optional().describe('Ignored.'),
    completed_at: z.unknown().optional().describe('Ignored.'),
    created_at: z.unknown().optional().describe('Ignored.'),
    updated_at: z.unknown().optional().describe('Ignored.'),
    position: z.unknown().optional().describe('Ignored.'),
    version: version.optional().describe('The version that was read; 409 if the task has changed since.'),
  })
  .meta({ id: 'TaskUpdate', description: 'Changes of a task: absent fields stay, null clears.' });

export const taskParameters = z.object({
  id: z.string().meta({ format: 'uuid', maxLength: 36, description: 'The id of the task.' }),
});

export const ifNoneMatchHeader = z.object({
  'if-none-match': z
    .string()
    .optional()
    .meta({ maxLength: 1000, pattern: ETAGS, description: 'ETag that is known; 304 if current.' }),
});

/** Answers a task with its version, and with how a write of it is taken back. */
export function sendTask(reply: FastifyReply, task: WrittenTask, isWrite = true): TaskResource {
  reply.header('etag', etagOf(task));
  const undoToken = isWrite ? undoTokenOf([task]) : null;
  if (undoToken !== null) reply.header(UNDO_TOKEN, undoToken);
  return toResource(task);
}

export const UNDO_TOKEN = 'undo-token';

export function toResource(task: TaskRow): TaskResource {
  return {
    id: task.id,
    title: task.title,
    description: task.description,
    completed: task.completed,
    completed_at: task.completedAt,
    priority: task.priority,
    due_date: task.dueDate,
    due_at: task.dueAt,
    due_time_zone: task.dueTimeZone,
    recurrence: task.recurrence,
    recurrence_basis: task.recurrenceBasis,
    tag_ids: task.tagIds,
    list_id: task.listId,
    parent_id: task.parentId,
    position: positionOf(task),
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    version: task.version,
  };
}

/** The rank of a task at a position: none as long as its place follows from what it is. */
export function rankAt(position: string, task: Pick<TaskRow, 'createdAt' | 'id'>): string | null {
  return position === positionOf({ ...task, rank: null }) ? null : position;
}
