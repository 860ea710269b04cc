import DataLoader from 'dataloader';
import { perRequest } from '../core/per-request.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { TaskService } from './task.service.ts';
import type { TaskRow, TaskStats } from './task.ts';

const LARGEST_BATCH = 100;

/** However many fields of one request ask, one statement answers, bound to its actor. */
export interface TaskLoaders {
  tasks: DataLoader<string, TaskRow>;
  /** null for what is in the trash, or nowhere */
  parents: DataLoader<string, TaskRow | null>;
  subtaskCounts: DataLoader<string, TaskStats>;
  /** the first so many subtasks */
  subtasks(first: number): DataLoader<string, TaskRow[]>;
}

export function createTaskLoaders(tasks: TaskService): (context: RequestContext) => TaskLoaders {
  return perRequest(({ actor }) => {
    const subtasks = new Map<number, DataLoader<string, TaskRow[]>>();
    return {
      tasks: loader<TaskRow>((ids) => tasks.getMany(actor, ids)),
      parents: loader(async (ids) => {
        const found = await tasks.byIds(actor, ids);
        return ids.map((id) => found.get(id) ?? null);
      }),
      subtaskCounts: loader((ids) => tasks.subtaskCounts(actor, ids)),
      subtasks(first) {
        const existing = subtasks.get(first) ?? loader((ids: readonly string[]) => tasks.subtasks(actor, ids, first));
        subtasks.set(first, existing);
        return existing;
      },
    };
  });
}

function loader<Value>(load: (ids: readonly string[]) => Promise<(Value | Error)[]>): DataLoader<string, Value> {
  return new DataLoader<string, Value>(load, { maxBatchSize: LARGEST_BATCH });
}
