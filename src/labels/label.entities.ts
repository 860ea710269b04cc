import { defineEntity, p } from '@mikro-orm/core';
import type { LabelKind } from './label.ts';

/** Columns that the trigger `labels_stamp` keeps: never written from here, read back after every flush. */
const keptByTrigger = 'labels_stamp';

const properties = {
  id: p.uuid().primary(),
  userId: p.text(),
  name: p.string().length(100),
  color: p.string().length(7).nullable(),
  /** compared on flush: a row that changed since it was read is not overwritten */
  version: p.integer().version(),
  rev: p.bigint('string').defaultRaw('0').generated(keptByTrigger),
  createdAt: p.datetime(3).defaultRaw('now()'),
  updatedAt: p.datetime(3).defaultRaw('now()').generated(keptByTrigger),
};

const TagSchema = defineEntity({ name: 'Tag', tableName: 'tags', properties });
export class Tag extends TagSchema.class {}
TagSchema.setClass(Tag);

const TaskListSchema = defineEntity({ name: 'TaskList', tableName: 'lists', properties });
export class TaskList extends TaskListSchema.class {}
TaskListSchema.setClass(TaskList);

/** The write model of either kind. */
export const LABEL_ENTITIES = { tags: Tag, lists: TaskList } as const satisfies Record<LabelKind, unknown>;
