import { Field, ID, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../core/page-info.type.ts';
import { DateTime } from '../core/scalars.ts';
import type { TaskConnectionPage } from './task.connection.ts';
import type { TaskRow, TaskStats } from './task.ts';

/** The GraphQL types of tasks. `simpleResolvers` spares a wrapper around every field of every row. */

@ObjectType('Task', { description: 'Something to be done. Belongs to exactly one user.', simpleResolvers: true })
export class TaskType implements TaskRow {
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
