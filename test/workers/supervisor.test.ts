import cluster from 'node:cluster';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createRestarts } from '../../src/workers/restarts.ts';
import { createSupervisor } from '../../src/workers/supervisor.ts';

it('ends the server when workers die as soon as they are ready', async () => {
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'support', 'dying-worker.mjs'), execArgv: [] });
  const lines: string[] = [];
  const hopeless = Promise.withResolvers<void>();
  const supervisor = createSupervisor({
    count: 1,
    logger: pino({}, { write: (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg) }),
    restarts: createRestarts({ deaths: 3, span: 60_000, delay: 1, longestDelay: 1 }),
    onMessage: () => {},
    onGone: () => {},
    onHopeless: hopeless.resolve,
  });
  await supervisor.start();
  await hopeless.promise;
  await supervisor.stop();
  expect(supervisor.replaced()).toBe(3);
  expect(lines.filter((line) => line === 'a worker died and is replaced')).toHaveLength(3);
  expect(lines.at(-1)).toBe('workers die again and again: the server ends');
});
