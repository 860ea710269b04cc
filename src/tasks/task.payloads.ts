import { Field, ID, ObjectType } from 'type-graphql';
import type { TaskRow } from './task.ts';
import { TaskType } from './task.type.ts';

/** What mutations answer: an object each, so that fields can be added without breaking clients. */

@ObjectType({ description: 'What createTask did.', simpleResolvers: true })
export class CreateTaskPayload {
  @Field(() => TaskType, { description: 'The new task.' })
  task!: TaskRow;
}

@ObjectType({ description: 'What updateTask did.', simpleResolvers: true })
export class UpdateTaskPayload {
  @Field(() => TaskType, { description: 'The task after the change.' })
  task!: TaskRow;
}

@ObjectType({ description: 'What toggleTask did.', simpleResolvers: true })
export class ToggleTaskPayload {
  @Field(() => TaskType, { description: 'The task after the change.' })
  task!: TaskRow;
}

@ObjectType({ description: 'What deleteTask did.', simpleResolvers: true })
export class DeleteTaskPayload {
  @Field(() => ID, { description: 'The id of the deleted task.' })
  deletedTaskId!: string;
}
