import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx,
  Directive,
  Extensions,
  FieldResolver,
  ID,
  Info,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { READS, rateLimitDirective, WRITES } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import { REVISED } from '../core/result-cache.ts';
import { EXPECTED_VERSION, IDEMPOTENCY_KEY, keyOf, onlyVersion } from '../core/write-arguments.ts';
import { CreateTaskInputType, UpdateTaskInputType } from './task.graphql-inputs.ts';
import { TaskFilterInput, TaskListArgs } from './task.list-graphql-inputs.ts';
import type { TaskLoaders } from './task.loaders.ts';
import {
  CompleteTaskPayload,
  CreateTaskPayload,
  DeleteTaskPayload,
  ReopenTaskPayload,
  ToggleTaskPayload,
  UpdateTaskPayload,
} from './task.payloads.ts';
import { taskSelection } from './task.selection.ts';
import type { TaskService } from './task.service.ts';
import type { TaskRow, TaskStats } from './task.ts';
import { TaskConnectionType, TaskStatsType, TaskType } from './task.type.ts';

const TASK_ID = { description: 'The id of the task.' };

@Resolver()
export class TaskResolver {
  readonly #tasks: TaskService;
  readonly #loaders: (context: RequestContext) => TaskLoaders;

  constructor(tasks: TaskService, loaders: (context: RequestContext) => TaskLoaders) {
    this.#tasks = tasks;
    this.#loaders = loaders;
  }

  @Query(() => TaskType, { description: 'One task of the user.' })
  @Directive(rateLimitDirective(READS))
  task(@Arg('id', () => ID, TASK_ID) id: string, @Ctx() context: RequestContext): Promise<TaskRow> {
    return this.#loaders(context).tasks.load(id);
  }

  @Query(() => TaskConnectionType, { description: "The user's tasks, newest first unless ordered otherwise." })
  @Directive(rateLimitDirective(READS))
  @Extensions(REVISED)
  async tasks(
    @Args(() => TaskListArgs) args: TaskListArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TaskConnectionType> {
    const page = await this.#tasks.connection(context.actor, args, taskSelection(info));
    if (page.isTimeBound) context.isTimeBound = true;
    return new TaskConnectionType(page);
  }

  @Query(() => TaskStatsType, {
    description: "Numbers of the user's tasks, or of those that a filter and a search name.",
  })
  @Directive(rateLimitDirective(READS))
  taskStats(
    @Arg('filter', () => TaskFilterInput, { nullable: true, description: 'Which tasks to count.' })
    filter: TaskFilterInput | null | undefined,
    @Arg('search', () => String, { nullable: true, description: 'Words, as `tasks` takes them.' })
    search: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<TaskStats> {
    return this.#tasks.stats(actor, { filter, search });
  }

  @Mutation(() => CreateTaskPayload, { description: 'Creates a task.' })
  @Directive(rateLimitDirective(WRITES))
  async createTask(
    @Arg('input', () => CreateTaskInputType, { description: 'The task to create.' }) input: CreateTaskInputType,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<CreateTaskPayload> {
    return new CreateTaskPayload(await this.#tasks.create(actor, input, { key: keyOf(key) }));
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
    return new UpdateTaskPayload(await this.#tasks.update(actor, id, input, options));
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
    return new DeleteTaskPayload(await this.#tasks.delete(actor, id, options));
  }

  @Mutation(() => ToggleTaskPayload, { description: 'Completes an open task, reopens a completed one.' })
  @Directive(rateLimitDirective(WRITES))
  async toggleTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<ToggleTaskPayload> {
    return new ToggleTaskPayload(await this.#tasks.toggle(actor, id, { key: keyOf(key) }));
  }

  @Mutation(() => CompleteTaskPayload, {
    description: 'Completes a task. Of a recurring one it completes an occurrence and plans the next.',
  })
  @Directive(rateLimitDirective(WRITES))
  async completeTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<CompleteTaskPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return new CompleteTaskPayload(await this.#tasks.update(actor, id, { completed: true }, options));
  }

  @Mutation(() => ReopenTaskPayload, { description: 'Makes a completed task an open one again.' })
  @Directive(rateLimitDirective(WRITES))
  async reopenTask(
    @Arg('id', () => ID, TASK_ID) id: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number | null | undefined,
    @Arg('idempotencyKey', () => String, IDEMPOTENCY_KEY) key: string | null | undefined,
    @Ctx() { actor }: RequestContext,
  ): Promise<ReopenTaskPayload> {
    const options = { versions: onlyVersion(expectedVersion), key: keyOf(key) };
    return new ReopenTaskPayload(await this.#tasks.update(actor, id, { completed: false }, options));
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
  totalCount(@Root() { page }: TaskConnectionType): Promise<number> {
    return this.#tasks.count(page);
  }
}
