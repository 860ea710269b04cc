import type { Clock } from './core/clock.ts';
import type { Logger } from './core/logger.ts';
import type { IsolatedDatabase } from './db/database.ts';
import { announceLabels } from './labels/label.store.ts';
import { createStores, type Stores } from './stores.ts';
import { announceWrites } from './tasks/announced-writes.ts';
import { type Purging, purgeAfterWrites } from './tasks/purged-writes.ts';

interface ServedStores extends Pick<Purging, 'retention'> {
  database: IsolatedDatabase;
  clock: Clock;
  logger: Logger;
  /** hears whose tasks may have changed */
  changed: (userId: string) => void;
}

/** The stores of a server: what is written is announced, and what is old goes. */
export function createServedStores({ database, clock, logger, changed, retention }: ServedStores): Stores {
  const stores = createStores(database);
  const taskStore = purgeAfterWrites(stores.taskStore, {
    database,
    clock,
    retention,
    log: (error, what) => logger.error({ err: error }, `${what} cannot be removed`),
  });
  return {
    ...stores,
    taskStore: announceWrites(taskStore, changed),
    labelStore: announceLabels(stores.labelStore, changed),
  };
}
