import { Field, ID, InputType, Int } from 'type-graphql';
import { CreateTaskInputType, UpdateTaskInputType } from './task.graphql-inputs.ts';

/** The GraphQL forms of `command.inputs.ts`. They only type: what is allowed is decided there. */

const TASK_ID = { description: 'The id of the task, which may be one that an earlier command creates.' };
const EXPECTED_VERSION = {
  nullable: true,
  description: 'The version that the device knows: the command fails with CONFLICT if the task has another one.',
};

@InputType('UpdateTaskCommandInput', { description: 'Changes a task.' })
class UpdateTaskCommandInputType {
  @Field(() => ID, TASK_ID)
  id!: string;

  @Field(() => UpdateTaskInputType, { description: 'What to change.' })
  input!: UpdateTaskInputType;

  @Field(() => Int, EXPECTED_VERSION)
  expectedVersion?: number | null;
}

@InputType('DeleteTaskCommandInput', { description: 'Deletes a task.' })
class DeleteTaskCommandInputType {
  @Field(() => ID, TASK_ID)
  id!: string;

  @Field(() => Int, EXPECTED_VERSION)
  expectedVersion?: number | null;
}

@InputType('ToggleTaskCommandInput', { description: 'Completes an open task, reopens a completed one.' })
class ToggleTaskCommandInputType {
  @Field(() => ID, TASK_ID)
  id!: string;
}

@InputType('MoveTaskCommandInput', { description: 'Moves a task in the order that the user has given.' })
class MoveTaskCommandInputType {
  @Field(() => ID, TASK_ID)
  id!: string;

  @Field(() => ID, { nullable: true, description: 'The task that it is to stand before.' })
  before?: string | null;

  @Field(() => ID, { nullable: true, description: 'The task that it is to stand after.' })
  after?: string | null;
}

@InputType('TaskCommandInput', {
  description: 'What a device wants done: an id and exactly one of `create`, `update`, `delete`, `toggle` and `move`.',
})
export class TaskCommandInputType {
  @Field(() => ID, {
    description:
      'A new UUID made by the device, which names this command: it is applied once, however often it is sent.',
  })
  id!: string;

  @Field(() => CreateTaskInputType, {
    nullable: true,
    description: 'Creates a task. Give it an id of your own, so that later commands can name it.',
  })
  create?: CreateTaskInputType | null;

  @Field(() => UpdateTaskCommandInputType, { nullable: true, description: 'Changes a task.' })
  update?: UpdateTaskCommandInputType | null;

  @Field(() => DeleteTaskCommandInputType, { nullable: true, description: 'Deletes a task.' })
  delete?: DeleteTaskCommandInputType | null;

  @Field(() => ToggleTaskCommandInputType, {
    nullable: true,
    description: 'Completes an open task, reopens a completed one.',
  })
  toggle?: ToggleTaskCommandInputType | null;

  @Field(() => MoveTaskCommandInputType, {
    nullable: true,
    description: 'Moves a task in the order that the user has given.',
  })
  move?: MoveTaskCommandInputType | null;
}
