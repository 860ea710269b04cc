import type { FastifyPluginCallback } from 'fastify';
import type { ResultCache } from './core/result-cache.ts';
import { labelRoutes } from './labels/label.routes.ts';
import type { Services } from './services.ts';
import { bulkRoutes } from './tasks/bulk.routes.ts';
import { historyRoutes } from './tasks/history.routes.ts';
import { taskRoutes } from './tasks/task.routes.ts';
import { taskActionRoutes } from './tasks/task-actions.routes.ts';
import { trashRoutes } from './tasks/trash.routes.ts';

type TaskServices = Pick<Services, 'tasks' | 'bulk' | 'trash' | 'history' | 'labels'>;

/** REST about tasks and what they are sorted by. */
export function taskFeatureRoutes(
  { tasks, bulk, trash, history, labels }: TaskServices,
  results: ResultCache,
): FastifyPluginCallback[] {
  return [
    taskRoutes(tasks, results),
    taskActionRoutes(tasks),
    bulkRoutes(bulk),
    trashRoutes(trash),
    historyRoutes(history, tasks),
    labelRoutes(labels, 'tags'),
    labelRoutes(labels, 'lists'),
  ];
}
