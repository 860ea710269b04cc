import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Node } from '../core/node.type.ts';
import { PageInfo } from '../core/page-info.type.ts';
import { CalendarDate, DateTime } from '../core/scalars.ts';
import type { TaskConnectionPage } from './task.connection.ts';
import type { RecurrenceBasis, TaskPriority, TaskRow, TaskStats } from './task.ts';

/** The GraphQL types of tasks. `simpleResolvers` spares a wrapper around every field of every row. */

export const TaskPriorityEnum = {
  NONE: 'NONE',
  LOW: 'LOW',
  MEDIUM: 'MEDIUM',
  HIGH: 'HIGH',
  URGENT: 'URGENT',
} as const satisfies Record<TaskPriority, TaskPriority>;
registerEnumType(TaskPriorityEnum, {
  name: 'TaskPriority',
  description: 'How much a task matters; sorted by that, not by name.',
  valuesConfig: {
    NONE: { description: 'Nothing was said.' },
    LOW: { description: 'When there is time.' },
    MEDIUM: { description: 'Before what is low.' },
    HIGH: { description: 'Before what is medium.' },
    URGENT: { description: 'Before everything else.' },
  },
});

export const RecurrenceBasisEnum = {
  DUE: 'DUE',
  COMPLETION: 'COMPLETION',
} as const satisfies Record<RecurrenceBasis, RecurrenceBasis>;
registerEnumType(RecurrenceBasisEnum, {
  name: 'RecurrenceBasis',
  description: 'What the next occurrence is counted from.',
  valuesConfig: {
    DUE: { description: 'From the date or moment that the task is due.' },
    COMPLETION: { description: 'From the day on which it was completed.' },
  },
});

@ObjectType('Task', {
  description: 'Something to be done. Belongs to exactly one user.',
  simpleResolvers: true,
  implements: Node,
})
export class TaskType implements Omit<TaskRow, 'rank'> {
  @Field(() => ID, { description: 'UUID, version 7 when the server made it.' })
  id!: string;

  @Field(() => String, { description: '1 to 255 characters.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'Up to 65,536 characters.' })
  description!: string | null;

  @Field(() => Boolean, { description: 'Whether it is done.' })
  completed!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When it was completed; null while it is open.' })
  completedAt!: string | null;

  @Field(() => TaskPriorityEnum, { description: 'How much it matters.' })
  priority!: TaskPriority;

  @Field(() => CalendarDate, {
    nullable: true,
    description: 'The day it is due. A task has at most one of dueDate and dueAt.',
  })
  dueDate!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'The moment it is due.' })
  dueAt!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of dueAt: the IANA time zone in which that was said, such as `Europe/Berlin`. UTC where it is null.',
  })
  dueTimeZone!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'When it is due again: an RRULE of RFC 5545. Completing it completes one occurrence.',
  })
  recurrence!: string | null;

  @Field(() => RecurrenceBasisEnum, { description: 'What the next occurrence is counted from.' })
  recurrenceBasis!: RecurrenceBasis;

  @Field(() => [ID], { description: 'The ids of its tags.' })
  tagIds!: string[];

  @Field(() => ID, { nullable: true, description: 'The id of the list that it is in.' })
  listId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The id of the task that it is a part of.' })
  parentId!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was deleted; null but for tasks in the trash.' })
  deletedAt?: string | null;

  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt!: string;

  @Field(() => DateTime, { description: 'When it was changed last.' })
  updatedAt!: string;

  @Field(() => Int, { description: 'Starts at 1 and grows by 1 with every change; send it as `expectedVersion`.' })
  version!: number;
}

@ObjectType('TaskEdge', { description: 'A task in its place in a list.', simpleResolvers: true })
class TaskEdgeType {
  readonly #page: TaskConnectionPage;

  @Field(() => TaskType, { description: 'The task.' })
  readonly node: TaskRow;

  constructor(page: TaskConnectionPage, node: TaskRow) {
    this.#page = page;
    this.node = node;
  }

  @Field(() => String, { description: 'Names this place; give it back as `after` or `before`.' })
  get cursor(): string {
    return this.#page.cursorOf(this.node);
  }
}

@ObjectType('TaskConnection', { description: 'A page of a list of tasks.', simpleResolvers: true })
export class TaskConnectionType {
  readonly page: TaskConnectionPage;

  constructor(page: TaskConnectionPage) {
    this.page = page;
  }

  @Field(() => [TaskEdgeType], { description: 'The tasks of this page with their places.' })
  get edges(): TaskEdgeType[] {
    return this.page.rows.map((row) => new TaskEdgeType(this.page, row));
  }

  @Field(() => [TaskType], { description: 'The tasks of this page.' })
  get nodes(): TaskRow[] {
    return this.page.rows;
  }

  @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
  get pageInfo(): PageInfo {
    const { rows, hasNextPage, hasPreviousPage, cursorOf } = this.page;
    const [first, last] = [rows[0], rows.at(-1)];
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: first ? cursorOf(first) : null,
      endCursor: last ? cursorOf(last) : null,
    };
  }
}

@ObjectType('TaskStats', { description: "Numbers of a user's tasks.", simpleResolvers: true })
export class TaskStatsType implements TaskStats {
  @Field(() => Int, { description: 'All tasks.' })
  total!: number;

  @Field(() => Int, { description: 'Completed tasks.' })
  completed!: number;

  @Field(() => Int, { description: 'Open tasks.' })
  open!: number;
}
