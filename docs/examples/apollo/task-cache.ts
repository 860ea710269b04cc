import type { ApolloCache, Reference } from '@apollo/client';
import { ALL_TASKS, SYNCED_TASK, type SyncedTask, type TaskChange } from './task-feed.documents.ts';

const keyOf = (id: string) => `Task:${id}`;

/** The user's tasks in Apollo's cache: the objects that every other query shares, and one list of all of them, `ALL_TASKS`. */
export class TaskCache {
  readonly #cache: ApolloCache;

  constructor(cache: ApolloCache) {
    this.#cache = cache;
  }

  /** A page of a start counts whatever the cache has, which may be of a history that the server knows nothing of. */
  takePage(tasks: readonly SyncedTask[]): void {
    this.#cache.batch({ update: () => this.#put(tasks) });
  }

  /** Ends a start: what was in none of its pages is not there any more. */
  keepOnly(ids: ReadonlySet<string>): void {
    const { allTasks = [] } = this.#cache.readQuery({ query: ALL_TASKS }) ?? {};
    this.#remove(allTasks.map(({ id }) => id).filter((id) => !ids.has(id)));
  }

  take({ task, deletedTaskId }: TaskChange): void {
    if (deletedTaskId !== null) this.#remove([deletedTaskId]);
    // The answer to a change of one's own may have been faster, and of a later version.
    else if (task && task.version >= this.#versionOf(task.id)) this.takePage([task]);
  }

  #versionOf(id: string): number {
    return this.#cache.readFragment({ id: keyOf(id), fragment: SYNCED_TASK })?.version ?? 0;
  }

  #put(tasks: readonly SyncedTask[]): void {
    for (const task of tasks) this.#cache.writeFragment({ id: keyOf(task.id), fragment: SYNCED_TASK, data: task });
    this.#changeList((list) => {
      const keys = new Set(list.map(({ __ref }) => __ref));
      const added = tasks.map(({ id }) => keyOf(id)).filter((key) => !keys.has(key));
      return [...list, ...added.map((__ref) => ({ __ref }))];
    });
  }

  /** Out of the list as well: an answer that comes late would bring the task back there. */
  #remove(ids: readonly string[]): void {
    const removed = new Set(ids.map(keyOf));
    this.#cache.batch({
      update: () => {
        this.#changeList((list) => list.filter(({ __ref }) => !removed.has(__ref)));
        for (const id of removed) this.#cache.evict({ id });
        this.#cache.gc();
      },
    });
  }

  #changeList(change: (list: readonly Reference[]) => Reference[]): void {
    // Only a field that is there can be changed.
    if (!this.#cache.readQuery({ query: ALL_TASKS })) {
      this.#cache.writeQuery({ query: ALL_TASKS, data: { allTasks: [] } });
    }
    this.#cache.modify<{ allTasks: readonly Reference[] }>({
      fields: { allTasks: (list) => change(list as Reference[]) },
    });
  }
}
