import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { DateTime } from '../core/scalars.ts';
import type { Direction, TaskOrderField } from './task.order.ts';

/** The GraphQL forms of `task.inputs.ts`. They only type: what is allowed is decided there. */

const TaskOrderFieldEnum = {
  CREATED_AT: 'createdAt',
  UPDATED_AT: 'updatedAt',
  TITLE: 'title',
  COMPLETED: 'completed',
} as const satisfies Record<string, TaskOrderField>;
registerEnumType(TaskOrderFieldEnum, {
  name: 'TaskOrderField',
  description: 'What tasks can be ordered by.',
  valuesConfig: {
    CREATED_AT: { description: 'When the task was created.' },
    UPDATED_AT: { description: 'When the task was changed last.' },
    TITLE: { description: 'The title, as people sort text.' },
    COMPLETED: { description: 'Open before completed; within both, newest first when ascending.' },
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

@InputType('TaskOrder', { description: 'One key of an order.' })
class TaskOrderInput {
  @Field(() => TaskOrderFieldEnum, { description: 'What to order by.' })
  field!: TaskOrderField;

  @Field(() => OrderDirectionEnum, { description: 'Which end comes first.', defaultValue: 'asc' })
  direction!: Direction;
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

@InputType('TaskFilter', {
  description: 'Which tasks to list. All conditions of one filter must hold; at most 50 conditions in 5 levels.',
})
class TaskFilterInput {
  @Field(() => Boolean, { nullable: true, description: 'Only completed (true) or only open (false) tasks.' })
  completed?: boolean | null;

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'When the task was created.' })
  createdAt?: DateTimeRangeInput | null;

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'When the task was changed last.' })
  updatedAt?: DateTimeRangeInput | null;

  @Field(() => DateTimeRangeInput, { nullable: true, description: 'When the task was completed; open tasks fail it.' })
  completedAt?: DateTimeRangeInput | null;

  @Field(() => [TaskFilterInput], { nullable: true, description: 'All of these must hold.' })
  and?: TaskFilterInput[] | null;

  @Field(() => [TaskFilterInput], { nullable: true, description: 'At least one of these must hold.' })
  or?: TaskFilterInput[] | null;

  @Field(() => TaskFilterInput, { nullable: true, description: 'This must not hold.' })
  not?: TaskFilterInput | null;
}

@InputType('CreateTaskInput', { description: 'A new task.' })
export class CreateTaskInputType {
  @Field(() => ID, {
    nullable: true,
    description: 'A UUID made by the client, so that sending the same input again answers the same task.',
  })
  id?: string | null;

  @Field(() => String, { description: '1 to 255 characters after trimming.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'Up to 65,536 characters.' })
  description?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is done already; false when absent.' })
  completed?: boolean;
}

@InputType('UpdateTaskInput', { description: 'Changes of a task: absent fields stay, null clears.' })
export class UpdateTaskInputType {
  @Field(() => String, { nullable: true, description: '1 to 255 characters after trimming; null is refused.' })
  title?: string;

  @Field(() => String, { nullable: true, description: 'Up to 65,536 characters; null clears it.' })
  description?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is done; null is refused.' })
  completed?: boolean;
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
