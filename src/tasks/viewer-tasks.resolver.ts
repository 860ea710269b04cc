import { Ctx, FieldResolver, Resolver } from 'type-graphql';
import type { RequestContext } from '../core/request-context.ts';
import { Viewer } from '../users/viewer.type.ts';
import type { TaskService } from './task.service.ts';
import type { TaskStats } from './task.ts';
import { TaskStatsType } from './task.type.ts';

/** What the feature of tasks adds to the viewer. */
@Resolver(() => Viewer)
export class ViewerTasksResolver {
  readonly #tasks: TaskService;

  constructor(tasks: TaskService) {
    this.#tasks = tasks;
  }

  @FieldResolver(() => TaskStatsType, { description: "Numbers of the user's tasks." })
  taskStats(@Ctx() { actor }: RequestContext): Promise<TaskStats> {
    return this.#tasks.stats(actor);
  }
}
