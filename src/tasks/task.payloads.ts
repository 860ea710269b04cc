import { Field, ID, ObjectType } from 'type-graphql';
import type { WrittenTask } from './task.record.ts';
import type { DeletedTask } from './task.service.ts';
import type { TaskRow } from './task.ts';
import { TaskType } from './task.type.ts';
import { undoTokenOf, type Written } from './undo.token.ts';

/** What mutations answer: an object each, so that fields can be added without breaking clients. */

const UNDO_TOKEN = {
  nullable: true,
  description: 'To be given to `undo` to take this back; null where nothing was changed.',
};

@ObjectType()
abstract class UndoablePayload {
  protected abstract readonly written: readonly Written[];

  @Field(() => String, UNDO_TOKEN)
  get undoToken(): string | null {
    return undoTokenOf(this.written);
  }
}

@ObjectType()
abstract class TaskPayload extends UndoablePayload {
  @Field(() => TaskType, { description: 'The task as it is now.' })
  readonly task: TaskRow;

  protected readonly written: readonly WrittenTask[];

  constructor(task: WrittenTask) {
    super();
    this.task = task;
    this.written = [task];
  }
}

@ObjectType({ description: 'What createTask did.', simpleResolvers: true })
export class CreateTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What updateTask did.', simpleResolvers: true })
export class UpdateTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What toggleTask did.', simpleResolvers: true })
export class ToggleTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What completeTask did.', simpleResolvers: true })
export class CompleteTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What reopenTask did.', simpleResolvers: true })
export class ReopenTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What moveTask did.', simpleResolvers: true })
export class MoveTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What restoreTask did.', simpleResolvers: true })
export class RestoreTaskPayload extends TaskPayload {}

@ObjectType({ description: 'What deleteTask did.', simpleResolvers: true })
export class DeleteTaskPayload extends UndoablePayload {
  @Field(() => ID, { description: 'The id of the deleted task.' })
  readonly deletedTaskId: string;

  protected readonly written: readonly DeletedTask[];

  constructor(deleted: DeletedTask) {
    super();
    this.deletedTaskId = deleted.id;
    this.written = deleted.version > 0 ? [deleted] : [];
  }
}
