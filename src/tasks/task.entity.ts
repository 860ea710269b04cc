import { defineEntity, p } from '@mikro-orm/core';

/** Columns that the trigger `tasks_stamp` keeps: never written from here, read back after every flush. */
const keptByTrigger = 'tasks_stamp';

const TaskSchema = defineEntity({
  name: 'Task',
  tableName: 'tasks',
  properties: {
    id: p.uuid().primary(),
    userId: p.text(),
    title: p.string().length(255),
    description: p.text().nullable(),
    completed: p.boolean().default(false),
    completedAt: p.datetime(3).nullable().generated(keptByTrigger),
    /** the place of its name in `TASK_PRIORITIES` */
    priority: p.smallint().default(0),
    dueDate: p.date().nullable(),
    dueAt: p.datetime(3).nullable(),
    dueTimeZone: p.string().length(64).nullable(),
    recurrence: p.string().length(500).nullable(),
    recurrenceBasis: p.string().length(10).default('DUE'),
    tagIds: p.array().columnType('uuid[]').defaultRaw("'{}'"),
    listId: p.uuid().nullable(),
    parentId: p.uuid().nullable(),
    rank: p.string().length(256).nullable(),
    /** compared on flush: a row that changed since it was read is not overwritten */
    version: p.integer().version(),
    rev: p.bigint('string').defaultRaw('0').generated(keptByTrigger),
    createdAt: p.datetime(3).defaultRaw('now()'),
    updatedAt: p.datetime(3).defaultRaw('now()').generated(keptByTrigger),
    deletedAt: p.datetime(3).nullable(),
    purgedAt: p.datetime(3).nullable(),
  },
});

/** The write model of a task. Reads use plain rows (`task.queries.ts`): hydrating entities was the largest cost of a list. */
export class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);
