import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { connectTo } from '../workers/support/connection.ts';
import { type ServerProcess, startServer } from '../workers/support/server.ts';
import { type Collector, startCollector } from './support/collector.ts';

const WORKERS = 2;

let database: TestDatabase;
let collector: Collector;
let server: ServerProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  collector = await startCollector();
  server = await startServer({
    WORKERS: String(WORKERS),
    DATABASE_URL: database.url,
    BETTER_AUTH_SECRET: TEST_SECRET,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
}, 270_000);
afterAll(async () => {
  server?.signal('SIGTERM', 'primary');
  await server?.exited;
  await collector?.close();
  await database?.drop();
});

it('every worker sends its traces itself, and is told apart by them', async () => {
  // The primary hands new connections out by turns.
  const connections = Array.from({ length: WORKERS }, () => connectTo(server.url));
  for (const { rest } of connections) expect((await rest('ann', 'GET', '/api/tasks')).status).toBe(200);
  await collector.requested(WORKERS);
  for (const { close } of connections) close();
  const senders = collector.resources.map(({ 'service.instance.id': id }) => id);
  expect(new Set(senders).size).toBe(WORKERS);
  expect(collector.spans.filter(({ kind }) => kind === 'server').map(({ name }) => name)).toEqual(
    Array(WORKERS).fill('GET /api/tasks'),
  );
});
