import { type EntityManager, raw } from '@mikro-orm/postgresql';
import type DataLoader from 'dataloader';
import { GraphQLError } from 'graphql';
import { Arg, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { Task } from './task.entity.ts';
import { CreateTaskInput, TaskConnection, TaskFilter, TaskPayload, TaskType, UpdateTaskInput } from './task.types.ts';

/** What every resolver gets: the user of the token and an entity manager of the request's own. */
export interface TextbookContext {
  userId: string;
  em: EntityManager;
  taskById: DataLoader<string, Task | undefined>;
}

const RateLimit = Directive('@rateLimit(limit: 600000000, duration: 60)');

@Resolver(() => TaskType)
export class TaskResolver {
  @Query(() => TaskConnection)
  @RateLimit
  async tasks(
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Arg('filter', () => TaskFilter, { nullable: true }) filter: TaskFilter | undefined,
    @Arg('search', () => String, { nullable: true }) search: string | undefined,
    @Ctx() { em, userId }: TextbookContext,
  ): Promise<TaskConnection> {
    if (first < 1 || first > 100) throw badInput('first must be from 1 to 100');
    const page = await em.findByCursor(Task, {
      where: {
        userId,
        deletedAt: null,
        ...(filter?.completed == null ? {} : { completed: filter.completed }),
        ...(search ? { [raw('search @@ search_query(?)', [search])]: [] } : {}),
      },
      orderBy: { createdAt: 'desc', id: 'desc' },
      first,
      ...(after ? { after } : {}),
    });
    return {
      edges: page.items.map((node) => ({ cursor: page.from(node), node })),
      pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor },
      totalCount: page.totalCount,
    };
  }

  @Query(() => TaskType)
  @RateLimit
  async task(@Arg('id', () => ID) id: string, @Ctx() { taskById, userId }: TextbookContext): Promise<Task> {
    return ownTask(await taskById.load(id), userId);
  }

  @Mutation(() => TaskPayload)
  @RateLimit
  async createTask(
    @Arg('input', () => CreateTaskInput) { title, description }: CreateTaskInput,
    @Ctx() { em, userId }: TextbookContext,
  ): Promise<TaskPayload> {
    const task = em.create(Task, { userId, title, description: description ?? null }, { partial: true });
    await em.flush();
    return { task };
  }

  @Mutation(() => TaskPayload)
  @RateLimit
  async updateTask(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => UpdateTaskInput) { title }: UpdateTaskInput,
    @Ctx() context: TextbookContext,
  ): Promise<TaskPayload> {
    const task = ownTask((await context.em.findOne(Task, { id, deletedAt: null })) ?? undefined, context.userId);
    task.title = title;
    await context.em.flush();
    return { task };
  }

  @Mutation(() => TaskPayload)
  @RateLimit
  async toggleTask(@Arg('id', () => ID) id: string, @Ctx() context: TextbookContext): Promise<TaskPayload> {
    const task = ownTask((await context.em.findOne(Task, { id, deletedAt: null })) ?? undefined, context.userId);
    task.completed = !task.completed;
    await context.em.flush();
    return { task };
  }
}

function ownTask(task: Task | undefined, userId: string): Task {
  if (!task) throw new GraphQLError('no such task', { extensions: { code: 'NOT_FOUND' } });
  if (task.userId !== userId) throw new GraphQLError('not your task', { extensions: { code: 'FORBIDDEN' } });
  return task;
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
