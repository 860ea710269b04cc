import { defineEntity, p } from '@mikro-orm/core';
import { v7 } from 'uuid';

/** Columns that the trigger `tasks_stamp` keeps are read back after every flush. */
const keptByTrigger = 'tasks_stamp';

const TaskSchema = defineEntity({
  name: 'Task',
  tableName: 'tasks',
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => v7()),
    userId: p.text(),
    title: p.string().length(255),
    description: p.text().nullable(),
    completed: p.boolean().default(false),
    completedAt: p.datetime(3).nullable().generated(keptByTrigger),
    version: p.integer().version(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    updatedAt: p.datetime(3).generated(keptByTrigger),
    deletedAt: p.datetime(3).nullable(),
  },
});

/** A task as the unit of work knows it. */
export class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);
