import type { ApolloCache, InMemoryCache } from '@apollo/client';
import {
  type ListFieldsFragment,
  ListFieldsFragmentDoc,
  type TagFieldsFragment,
  TagFieldsFragmentDoc,
  type TaskCommandInput,
  type TaskFieldsFragment,
  type UpdateTaskInput,
} from '../generated/graphql.ts';
import { LAST_POSITION, positionBetween } from './manual-order.ts';
import { placeTask, readTask, removeTask } from './task-cache.ts';
import { listedPositions } from './task-lists.ts';

/**
 * Shows what a command will do, as an optimistic layer of the cache under the command's id. The layer lies over whatever
 * the server tells meanwhile and is taken away when the command has its answer: what is then seen is the server's word,
 * so a refused command rolls back by itself. Works for a single mutation as for commands that wait in the offline queue.
 * Take it with task-cache.ts, task-lists.ts, task-filter.ts and manual-order.ts.
 */
export class CommandLayers {
  readonly #cache: InMemoryCache;

  constructor(cache: InMemoryCache) {
    this.#cache = cache;
  }

  show(command: TaskCommandInput): void {
    this.#cache.recordOptimisticTransaction((cache) => apply(cache, command), command.id);
  }

  hide(commandId: string): void {
    this.#cache.removeOptimistic(commandId);
  }
}

function apply(cache: ApolloCache, command: TaskCommandInput): void {
  const { create, update, toggle, move } = command;
  if (create) placeTask(cache, newTask(cache, create, command.id));
  if (update) change(cache, update.id, (task) => changed(cache, task, update.input));
  if (toggle) change(cache, toggle.id, (task) => ({ ...task, completed: !task.completed }));
  if (move) change(cache, move.id, (task) => ({ ...task, position: placeOf(cache, move) }));
  if (command.delete) removeTask(cache, command.delete.id);
}

function change(cache: ApolloCache, id: string, to: (task: TaskFieldsFragment) => TaskFieldsFragment): void {
  const task = readTask(cache, id);
  if (task) placeTask(cache, to(task));
}

function newTask(
  cache: ApolloCache,
  input: NonNullable<TaskCommandInput['create']>,
  commandId: string,
): TaskFieldsFragment {
  const now = new Date().toISOString();
  const blank: TaskFieldsFragment = {
    __typename: 'Task',
    id: input.id ?? commandId,
    title: input.title,
    description: null,
    completed: false,
    completedAt: null,
    priority: 'NONE',
    dueDate: null,
    dueAt: null,
    dueTimeZone: null,
    recurrence: null,
    recurrenceBasis: 'DUE',
    position: LAST_POSITION,
    parentId: input.parentId ?? null,
    createdAt: now,
    updatedAt: now,
    // Below every version that the server gives.
    version: 0,
    list: null,
    tags: [],
    subtaskCounts: { __typename: 'TaskStats', total: 0, completed: 0 },
  };
  return changed(cache, blank, input);
}

/** Input and task name most fields alike; tags and the list are given by id and shown as objects. */
function changed(cache: ApolloCache, task: TaskFieldsFragment, input: UpdateTaskInput): TaskFieldsFragment {
  const { tagIds, addTags, removeTags, listId, ...same } = input;
  const given = Object.entries(same).filter(([key, value]) => value !== undefined && key in task);
  const kept = (tagIds ?? task.tags.map(({ id }) => id)).filter((id) => !removeTags?.includes(id));
  const wanted = new Set([...kept, ...(addTags ?? [])]);
  return {
    ...task,
    ...Object.fromEntries(given),
    ...(input.dueDate ? { dueAt: null, dueTimeZone: null } : {}),
    ...(input.dueAt ? { dueDate: null } : {}),
    tags: [...wanted].map((id) => task.tags.find((tag) => tag.id === id) ?? tagOf(cache, id)),
    list: listId === undefined ? task.list : listId === null ? null : listOf(cache, listId),
  };
}

function tagOf(cache: ApolloCache, id: string): TagFieldsFragment {
  const known = cache.readFragment({ id: `Tag:${id}`, fragment: TagFieldsFragmentDoc });
  return known ?? { __typename: 'Tag', id, name: '', color: null };
}

function listOf(cache: ApolloCache, id: string): ListFieldsFragment {
  const known = cache.readFragment({ id: `TaskList:${id}`, fragment: ListFieldsFragmentDoc });
  return known ?? { __typename: 'TaskList', id, name: '', color: null };
}

/** Right beside the other one, as far as the lists here show who stands there. */
function placeOf(cache: ApolloCache, { id, before, after }: NonNullable<TaskCommandInput['move']>): string {
  const anchor = readTask(cache, before ?? after ?? '')?.position ?? LAST_POSITION;
  const others = listedPositions(cache, id);
  if (before)
    return positionBetween(
      others
        .filter((place) => place < anchor)
        .sort()
        .at(-1),
      anchor,
    );
  return positionBetween(anchor, others.filter((place) => place > anchor).sort()[0]);
}
