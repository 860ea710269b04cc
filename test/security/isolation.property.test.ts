import { afterAll, beforeAll, describe, it } from '@jest/globals';
import fc from 'fast-check';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { IsolatedPlans } from './support/isolated-plans.ts';
import { operations } from './support/isolation-operations.ts';
import { plans } from './support/isolation-plans.ts';
import { IsolationRun } from './support/isolation-run.ts';
import { createWatchedClient } from './support/watched-client.ts';

let database: OpenTestDatabase;
let app: TestApp;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({ beside: { databaseUrl: database.url } });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

/** Some 4,000 requests. */
const RUNS = { numRuns: 100 };

describe('users of one server', () => {
  it('see and change their own tasks only, whatever they do through either API', async () => {
    const sequences = fc.array(operations, { minLength: 10, maxLength: 60, size: 'max' });
    // Each user's tasks are marked with a word that is nobody else's, and no answer to anybody else may hold it.
    // On a failure fast-check prints seed and path, which as options repeat it.
    const alone = fc.asyncProperty(sequences, async (sequence) => {
      const run = new IsolationRun(createWatchedClient(app));
      for (const operation of sequence) await run.perform(operation);
    });
    await fc.assert(alone, RUNS);
  }, 270_000);

  it("see and change nothing of each other's tags, lists, subtasks, orders, histories and trash, by whatever ids and tokens", async () => {
    const sequences = fc.array(plans, { minLength: 20, maxLength: 80, size: 'max' });
    const alone = fc.asyncProperty(sequences, async (sequence) => {
      const run = new IsolatedPlans(createWatchedClient(app), database);
      for (const plan of sequence) await run.perform(plan);
    });
    await fc.assert(alone, { numRuns: 25, endOnFailure: true });
  }, 360_000);
});
