import 'reflect-metadata';
import type { AuditService } from '../audit/audit.service.ts';
import { ViewerEventsResolver } from '../audit/viewer-events.resolver.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { ExportResolver } from '../exports/export.resolver.ts';
import type { ExportService } from '../exports/export.service.ts';
import { ImportResolver } from '../imports/import.resolver.ts';
import type { ImportService } from '../imports/import.service.ts';
import type { LabelService } from '../labels/label.service.ts';
import { ListResolver } from '../labels/list.resolver.ts';
import { TagResolver } from '../labels/tag.resolver.ts';
import { createLabelLoaders, ListCountsResolver, TaskLabelsResolver } from '../labels/task-labels.resolver.ts';
import { SyncResolver } from '../sync/sync.resolver.ts';
import type { SyncService } from '../sync/sync.service.ts';
import { BulkResolver } from '../tasks/bulk.resolver.ts';
import type { BulkService } from '../tasks/bulk.service.ts';
import { CommandResolver } from '../tasks/command.resolver.ts';
import { HistoryResolver } from '../tasks/history.resolver.ts';
import type { HistoryService } from '../tasks/history.service.ts';
import { MoveResolver } from '../tasks/move.resolver.ts';
import { createTaskLoaders } from '../tasks/task.loaders.ts';
import { TaskConnectionResolver, TaskResolver } from '../tasks/task.resolver.ts';
import type { TaskService } from '../tasks/task.service.ts';
import { TaskRelationsResolver } from '../tasks/task-relations.resolver.ts';
import { TrashResolver } from '../tasks/trash.resolver.ts';
import type { TrashService } from '../tasks/trash.service.ts';
import { ViewerTasksResolver } from '../tasks/viewer-tasks.resolver.ts';
import type { UserService } from '../users/user.service.ts';
import { ViewerResolver } from '../users/viewer.resolver.ts';
import { NodeResolver } from './node.resolver.ts';
import type { Resolvers } from './schema.ts';

/** What the resolvers delegate to. */
export interface ResolvedServices {
  tasks: TaskService;
  users: UserService;
  audit: AuditService;
  exports: ExportService;
  imports: ImportService;
  sync: SyncService;
  labels: LabelService;
  bulk: BulkService;
  trash: TrashService;
  history: HistoryService;
}

/** Every resolver of the API with the services it delegates to. */
export function createResolvers(
  { tasks, users, audit, exports, imports, sync, labels, bulk, trash, history }: ResolvedServices,
  events: SecurityEventLog,
): Resolvers {
  const [taskLoaders, labelLoaders] = [createTaskLoaders(tasks), createLabelLoaders(labels)];
  return [
    new TaskResolver(tasks, taskLoaders),
    new TaskRelationsResolver(taskLoaders),
    new MoveResolver(tasks),
    new BulkResolver(bulk, events),
    new TrashResolver(trash),
    new HistoryResolver(history),
    new TaskLabelsResolver(labelLoaders),
    new TagResolver(labels),
    new ListResolver(labels),
    new ListCountsResolver(labelLoaders),
    new NodeResolver(tasks, labels),
    new TaskConnectionResolver(tasks),
    new CommandResolver(tasks, events),
    new ViewerResolver(users),
    new ViewerTasksResolver(tasks),
    new ViewerEventsResolver(audit),
    new ExportResolver(exports),
    new ImportResolver(imports),
    new SyncResolver(sync),
  ];
}
