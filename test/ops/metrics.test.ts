import { expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { RequestRecord } from '../../src/core/request-record.ts';
import { createMetrics, type MetricsOptions } from '../../src/ops/metrics.ts';

async function served(options: MetricsOptions = {}) {
  const metrics = createMetrics(options);
  const app = Fastify();
  await app.register(metrics.routes);
  return { metrics, ask: async () => (await app.inject('/metrics')).payload, close: () => app.close() };
}

function operation(name: string | undefined): RequestRecord {
  const record = new RequestRecord();
  record.operated(name);
  return record;
}

it('renders the metrics once a second, however many ask for them', async () => {
  let now = 0;
  const { metrics, ask, close } = await served({ now: () => now });
  const [first, ...others] = await Promise.all(Array.from({ length: 100 }, ask));
  metrics.observeRequest('/api/tasks', 200, 0.01, new RequestRecord());
  now = 999;
  others.push(await ask());
  expect(new Set(others)).toEqual(new Set([first]));
  expect(first).not.toContain('api="rest",status');
  now = 1000;
  expect(await ask()).toContain('http_request_duration_seconds_count{api="rest",status="200"} 1');
  await close();
});

it('shows a hundred names of operations and sums the others up, however many clients make up', async () => {
  const { metrics, ask, close } = await served();
  for (let made = 0; made < 1000; made++) {
    const record = operation(`Made${made}`);
    record.failedWith({ code: 'NOT_FOUND' });
    metrics.observeRequest('/graphql', 200, 0.001, record);
  }
  const text = await ask();
  const names = new Set([...text.matchAll(/\boperation="([^"]*)"/g)].map(([, name]) => name));
  expect(names.size).toBe(101);
  expect(text).toContain('operation_duration_seconds_count{api="graphql",operation="other"} 900');
  expect(text).toContain('operation_errors_total{api="graphql",operation="other",code="NOT_FOUND"} 900');
  await close();
});

it('cuts long names of operations and calls those without one anonymous', () => {
  expect(operation('x'.repeat(1000)).operation).toBe('x'.repeat(64));
  expect(operation(undefined).operation).toBe('anonymous');
});

it('counts a request once, by the gravest of its errors', () => {
  const record = new RequestRecord();
  record.failedWith({ code: 'NOT_FOUND' });
  record.failedWith({ code: 'INTERNAL_SERVER_ERROR' });
  record.failedWith({ code: 'RATE_LIMITED', detail: 'reads' });
  expect(record.failure).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
});

it('counts a failure that only the status tells of', async () => {
  const { metrics, ask, close } = await served();
  metrics.observeRequest('/api/auth/session', 500, 0.01, new RequestRecord());
  metrics.observeRequest('/health/ready', 503, 0.01, new RequestRecord());
  const text = await ask();
  expect(text).toContain('request_errors_total{api="rest",code="INTERNAL_SERVER_ERROR"} 1');
  expect(text).toContain('request_errors_total{api="rest",code="SERVICE_UNAVAILABLE"} 0');
  await close();
});
