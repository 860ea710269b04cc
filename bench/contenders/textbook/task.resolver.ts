import type { EntityManager } from '@mikro-orm/postgresql';
import { GraphQLError } from 'graphql';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { Task } from './task.entity.ts';
import { CreateTaskInput, TaskConnection, TaskPayload, TaskType } from './task.types.ts';

/** What every resolver gets: the user of the token and an entity manager of the request's own. */
export interface TextbookContext {
  userId: string;
  em: EntityManager;
}

@Resolver(() => TaskType)
export class TaskResolver {
  @Query(() => TaskConnection)
  async tasks(
    @Arg('first', () => Int, { defaultValue: 20 }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | undefined,
    @Ctx() { em, userId }: TextbookContext,
  ): Promise<TaskConnection> {
    if (first < 1 || first > 100) throw badInput('first must be from 1 to 100');
    const page = await em.findByCursor(Task, {
      where: { userId, deletedAt: null },
      orderBy: { createdAt: 'desc', id: 'desc' },
      first,
      ...(after ? { after } : {}),
    });
    return {
      edges: page.items.map((node) => ({ cursor: page.from(node), node })),
      pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor },
    };
  }

  @Query(() => TaskType)
  task(@Arg('id', () => ID) id: string, @Ctx() context: TextbookContext): Promise<Task> {
    return findTask(context, id);
  }

  @Mutation(() => TaskPayload)
  async createTask(
    @Arg('input', () => CreateTaskInput) { title, description }: CreateTaskInput,
    @Ctx() { em, userId }: TextbookContext,
  ): Promise<TaskPayload> {
    if (title.length < 1 || title.length > 255) throw badInput('title must have 1 to 255 characters');
    const task = em.create(Task, { userId, title, description: description ?? null }, { partial: true });
    await em.flush();
    return { task };
  }

  @Mutation(() => TaskPayload)
  async toggleTask(@Arg('id', () => ID) id: string, @Ctx() context: TextbookContext): Promise<TaskPayload> {
    const task = await findTask(context, id);
    task.completed = !task.completed;
    await context.em.flush();
    return { task };
  }
}

async function findTask({ em, userId }: TextbookContext, id: string): Promise<Task> {
  const task = await em.findOne(Task, { id, deletedAt: null });
  if (!task) throw new GraphQLError('no such task', { extensions: { code: 'NOT_FOUND' } });
  if (task.userId !== userId) throw new GraphQLError('not your task', { extensions: { code: 'FORBIDDEN' } });
  return task;
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
