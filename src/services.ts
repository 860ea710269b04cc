import { type AuditService, createAuditService } from './audit/audit.service.ts';
import type { AuditStore } from './audit/audit.store.ts';
import type { Clock } from './core/clock.ts';
import type { RevocationChannel } from './core/revocations.ts';
import type { SecurityEventLog } from './core/security-events.ts';
import { createExportService, type ExportService } from './exports/export.service.ts';
import { createImportService, type ImportService } from './imports/import.service.ts';
import { createTaskService, type TaskService } from './tasks/task.service.ts';
import type { TaskStore } from './tasks/task.store.ts';
import { createUserService, type Identities, type UserService } from './users/user.service.ts';
import type { UserStore } from './users/user.store.ts';

/** What both APIs, the commands and the tests see of the product. */
export interface Services {
  tasks: TaskService;
  users: UserService;
  audit: AuditService;
  imports: ImportService;
  exports: ExportService;
}

export interface ServiceDependencies {
  taskStore: TaskStore;
  userStore: UserStore;
  auditStore: AuditStore;
  events: SecurityEventLog;
  identities: Identities;
  revocations: RevocationChannel;
  clock: Clock;
  /** waits for so many milliseconds */
  wait: (milliseconds: number) => Promise<void>;
}

/** The one factory of services. Whatever is given here, PostgreSQL or a test's memory, the services are the same. */
export function createServices(dependencies: ServiceDependencies): Services {
  const { taskStore, userStore, auditStore, clock, ...others } = dependencies;
  const tasks = createTaskService(taskStore, clock);
  const users = createUserService({ store: userStore, clock, ...others });
  const audit = createAuditService(auditStore);
  return {
    tasks,
    users,
    audit,
    imports: createImportService({ tasks, users, clock }),
    exports: createExportService({ tasks, users, audit, clock }),
  };
}
