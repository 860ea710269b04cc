import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { accountCases } from '../contract/cases/account.ts';
import { concurrencyCases } from '../contract/cases/concurrency.ts';
import { idempotencyCases } from '../contract/cases/idempotency.ts';
import { ownershipCases } from '../contract/cases/ownership.ts';
import { taskCases } from '../contract/cases/tasks.ts';
import { validationCases } from '../contract/cases/validation.ts';
import { versionCases } from '../contract/cases/versions.ts';
import type { Api } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createGraphQLApi } from '../support/graphql-api.ts';
import { createMemoryStores } from '../support/memory-stores.ts';
import { createRestApi } from '../support/rest-api.ts';

/** T056: the database layer is swapped for one in memory; auth, services and both APIs are the real ones, unchanged. */

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ overrides: createMemoryStores() });
});

afterAll(async () => {
  await app.close();
});

describe.each([
  ['GraphQL', createGraphQLApi],
  ['REST', createRestApi],
])('another database layer behind %s', (_name, createApi) => {
  let api: Api;
  beforeAll(() => {
    api = createApi(app.url, app.credentials);
  });

  describe('tasks', () => taskCases(() => api));
  describe('ownership', () => ownershipCases(() => api));
  describe('versions and ids', () => versionCases(() => api));
  describe('validation', () => validationCases(() => api));
  describe('idempotency keys', () => idempotencyCases(() => api));
  describe('concurrency', () => concurrencyCases(() => api));
  describe('account', () => accountCases(() => api));
});

describe('another database layer', () => {
  it('takes all of the data, so that PostgreSQL holds none', async () => {
    await createRestApi(app.url, app.credentials).create('memory-user', { title: 'Only in memory' });
    const client = new Client({ connectionString: app.databaseUrl });
    await client.connect();
    const { rows } = await client.query('select (select count(*) from tasks) + (select count(*) from users) as rows');
    await client.end();
    expect(rows).toEqual([{ rows: '0' }]);
  });
});
