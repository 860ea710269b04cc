import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AppError, FieldError } from '../core/errors.ts';
import { TASK_COMMAND_STATUSES, type TaskCommandResult, type TaskCommandStatus } from './command.batch.ts';
import type { TaskRow } from './task.ts';
import { TaskType } from './task.type.ts';

/** The GraphQL types of what became of commands. */

const TaskCommandStatusEnum = Object.fromEntries(TASK_COMMAND_STATUSES.map((status) => [status, status])) as {
  [Status in TaskCommandStatus]: Status;
};
registerEnumType(TaskCommandStatusEnum, {
  name: 'TaskCommandStatus',
  description: 'What became of a command.',
  valuesConfig: {
    APPLIED: { description: 'It was applied now.' },
    REPLAYED: { description: 'It was applied before, and not again.' },
    FAILED: { description: 'It was refused; `error` says why. Sent again it is tried again.' },
    NOT_APPLIED: { description: 'Another command of an atomic batch failed, so that this one was not applied.' },
  },
});

@ObjectType('FieldError', { description: 'What is wrong with one field of an input.', simpleResolvers: true })
export class FieldErrorType implements FieldError {
  @Field(() => String, { description: 'The path of the field within its command, such as `create.title`.' })
  field!: string;

  @Field(() => String, { description: 'What is wrong with it.' })
  message!: string;
}

@ObjectType('TaskCommandError', { description: 'Why a command failed.', simpleResolvers: true })
class TaskCommandErrorType {
  @Field(() => String, {
    description: 'BAD_USER_INPUT, NOT_FOUND, FORBIDDEN or CONFLICT, as a single write would be answered.',
  })
  readonly code: string;

  @Field(() => String, { description: 'The reason in words.' })
  readonly message: string;

  @Field(() => [FieldErrorType], { description: 'With BAD_USER_INPUT: what is wrong with which field.' })
  readonly fields: FieldError[];

  @Field(() => Int, {
    nullable: true,
    description: 'With CONFLICT: the version that the task has now. Null where the id stands for something else.',
  })
  readonly version: number | null;

  constructor({ code, message, details }: AppError) {
    this.code = code;
    this.message = message;
    this.fields = details.fields ?? [];
    this.version = details.version ?? null;
  }
}

@ObjectType('TaskCommandResult', { description: 'What became of one command.', simpleResolvers: true })
class TaskCommandResultType {
  @Field(() => ID, { description: 'The id of the command.' })
  readonly id: string;

  @Field(() => TaskCommandStatusEnum, { description: 'What became of it.' })
  readonly status: TaskCommandStatus;

  @Field(() => TaskType, {
    nullable: true,
    description:
      'After the command. Of one that was replayed or is in conflict: the task as it is now. In the order of the results ' +
      'the last one of a task is how it is. Null for a deletion, and where there is no such task.',
  })
  readonly task: TaskRow | null;

  @Field(() => ID, { nullable: true, description: 'Of a deletion: the id of the deleted task.' })
  readonly deletedTaskId: string | null;

  @Field(() => TaskCommandErrorType, { nullable: true, description: 'Why it failed; null unless it is FAILED.' })
  readonly error: TaskCommandErrorType | null;

  constructor({ id, status, task, deletedTaskId, error }: TaskCommandResult) {
    this.id = id;
    this.status = status;
    this.task = task;
    this.deletedTaskId = deletedTaskId;
    this.error = error && new TaskCommandErrorType(error);
  }
}

@ObjectType({ description: 'What applyCommands did.', simpleResolvers: true })
export class ApplyCommandsPayload {
  @Field(() => [TaskCommandResultType], { description: 'One for each command, in their order.' })
  readonly results: TaskCommandResultType[];

  constructor(results: readonly TaskCommandResult[]) {
    this.results = results.map((result) => new TaskCommandResultType(result));
  }
}
