import DataLoader from 'dataloader';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { perRequest } from '../core/per-request.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { RelatedRows, ShownLabel, TaskRow, TaskStats } from '../tasks/task.ts';
import { TaskStatsType, TaskType } from '../tasks/task.type.ts';
import type { LabelService } from './label.service.ts';
import type { LabelRow } from './label.ts';
import { TagType, TaskListType } from './label.type.ts';

/** However many tasks of one request ask, one statement answers, bound to its actor. */
export interface LabelLoaders {
  /** of a task as it was read: those that are gone since are no tags of it any more */
  tags: DataLoader<TaskRow, LabelRow[]>;
  lists: DataLoader<string, LabelRow | null>;
  counts: DataLoader<string, TaskStats>;
}

export function createLabelLoaders(labels: LabelService): (context: RequestContext) => LabelLoaders {
  return perRequest(({ actor }) => ({
    tags: new DataLoader(async (tasks: readonly TaskRow[]) => {
      const ids = [...new Set(tasks.flatMap(({ tagIds }) => tagIds))];
      const found = new Map((await labels.byIds(actor, 'tags', ids)).map((tag) => [tag.id, tag]));
      return tasks.map(({ tagIds }) => tagIds.flatMap((id) => found.get(id) ?? []));
    }),
    lists: new DataLoader(async (ids) => inOrder(ids, await labels.byIds(actor, 'lists', ids))),
    counts: new DataLoader(async (ids: readonly string[]) => {
      const counts = new Map((await labels.countsOfLists(actor, ids)).map((count) => [count.listId, count]));
      return ids.map((id) => {
        const { total, completed } = counts.get(id) ?? { total: 0, completed: 0 };
        return { total, completed, open: total - completed };
      });
    }),
  }));
}

function inOrder(ids: readonly string[], labels: readonly LabelRow[]): (LabelRow | null)[] {
  const found = new Map(labels.map((label) => [label.id, label]));
  return ids.map((id) => found.get(id) ?? null);
}

/** What the feature of labels adds to tasks. */
@Resolver(() => TaskType)
export class TaskLabelsResolver {
  readonly #loaders: (context: RequestContext) => LabelLoaders;

  constructor(loaders: (context: RequestContext) => LabelLoaders) {
    this.#loaders = loaders;
  }

  @FieldResolver(() => [TagType], { description: 'Its tags, in the order in which they were put on it.' })
  tags(@Root() task: TaskRow & RelatedRows, @Ctx() context: RequestContext): Promise<LabelRow[]> | ShownLabel[] {
    return task.tags ?? (task.tagIds.length === 0 ? [] : this.#loaders(context).tags.load(task));
  }

  @FieldResolver(() => TaskListType, { nullable: true, description: 'The list that it is in.' })
  list(
    @Root() { listId, list }: TaskRow & RelatedRows,
    @Ctx() context: RequestContext,
  ): Promise<LabelRow | null> | ShownLabel | null {
    if (list !== undefined) return list;
    return listId === null ? null : this.#loaders(context).lists.load(listId);
  }
}

/** Numbers of lists, counted only when asked for. */
@Resolver(() => TaskListType)
export class ListCountsResolver {
  readonly #loaders: (context: RequestContext) => LabelLoaders;

  constructor(loaders: (context: RequestContext) => LabelLoaders) {
    this.#loaders = loaders;
  }

  @FieldResolver(() => TaskStatsType, { description: 'How many tasks it has, and how many of them are done.' })
  taskCounts(@Root() { id }: LabelRow, @Ctx() context: RequestContext): Promise<TaskStats> {
    return this.#loaders(context).counts.load(id);
  }
}
