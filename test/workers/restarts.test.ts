import { expect, it } from '@jest/globals';
import { createRestarts } from '../../src/workers/restarts.ts';

const LIMITS = { deaths: 4, span: 60_000, delay: 100, longestDelay: 300 };

it('replaces the first worker at once and waits longer before each further one', () => {
  const restarts = createRestarts(LIMITS);
  expect([1, 2, 3, 4].map((second) => restarts.afterDeath(second * 1000))).toEqual([0, 100, 200, 300]);
});

it('gives up when workers die more often than it bears', () => {
  const restarts = createRestarts(LIMITS);
  for (let second = 1; second <= 4; second++) restarts.afterDeath(second * 1000);
  expect(restarts.afterDeath(5000)).toBeUndefined();
});

it('forgets deaths that are long ago', () => {
  const restarts = createRestarts(LIMITS);
  for (let minute = 0; minute < 20; minute++) expect(restarts.afterDeath(minute * 60_000)).toBe(0);
});
