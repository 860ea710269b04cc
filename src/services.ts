import { type AuditService, createAuditService } from './audit/audit.service.ts';
import type { AuditStore } from './audit/audit.store.ts';
import type { Actor } from './core/actor.ts';
import type { Clock } from './core/clock.ts';
import type { RevocationChannel } from './core/revocations.ts';
import type { SecurityEventLog } from './core/security-events.ts';
import { createExportService, type ExportService } from './exports/export.service.ts';
import { createImportService, type ImportService } from './imports/import.service.ts';
import { createLabelService, type LabelService } from './labels/label.service.ts';
import type { LabelStore } from './labels/label.store.ts';
import { createTaskFeed, type TaskFeedOptions } from './sync/sync.feed.ts';
import { createSyncService, type SyncService } from './sync/sync.service.ts';
import type { SyncStore } from './sync/sync.store.ts';
import { type BulkService, createBulkService } from './tasks/bulk.service.ts';
import { createHistoryService, type HistoryService } from './tasks/history.service.ts';
import { createTaskService, type TaskService } from './tasks/task.service.ts';
import type { TaskStore } from './tasks/task.store.ts';
import { createTrashService, type TrashService } from './tasks/trash.service.ts';
import { createUserService, type Identities, type UserService } from './users/user.service.ts';
import type { UserStore } from './users/user.store.ts';

/** What both APIs, the commands and the tests see of the product. */
export interface Services {
  tasks: TaskService;
  users: UserService;
  audit: AuditService;
  imports: ImportService;
  exports: ExportService;
  sync: SyncService;
  labels: LabelService;
  bulk: BulkService;
  trash: TrashService;
  history: HistoryService;
}

export interface ServiceDependencies {
  taskStore: TaskStore;
  labelStore: LabelStore;
  userStore: UserStore;
  auditStore: AuditStore;
  events: SecurityEventLog;
  identities: Identities;
  revocations: RevocationChannel;
  clock: Clock;
  syncStore: SyncStore;
  following: Pick<TaskFeedOptions, 'hints' | 'maximumPerUser' | 'recheckInterval' | 'log'>;
  /** waits for so many milliseconds */
  wait: (milliseconds: number) => Promise<void>;
}

/** The one factory of services. Whatever is given here, PostgreSQL or a test's memory, the services are the same. */
export function createServices(dependencies: ServiceDependencies): Services {
  const { taskStore, labelStore, userStore, auditStore, syncStore, following, clock, ...others } = dependencies;
  const users = createUserService({ store: userStore, clock, ...others });
  const writing = { store: taskStore, clock, timeZoneOf: (actor: Actor) => users.timeZone(actor) };
  const tasks = createTaskService(writing);
  const labels = createLabelService(labelStore);
  const audit = createAuditService(auditStore);
  const feed = createTaskFeed({ ...following, store: syncStore, readmit: (actor) => users.readmit(actor), clock });
  others.revocations.subscribe((userId) => feed.reconsider(userId));
  return {
    tasks,
    users,
    audit,
    imports: createImportService({ tasks, labels, users, clock }),
    exports: createExportService({ tasks, labels, users, audit, clock }),
    sync: createSyncService(syncStore, feed),
    labels,
    bulk: createBulkService(writing),
    trash: createTrashService(taskStore),
    history: createHistoryService(taskStore),
  };
}
