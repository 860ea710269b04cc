import { afterAll, beforeAll, describe } from '@jest/globals';
import type { Api } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createGraphQLApi } from '../support/graphql-api.ts';
import { createRestApi } from '../support/rest-api.ts';
import { accountCases } from './cases/account.ts';
import { concurrencyCases } from './cases/concurrency.ts';
import { idempotencyCases } from './cases/idempotency.ts';
import { ownershipCases } from './cases/ownership.ts';
import { taskCases } from './cases/tasks.ts';
import { validationCases } from './cases/validation.ts';
import { valueCases } from './cases/values.ts';
import { versionCases } from './cases/versions.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

describe.each([
  ['GraphQL', createGraphQLApi],
  ['REST', createRestApi],
])('%s', (_name, createApi) => {
  let api: Api;
  beforeAll(() => {
    api = createApi(app.url, (user) => app.credentials(user));
  });

  describe('tasks', () => taskCases(() => api));
  describe('ownership', () => ownershipCases(() => api));
  describe('versions and ids', () => versionCases(() => api));
  describe('validation', () => validationCases(() => api));
  describe('values', () => valueCases(() => api));
  describe('idempotency keys', () => idempotencyCases(() => api));
  describe('concurrency', () => concurrencyCases(() => api));
  describe('account', () => accountCases(() => api));
});
