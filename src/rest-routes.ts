import type { FastifyPluginCallback } from 'fastify';
import { auditRoutes } from './audit/audit.routes.ts';
import type { Logger } from './core/logger.ts';
import type { ResultCache } from './core/result-cache.ts';
import type { SecurityEventLog } from './core/security-events.ts';
import { exportRoutes } from './exports/export.routes.ts';
import type { LiveConnections } from './http/live-connections.ts';
import { importRoutes } from './imports/import.routes.ts';
import { labelRoutes } from './labels/label.routes.ts';
import type { Services } from './services.ts';
import { syncRoutes } from './sync/sync.routes.ts';
import { bulkRoutes } from './tasks/bulk.routes.ts';
import { historyRoutes } from './tasks/history.routes.ts';
import { taskRoutes } from './tasks/task.routes.ts';
import { taskActionRoutes } from './tasks/task-actions.routes.ts';
import { trashRoutes } from './tasks/trash.routes.ts';
import { userRoutes } from './users/user.routes.ts';

interface RestGround {
  results: ResultCache;
  connections: LiveConnections;
  logger: Logger;
  events: SecurityEventLog;
}

/** REST as a whole, each route over a service: what needs a user. */
export function restRoutes(services: Services, ground: RestGround): FastifyPluginCallback[] {
  const { results, connections, logger, events } = ground;
  const { tasks, bulk, trash, history, labels, users, audit, exports, imports, sync } = services;
  return [
    taskRoutes(tasks, results),
    taskActionRoutes(tasks),
    bulkRoutes(bulk, events),
    trashRoutes(trash),
    historyRoutes(history, tasks),
    labelRoutes(labels, 'tags'),
    labelRoutes(labels, 'lists'),
    userRoutes(users),
    auditRoutes(audit),
    exportRoutes(exports, logger),
    importRoutes(imports),
    syncRoutes(sync, connections, logger),
  ];
}
