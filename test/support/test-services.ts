import { setTimeout as delay } from 'node:timers/promises';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import type { Actor } from '../../src/core/actor.ts';
import { createLocalHints } from '../../src/core/change-hints.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { createLocalRevocations } from '../../src/core/revocations.ts';
import { announceLabels } from '../../src/labels/label.store.ts';
import { createServices, type ServiceDependencies, type Services } from '../../src/services.ts';
import { createStores } from '../../src/stores.ts';
import { announceWrites } from '../../src/tasks/announced-writes.ts';
import type { TaskConnectionQuery } from '../../src/tasks/task.list-inputs.ts';
import { newUser } from './factories.ts';
import { type OpenTestDatabase, type OpenTestDatabaseOptions, openTestDatabase } from './open-test-database.ts';
import { createRecordedEvents } from './recorded-events.ts';

/** The services on a database of their own, without any transport. */
export interface TestServices extends Services {
  database: OpenTestDatabase;
  /** a user whose row exists */
  actor(claims?: Partial<Actor>): Promise<Actor>;
  close(): Promise<void>;
}

export async function startTestServices(
  overrides: Partial<ServiceDependencies> = {},
  options: OpenTestDatabaseOptions = {},
): Promise<TestServices> {
  const database = await openTestDatabase(options);
  const clock: Clock = overrides.clock ?? systemClock;
  const hints = overrides.following?.hints ?? createLocalHints();
  const { taskStore, labelStore, ...stores } = createStores(database);
  const services = createServices({
    taskStore: announceWrites(taskStore, hints.publish),
    labelStore: announceLabels(labelStore, hints.publish),
    ...stores,
    auditStore: createAuditStore(database),
    following: { hints, maximumPerUser: 50, log: () => {} },
    events: createRecordedEvents(),
    identities: { endSessions: async () => {}, deleteUser: async () => {} },
    revocations: createLocalRevocations(),
    clock,
    wait: (milliseconds) => delay(milliseconds),
    ...overrides,
  });
  return {
    ...services,
    database,
    async actor(claims = {}) {
      const issuedAt = Math.floor(clock.now() / 1000);
      const actor = { userId: newUser(), email: null, name: null, issuedAt, ...claims };
      await services.users.admit(actor);
      return actor;
    },
    close: () => database.close(),
  };
}

/** How many tasks a list has in all. */
export async function countOf(
  { tasks }: Pick<Services, 'tasks'>,
  actor: Actor,
  query: TaskConnectionQuery,
): Promise<number> {
  return tasks.count(await tasks.connection(actor, query));
}
