import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { connectTo } from '../workers/support/connection.ts';
import { startServer } from '../workers/support/server.ts';

/** Processes that are started and stopped beside everything else that a test run does. */
const PATIENCE = 90_000;
const FAULTS = fileURLToPath(new URL('./support/faults-on-signals.mjs', import.meta.url));

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const start = (workers: string, settings: Record<string, string> = {}) =>
  startServer({
    WORKERS: workers,
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: TEST_SECRET,
    NODE_OPTIONS: `--import=${FAULTS}`,
    ...settings,
  });

describe('a bug outside of every request', () => {
  it.each<[string, NodeJS.Signals, string, string]>([
    ['rejection', 'SIGUSR2', 'a rejection that nobody waits for', 'unhandledRejection'],
    ['exception', 'SIGWINCH', 'an exception that nobody catches', 'uncaughtException'],
  ])(
    'as a %s is in the log whole, and the server ends in order with 1',
    async (_kind, signal, message, origin) => {
      const server = await start('1');
      server.signal(signal, 'primary');
      expect(await server.exited).toEqual([1, null]);
      expect(server.log().filter(({ msg }) => msg === 'unexpected fault')).toEqual([
        expect.objectContaining({
          level: 60,
          origin,
          err: expect.objectContaining({ message, stack: expect.stringContaining('faults-on-signals.mjs') }),
        }),
      ]);
      expect(server.log()).toContainEqual(expect.objectContaining({ step: 'database', msg: 'shutdown step done' }));
    },
    PATIENCE,
  );

  it.each<[string, NodeJS.Signals, NodeJS.Signals]>([
    ['that a signal has begun', 'SIGTERM', 'SIGUSR2'],
    ['that a bug has begun, as a signal does not either', 'SIGUSR2', 'SIGTERM'],
  ])(
    'does not cut a shutdown short %s, which ends with 1',
    async (_which, first, second) => {
      const server = await start('1', { SHUTDOWN_DELAY: '2500' });
      server.signal(first, 'primary');
      await server.line('"step":"readiness"');
      // Two signals within a second are taken for one.
      await delay(1500);
      server.signal(second, 'primary');
      expect(await server.exited).toEqual([1, null]);
      expect(server.log()).toContainEqual(expect.objectContaining({ msg: 'unexpected fault' }));
      expect(server.log()).toContainEqual(expect.objectContaining({ step: 'database', msg: 'shutdown step done' }));
    },
    PATIENCE,
  );

  it(
    'of one of several workers costs this worker, and another one takes its place',
    async () => {
      const server = await start('2');
      const client = connectTo(server.url);
      const [first] = await server.workers();
      process.kill(first!, 'SIGUSR2');
      await server.line('the new worker is ready');
      expect(server.log()).toContainEqual(expect.objectContaining({ msg: 'unexpected fault', level: 60 }));
      expect(await server.workers()).not.toContain(first);
      expect((await client.rest('ann', 'POST', '/api/tasks', { title: 'after' })).status).toBe(201);
      client.close();
      server.signal('SIGTERM', 'primary');
      expect(await server.exited).toEqual([0, null]);
    },
    PATIENCE,
  );
});
