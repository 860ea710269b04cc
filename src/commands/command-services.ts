import { setTimeout as delay } from 'node:timers/promises';
import { createAuditStore } from '../audit/audit.store.ts';
import type { Config } from '../config.ts';
import { createLocalHints } from '../core/change-hints.ts';
import { systemClock } from '../core/clock.ts';
import { createLocalRevocations } from '../core/revocations.ts';
import { openDatabase } from '../db/open-database.ts';
import { ENTITIES } from '../entities.ts';
import { createServices, type Services } from '../services.ts';
import { createStores } from '../stores.ts';

/**
 * Runs the work with the server's services on the server's database, beside the running server or without one, and
 * closes everything afterwards.
 */
export async function withServices(config: Config, work: (services: Services) => Promise<void>): Promise<void> {
  const storage = await openDatabase(config, {
    entities: ENTITIES,
    exclusive: false,
    log: (message) => console.error(message),
  });
  try {
    const services = createServices({
      clock: systemClock,
      wait: (milliseconds) => delay(milliseconds),
      ...createStores(storage.database),
      auditStore: createAuditStore(storage.database),
      // Nobody follows here; those who follow elsewhere hear of it from the database.
      following: { hints: createLocalHints(), maximumPerUser: 0, log: () => {} },
      // Nobody's request: who may run commands here may do anything.
      events: { record: () => {}, recordNow: async () => {} },
      // Signing out and erasing accounts is done at the server, which knows where its tokens come from.
      identities: { endSessions: async () => {}, deleteUser: async () => {} },
      revocations: createLocalRevocations(),
    });
    await work(services);
  } finally {
    await storage.close();
  }
}
