import DataLoader from 'dataloader';
import type { RequestContext } from '../core/request-context.ts';
import type { TaskService } from './task.service.ts';
import type { TaskRow } from './task.ts';

const LARGEST_BATCH = 100;

/** The loader of tasks by id of one request: however many fields ask, one statement answers, bound to the actor. */
export type TaskLoader = (context: RequestContext) => DataLoader<string, TaskRow>;

export function createTaskLoader(tasks: TaskService): TaskLoader {
  const loaders = new WeakMap<RequestContext, DataLoader<string, TaskRow>>();
  return (context) => {
    const existing = loaders.get(context);
    if (existing) return existing;
    const created = new DataLoader<string, TaskRow>((ids) => tasks.getMany(context.actor, ids), {
      maxBatchSize: LARGEST_BATCH,
    });
    loaders.set(context, created);
    return created;
  };
}
