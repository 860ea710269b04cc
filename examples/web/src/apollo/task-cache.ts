import type { ApolloCache } from '@apollo/client';
import { type TaskFieldsFragment, TaskFieldsFragmentDoc } from '../generated/graphql.ts';
import { addToLists, removeFromLists } from './task-lists.ts';

const FRAGMENT = { fragment: TaskFieldsFragmentDoc, fragmentName: 'TaskFields' } as const;

/** As the user sees it: with what is not answered yet. */
export function readTask(cache: ApolloCache, id: string): TaskFieldsFragment | undefined {
  return cache.readFragment({ id: `Task:${id}`, ...FRAGMENT }, true) ?? undefined;
}

/** As the server told it last. */
export function readAnsweredTask(cache: ApolloCache, id: string): TaskFieldsFragment | undefined {
  return cache.readFragment({ id: `Task:${id}`, ...FRAGMENT }) ?? undefined;
}

/** Takes a task of the server over, unless the cache has a later version of it. */
export function putTask(cache: ApolloCache, task: TaskFieldsFragment): void {
  const known = readAnsweredTask(cache, task.id);
  if (!known || known.version <= task.version) placeTask(cache, task);
}

/** Writes it whatever the cache has, and puts it into the lists where it surely belongs. */
export function placeTask(cache: ApolloCache, task: TaskFieldsFragment): void {
  writeTask(cache, task);
  addToLists(cache, task);
}

export function writeTask(cache: ApolloCache, task: TaskFieldsFragment): void {
  cache.writeFragment({ id: `Task:${task.id}`, ...FRAGMENT, data: task });
}

/** Out of the lists as well: an answer that comes late would bring the task back there. */
export function removeTask(cache: ApolloCache, id: string): void {
  removeFromLists(cache, id);
  cache.evict({ id: `Task:${id}` });
}
