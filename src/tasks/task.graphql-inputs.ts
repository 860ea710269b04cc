import { Field, ID, InputType } from 'type-graphql';
import { CalendarDate, DateTime } from '../core/scalars.ts';
import type { RecurrenceBasis, TaskPriority } from './task.ts';
import { RecurrenceBasisEnum, TaskPriorityEnum } from './task.type.ts';

/** The GraphQL forms of `task.inputs.ts`. They only type: what is allowed is decided there. */

@InputType()
abstract class PlanInput {
  @Field(() => CalendarDate, { nullable: true, description: 'The day it is due; takes the place of dueAt.' })
  dueDate?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'The moment it is due; takes the place of dueDate.' })
  dueAt?: string | null;

  @Field(() => String, { nullable: true, description: 'Of dueAt: an IANA time zone such as `Europe/Berlin`.' })
  dueTimeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'When it is due again: an RRULE of RFC 5545 of days or longer, such as `FREQ=WEEKLY;BYDAY=MO,TH`. Needs a due date or moment.',
  })
  recurrence?: string | null;

  @Field(() => RecurrenceBasisEnum, {
    nullable: true,
    description: 'What the next occurrence is counted from; DUE when never said.',
  })
  recurrenceBasis?: RecurrenceBasis;

  @Field(() => ID, { nullable: true, description: 'The list that it is in; null for none.' })
  listId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The task that it is a part of, at most 5 levels; null for none.' })
  parentId?: string | null;
}

@InputType('CreateTaskInput', { description: 'A new task.' })
export class CreateTaskInputType extends PlanInput {
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

  @Field(() => TaskPriorityEnum, { nullable: true, description: 'How much it matters; NONE when absent.' })
  priority?: TaskPriority;

  @Field(() => [ID], { nullable: true, description: 'The ids of its tags, at most 50.' })
  tagIds?: string[];
}

@InputType('UpdateTaskInput', { description: 'Changes of a task: absent fields stay, null clears.' })
export class UpdateTaskInputType extends PlanInput {
  @Field(() => String, { nullable: true, description: '1 to 255 characters after trimming; null is refused.' })
  title?: string;

  @Field(() => String, { nullable: true, description: 'Up to 65,536 characters; null clears it.' })
  description?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is done; null is refused. Of a recurring task, true completes one occurrence.',
  })
  completed?: boolean;

  @Field(() => TaskPriorityEnum, { nullable: true, description: 'How much it matters; null is refused.' })
  priority?: TaskPriority;

  @Field(() => [ID], { nullable: true, description: 'All of its tags, by their ids, in place of those it has.' })
  tagIds?: string[];

  @Field(() => [ID], { nullable: true, description: 'Tags to put on it beside those it has, whoever put them there.' })
  addTags?: string[];

  @Field(() => [ID], { nullable: true, description: 'Tags to take off it.' })
  removeTags?: string[];
}
