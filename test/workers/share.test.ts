import { availableParallelism } from 'node:os';
import { expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config.ts';
import { shareOf } from '../../src/workers/siblings.ts';

it('what is set for the server is never exceeded by its workers together', () => {
  const share = shareOf(loadConfig({ WORKERS: '3', DATABASE_POOL_MAX: '10', MAX_CONCURRENT_REQUESTS: '2000' }));
  expect(share.database.poolMaximum).toBe(3);
  expect(share.maximumConcurrentRequests).toBe(666);
});

it('a worker has less time to stop than its server, which has to stop what all of them use', () => {
  const whole = loadConfig({ WORKERS: '2', SHUTDOWN_TIMEOUT: '20000' });
  expect(shareOf(whole).shutdown).toEqual({ delay: 0, timeout: 16_000 });
});

it('automatic workers are one for each core, and never more than there are connections for', () => {
  expect(loadConfig({ WORKERS: 'auto' }).workers).toBe(Math.min(availableParallelism(), 10));
  expect(loadConfig({ WORKERS: 'auto', DATABASE_POOL_MAX: '1' }).workers).toBe(1);
});

it.each(['DATABASE_POOL_MAX', 'MAX_CONCURRENT_REQUESTS'])('more workers than %s are refused', (name) => {
  expect(() => loadConfig({ WORKERS: '4', [name]: '3' })).toThrow(`WORKERS must not be more than ${name}`);
});

it.each([
  ['0', 'at least 1'],
  ['129', 'at most 128'],
  ['-1', 'auto or a whole number from 1 to 128'],
  ['all', 'auto or a whole number from 1 to 128'],
  ['1.5', 'auto or a whole number from 1 to 128'],
])('%s is no number of workers', (value, what) => {
  expect(() => loadConfig({ WORKERS: value })).toThrow(`WORKERS must be ${what}`);
});
