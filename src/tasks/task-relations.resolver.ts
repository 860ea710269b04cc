import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { DEFAULT_PAGE_SIZE } from '../core/paging.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { TaskLoaders } from './task.loaders.ts';
import { positionOf } from './task.position.ts';
import type { RelatedRows, TaskRow, TaskStats } from './task.ts';
import { TaskStatsType, TaskType } from './task.type.ts';

/** What a task is part of, and what is part of it. */
@Resolver(() => TaskType)
export class TaskRelationsResolver {
  readonly #loaders: (context: RequestContext) => TaskLoaders;

  constructor(loaders: (context: RequestContext) => TaskLoaders) {
    this.#loaders = loaders;
  }

  @FieldResolver(() => String, {
    description: "Its place in the user's own order: texts to be compared by their code units, as programs do.",
  })
  position(@Root() task: TaskRow): string {
    return positionOf(task);
  }

  @FieldResolver(() => TaskType, { nullable: true, description: 'The task that it is a part of.' })
  parent(@Root() { parentId }: TaskRow, @Ctx() context: RequestContext): Promise<TaskRow | null> | null {
    return parentId === null ? null : this.#loaders(context).parents.load(parentId);
  }

  @FieldResolver(() => [TaskType], { description: 'Its parts, in the order that the user has given.' })
  subtasks(
    @Root() { id }: TaskRow,
    @Arg('first', () => Int, { defaultValue: DEFAULT_PAGE_SIZE, description: 'So many at most: 1 to 100.' })
    first: number,
    @Ctx() context: RequestContext,
  ): Promise<TaskRow[]> {
    return this.#loaders(context).subtasks(first).load(id);
  }

  @FieldResolver(() => TaskStatsType, { description: 'How many parts it has, and how many of them are done.' })
  subtaskCounts(
    @Root() { id, subtaskCounts }: TaskRow & RelatedRows,
    @Ctx() context: RequestContext,
  ): Promise<TaskStats> | TaskStats {
    return subtaskCounts ?? this.#loaders(context).subtaskCounts.load(id);
  }
}
