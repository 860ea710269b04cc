import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { createAuditStore } from '../../src/audit/audit.store.ts';
import { createLocalHints } from '../../src/core/change-hints.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLocalRevocations } from '../../src/core/revocations.ts';
import { createServices } from '../../src/services.ts';
import { createStores } from '../../src/stores.ts';
import { accountCases } from '../contract/cases/account.ts';
import { concurrencyCases } from '../contract/cases/concurrency.ts';
import { idempotencyCases } from '../contract/cases/idempotency.ts';
import { ownershipCases } from '../contract/cases/ownership.ts';
import { taskCases } from '../contract/cases/tasks.ts';
import { validationCases } from '../contract/cases/validation.ts';
import { valueCases } from '../contract/cases/values.ts';
import { versionCases } from '../contract/cases/versions.ts';
import type { Api } from '../support/api.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { createServicesApi } from '../support/services-api.ts';

/** T057: both APIs are swapped for plain calls; no HTTP, no GraphQL, and the same cases hold. */

let database: OpenTestDatabase;
let api: Api;

beforeAll(async () => {
  database = await openTestDatabase();
  const services = createServices({
    ...createStores(database),
    auditStore: createAuditStore(database),
    following: { hints: createLocalHints(), maximumPerUser: 1, log: () => {} },
    events: createRecordedEvents(),
    identities: { endSessions: async () => {}, deleteUser: async () => {} },
    revocations: createLocalRevocations(),
    clock: systemClock,
    wait: (milliseconds) => delay(milliseconds),
  });
  api = createServicesApi(services);
});

afterAll(() => database.close());

describe('another API over the services', () => {
  describe('tasks', () => taskCases(() => api));
  describe('ownership', () => ownershipCases(() => api));
  describe('versions and ids', () => versionCases(() => api));
  describe('validation', () => validationCases(() => api));
  describe('values', () => valueCases(() => api));
  describe('idempotency keys', () => idempotencyCases(() => api));
  describe('concurrency', () => concurrencyCases(() => api));
  describe('account', () => accountCases(() => api));
});
