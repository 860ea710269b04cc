import { expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { createMetrics } from '../../src/ops/metrics.ts';

it('renders the metrics once a second, however many ask for them', async () => {
  let now = 0;
  const metrics = createMetrics({ now: () => now });
  const app = Fastify();
  await app.register(metrics.routes);
  const ask = async () => (await app.inject('/metrics')).payload;
  const [first, ...others] = await Promise.all(Array.from({ length: 100 }, ask));
  metrics.observeRequest('/api/tasks', 200, 0.01);
  now = 999;
  others.push(await ask());
  expect(new Set(others)).toEqual(new Set([first]));
  expect(first).not.toContain('api="rest"');
  now = 1000;
  expect(await ask()).toContain('http_request_duration_seconds_count{api="rest",status="200"} 1');
  await app.close();
});
