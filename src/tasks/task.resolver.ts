import {
  Arg,
  Args,
  Ctx,
  Directive,
  Extensions,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import type { IdempotencyKey } from '../core/idempotency-key.ts';
import { READS, rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { REVISED } from '../core/result-cache.ts';
import { CreateTaskInputType, TaskListArgs, UpdateTaskInputType } from './task.graphql-inputs.ts';
import { createTaskLoader, type TaskLoader } from './task.loaders.ts';
import { CreateTaskPayload, DeleteTaskPayload, ToggleTaskPayload, UpdateTaskPayload } from './task.payloads.ts';
import type { TaskService } from './task.service.ts';
import type { TaskRow } from './task.ts';
import { TaskConnectionType, TaskType } from './task.type.ts';

const TASK_ID = { description: 'The id of the task.' };
const EXPECTED_VERSION = {
  nullable: true,
  description: 'The version that was read: the task is left alone and CONFLICT answered if it has changed since.',
};
const IDEMPOTENCY_KEY = {
  nullable: true,
  description:
    'Names this request: sent again with it within 24 hours it is answered as the first time, and done once. CONFLICT for another request.',
};

@Resolver()
export class TaskResolver {
  readonly #tasks: TaskService;
  readonly #loader: TaskLoader;

  constructor(tasks: TaskService) {
    this.#tasks = tasks;
    this.#loader = createTaskLoader(tasks);
  }

  @Query(() => TaskType, { description: 'One task of the user.' })
  @Directive(rateLimitDirective(READS))
  task(@Arg('id', () => ID, TASK_ID) id: string, @Ctx() context: RequestContext): Promise<TaskRow> {
    return this.#loader(context).load(id);
  }

  @Query(() => TaskConnectionType, { description: "The user's tasks, newest first unless ordered otherwise." })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  async tasks(
    @Args(() => TaskListArgs) args: TaskListArgs,
    @Ctx() { actor }: RequestContext,
  ): Promise<TaskConnectionType> {
    return new TaskConnectionType(await this.#tasks.connection(actor, args));
  }

  @Mutation(() => CreateTaskPayload, { description: 'Creates a task.' })
  @Directive(rateLimitDirective(WRITES))
  async createTask(
    @Arg('input', () => CreateTaskInputType, { description: 'The task to create.' }) input: CreateTaskInputType,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<CreateTaskPayload> {
    return { task: await this.#tasks.create(actor, input, { key: keyOf(key) }) };
  }

  @Mutation(() => UpdateTaskPayload, { description: 'Changes a task.' })
  @Directive(rateLimitDirective(WRITES))
  async updateTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('input', () => UpdateTaskInputType, { description: 'What to change.' }) input: UpdateTaskInputType,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<UpdateTaskPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return { task: await this.#tasks.update(actor, id, input, options) };
  }

  @Mutation(() => DeleteTaskPayload, { description: 'Deletes a task.' })
  @Directive(rateLimitDirective(WRITES))
  async deleteTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<DeleteTaskPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return { deletedTaskId: await this.#tasks.delete(actor, id, options) };
  }

  @Mutation(() => ToggleTaskPayload, { description: 'Completes an open task, reopens a completed one.' })
  @Directive(rateLimitDirective(WRITES))
  async toggleTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<ToggleTaskPayload> {
    return { task: await this.#tasks.toggle(actor, id, { key: keyOf(key) }) };
  }
}

/** Counts only when asked: a count of every list would cost more than the list. */
@Resolver(() => TaskConnectionType)
export class TaskConnectionResolver {
  readonly #tasks: TaskService;

  constructor(tasks: TaskService) {
    this.#tasks = tasks;
  }

  @FieldResolver(() => Int, { description: 'How many tasks the whole list holds; counted only when asked for.' })
  totalCount(@Root() { page }: TaskConnectionType, @Ctx() { actor }: RequestContext): Promise<number> {
    return this.#tasks.count(actor, page.criteria);
  }
}

function onlyVersion(version: number | null | undefined): number[] | undefined {
  return version == null ? undefined : [version];
}

function keyOf(value: string | null | undefined): IdempotencyKey | undefined {
  return value == null ? undefined : { value, name: 'idempotencyKey' };
}
