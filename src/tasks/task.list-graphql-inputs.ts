import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { CalendarDate, DateTime } from '../core/scalars.ts';
import { DUE_WINDOWS, type DueWindow } from './task.due.ts';
import type { Direction, NullPlacement, TaskOrderField } from './task.order.ts';
import type { TaskPriority } from './task.ts';
import { TaskPriorityEnum } from './task.type.ts';

/** The GraphQL forms of `task.list-inputs.ts`. They only type: what is allowed is decided there. */

const TaskOrderFieldEnum = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  TITLE: 'title',
  COMPLETED: 'completed',
  COMPLETED_AT: 'completedAt',
  PRIORITY: 'priority',
  DUE: 'due',
  POSITION: 'position',
  RELEVANCE: 'relevance',
} as const satisfies Record<string, TaskOrderField>;
registerEnumType(TaskOrderFieldEnum, {
  name: 'TaskOrderField',
  description: 'What tasks can be ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When the task was created.' },
    UPDATED_AT: { description: 'When the task was changed last.' },
    TITLE: { description: 'The title, as people sort text.' },
    COMPLETED: { description: 'Open before completed; within both, newest first when ascending.' },
    COMPLETED_AT: { description: 'When the task was completed.' },
    PRIORITY: { description: 'How much it matters; among the same, what is due sooner before the more urgent.' },
    DUE: {
      description:
        'When it is due: a date after the moments of its day. Among the same, by priority, the other way round.',
    },
    POSITION: { description: 'The order that the user has given by moving tasks; new ones at the end.' },
    RELEVANCE: { description: 'How well it matches the search, which must be there; use DESC for the best first.' },
  },
});

const OrderDirectionEnum = { ASC: 'asc', DESC: 'desc' } as const satisfies Record<string, Direction>;
registerEnumType(OrderDirectionEnum, {
  name: 'OrderDirection',
  description: 'Which end of an order comes first.',
  valuesConfig: {
    ASC: { description: 'Smallest, oldest, A first.' },
    DESC: { description: 'Largest, newest, Z first.' },
  },
});

const NullPlacementEnum = { FIRST: 'first', LAST: 'last' } as const satisfies Record<string, NullPlacement>;
registerEnumType(NullPlacementEnum, {
  name: 'NullPlacement',
  description: 'Where tasks stand that have no value to be ordered by.',
  valuesConfig: {
    FIRST: { description: 'Before all others.' },
    LAST: { description: 'After all others.' },
  },
});

const DueWindowEnum = Object.fromEntries(DUE_WINDOWS.map((window) => [window, window])) as {
  [Window in DueWindow]: Window;
};
registerEnumType(DueWindowEnum, {
  name: 'DueWindow',
  description: 'Spans of days, as they are where the user is.',
  valuesConfig: {
    OVERDUE: { description: 'Open, and its day or its moment is over.' },
    TODAY: { description: 'Due on the day that it is now.' },
    NEXT_7_DAYS: { description: 'Due today or on one of the six days after.' },
  },
});

@InputType('TaskOrder', { description: 'One key of an order.' })
class TaskOrderInput {
  @Field(() => TaskOrderFieldEnum, { description: 'What to order by.' })
  field!: TaskOrderField;

  @Field(() => OrderDirectionEnum, { description: 'Which end comes first.', defaultValue: 'asc' })
  direction!: Direction;

  @Field(() => NullPlacementEnum, {
    nullable: true,
    description: 'Where tasks without a value stand; last when absent.',
  })
  nulls?: NullPlacement | null;
}

@InputType('DateTimeRange', { description: 'A span of time; every bound that is given must hold.' })
class DateTimeRangeInput {
  @Field(() => DateTime, { nullable: true, description: 'After this moment.' })
  gt?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'At or after this moment.' })
  gte?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Before this moment.' })
  lt?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'At or before this moment.' })
  lte?: string | null;
}

@InputType('DateRange', { description: 'A span of days; every bound that is given must hold.' })
class DateRangeInput {
  @Field(() => CalendarDate, { nullable: true, description: 'After this day.' })
  gt?: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'On this day or after.' })
  gte?: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'Before this day.' })
  lt?: string | null;

  @Field(() => CalendarDate, { nullable: true, description: 'On this day or before.' })
  lte?: string | null;
}

@InputType('TagFilter', { description: 'Which tags tasks have, by their ids; all that is given must hold.' })
class TagFilterInput {
  @Field(() => [ID], { nullable: true, description: 'At least one of these.' })
  any?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'All of these.' })
  all?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'None of these.' })
  none?: string[] | null;
}

@InputType('TaskFilter', {
  description: 'Which tasks to list. All conditions of one filter must hold; at most 50 conditions in 5 levels.',
})
export class TaskFilterInput {
  @Field(() => Boolean, { nullable: true, description: 'Only completed (true) or only open (false) tasks.' })
  completed?: boolean | null;

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'When the task was created.' })
  createdAt?: DateTimeRangeInput | null;

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'When the task was changed last.' })
  updatedAt?: DateTimeRangeInput | null;

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'When the task was completed; open tasks fail it.' })
  completedAt?: DateTimeRangeInput | null;

  @Field(() => [TaskPriorityEnum], { nullable: true, description: 'One of these priorities.' })
  priorityIn?: TaskPriority[] | null;

  @Field(() => DateRangeInput, {
    nullable: true,
    description: 'The day it is due; tasks that are due at a moment fail it.',
  })
  dueDate?: DateRangeInput | null;

  @Field(() => DateTimeRangeInput, {
    nullable: true,
    description: 'The moment it is due; tasks that are due on a day fail it.',
  })
  dueAt?: DateTimeRangeInput | null;

  @Field(() => DueWindowEnum, { nullable: true, description: 'Due in this span of days.' })
  due?: DueWindow | null;

  @Field(() => String, {
    nullable: true,
    description: 'For `due`: the IANA time zone of the days. That of the viewer when absent, UTC if none is set there.',
  })
  timeZone?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only tasks with (true) or without (false) a due date or moment.',
  })
  hasDue?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Only tasks that recur (true) or do not (false).' })
  isRecurring?: boolean | null;

  @Field(() => TagFilterInput, { nullable: true, description: 'Which tags it has.' })
  tags?: TagFilterInput | null;

  @Field(() => [ID], { nullable: true, description: 'In one of these lists, by their ids.' })
  listIn?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Only tasks in some list (true) or in none (false).' })
  hasList?: boolean | null;

  @Field(() => [ID], { nullable: true, description: 'Part of one of these tasks, by their ids.' })
  parentIn?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Only subtasks (true), or only tasks that are none (false).' })
  hasParent?: boolean | null;

  @Field(() => [TaskFilterInput], { nullable: true, description: 'All of these must hold.' })
  and?: TaskFilterInput[] | null;

  @Field(() => [TaskFilterInput], { nullable: true, description: 'At least one of these must hold.' })
  or?: TaskFilterInput[] | null;

  @Field(() => TaskFilterInput, { nullable: true, description: 'This must not hold.' })
  not?: TaskFilterInput | null;
}

@ArgsType()
export class TaskListArgs {
  @Field(() => Int, { nullable: true, description: 'So many from the start: 1 to 100, 20 when neither is given.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'So many from the end: 1 to 100.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;

  @Field(() => TaskFilterInput, { nullable: true, description: 'Which tasks to list.' })
  filter?: TaskFilterInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Words in title or description, each also as the beginning of a word, and "phrases in double quotes", whole words ' +
      'next to each other; all must be there. Up to 200 characters.',
  })
  search?: string | null;

  @Field(() => [TaskOrderInput], { nullable: true, description: 'Up to 3 keys; newest first when absent.' })
  orderBy?: TaskOrderInput[] | null;
}
