import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ErrorCode, FieldError } from '../core/errors.ts';
import type { BulkError, BulkOutcome } from './bulk.service.ts';
import { FieldErrorType } from './command.type.ts';
import type { TaskRow } from './task.ts';
import { TaskType } from './task.type.ts';
import { undoTokenOf } from './undo.token.ts';

/** The GraphQL types of what became of many tasks at once. */

@ObjectType('BulkError', {
  description: 'Why one of many was refused, so that none was written.',
  simpleResolvers: true,
})
class BulkErrorType {
  @Field(() => Int, { description: 'Its place in what was sent, or among what the filter has found; from 0.' })
  readonly index: number;

  @Field(() => ID, { nullable: true, description: 'The id of the task; null where the input names none.' })
  readonly id: string | null;

  @Field(() => String, {
    description: 'BAD_USER_INPUT, NOT_FOUND, FORBIDDEN or CONFLICT, as a single write is answered.',
  })
  readonly code: ErrorCode;

  @Field(() => String, { description: 'The reason in words.' })
  readonly message: string;

  @Field(() => [FieldErrorType], { description: 'With BAD_USER_INPUT: what is wrong with which field.' })
  readonly fields: FieldError[];

  @Field(() => Int, { nullable: true, description: 'With CONFLICT: the version that the task has now.' })
  readonly version: number | null;

  constructor({ index, id, error: { code, message, details } }: BulkError) {
    this.index = index;
    this.id = id;
    this.code = code;
    this.message = message;
    this.fields = details.fields ?? [];
    this.version = details.version ?? null;
  }
}

@ObjectType()
abstract class BulkPayload {
  protected readonly outcome: BulkOutcome;

  constructor(outcome: BulkOutcome) {
    this.outcome = outcome;
  }

  @Field(() => [BulkErrorType], { description: 'Why nothing was written, if so.' })
  get errors(): BulkErrorType[] {
    return this.outcome.errors.map((error) => new BulkErrorType(error));
  }

  @Field(() => Int, { description: 'How many tasks were changed; with dryRun, how many would be.' })
  get affected(): number {
    return this.outcome.affected;
  }

  @Field(() => String, { nullable: true, description: 'To be given to `undo`; null where nothing was changed.' })
  get undoToken(): string | null {
    const { tasks, isDryRun } = this.outcome;
    return isDryRun ? null : undoTokenOf(tasks);
  }
}

@ObjectType()
abstract class BulkTasksPayload extends BulkPayload {
  @Field(() => [TaskType], { description: 'The tasks after the write, in order; with dryRun, as they would be.' })
  get tasks(): TaskRow[] {
    return this.outcome.tasks;
  }
}

@ObjectType({ description: 'What createTasks did.', simpleResolvers: true })
export class CreateTasksPayload extends BulkTasksPayload {}

@ObjectType({ description: 'What updateTasks did.', simpleResolvers: true })
export class UpdateTasksPayload extends BulkTasksPayload {}

@ObjectType({ description: 'What deleteTasks did.', simpleResolvers: true })
export class DeleteTasksPayload extends BulkPayload {
  @Field(() => [ID], { description: 'The ids of the deleted tasks; with dryRun, of those that would be.' })
  get deletedTaskIds(): string[] {
    return this.outcome.tasks.map(({ id }) => id);
  }
}
