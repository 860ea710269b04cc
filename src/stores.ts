import type { IsolatedDatabase } from './db/database.ts';
import { createLabelStore } from './labels/label.store.ts';
import type { ServiceDependencies } from './services.ts';
import { createSyncStore } from './sync/sync.store.ts';
import { createTaskStore } from './tasks/task.store.ts';
import { createUserStore } from './users/user.store.ts';

export type Stores = Pick<ServiceDependencies, 'taskStore' | 'labelStore' | 'userStore' | 'syncStore'>;

/** Where everything is kept, but for the log of security events: PostgreSQL. */
export function createStores(database: IsolatedDatabase): Stores {
  return {
    taskStore: createTaskStore(database),
    labelStore: createLabelStore(database),
    userStore: createUserStore(database),
    syncStore: createSyncStore(database),
  };
}
