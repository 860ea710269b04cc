import { describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/db/database.ts';
import { createReadiness } from '../../src/ops/readiness.ts';

/** A readiness whose database counts how often it is asked, and answers as the test says. */
function counted(answer: () => Promise<never[]> = async () => []) {
  const state = { asked: 0, now: 0, closing: false };
  const query = () => {
    state.asked += 1;
    return answer();
  };
  const database = { asServer: () => ({ query }), orm: { migrator: { getPending: async () => [] } } };
  const readiness = createReadiness({
    database: database as unknown as Database,
    keys: async () => {},
    isClosing: () => state.closing,
    now: () => state.now,
  });
  return { state, readiness };
}

describe('readiness', () => {
  it('asks the database once, however many ask at the same time', async () => {
    const answer = Promise.withResolvers<never[]>();
    const { state, readiness } = counted(() => answer.promise);
    const checks = Array.from({ length: 100 }, () => readiness.check());
    // However long it takes: one is enough.
    state.now = 5000;
    checks.push(readiness.check());
    answer.resolve([]);
    expect((await Promise.all(checks)).flat()).toEqual([]);
    expect(state.asked).toBe(1);
  });

  it('asks again when a second has passed since the answer, and not before', async () => {
    const { state, readiness } = counted();
    await readiness.check();
    state.now = 999;
    await readiness.check();
    expect(state.asked).toBe(1);
    state.now = 1000;
    await readiness.check();
    expect(state.asked).toBe(2);
  });

  it('tells of a database that went away and came back, a second later each', async () => {
    let isAway = false;
    const { state, readiness } = counted(async () => {
      if (isAway) throw new Error('away');
      return [];
    });
    expect(await readiness.check()).toEqual([]);
    isAway = true;
    state.now = 1000;
    expect(await readiness.check()).toEqual(['database']);
    isAway = false;
    state.now = 2000;
    expect(await readiness.check()).toEqual([]);
  });

  it('tells at once that the server is shutting down', async () => {
    const { state, readiness } = counted();
    expect(await readiness.check()).toEqual([]);
    state.closing = true;
    expect(await readiness.check()).toEqual(['shutting down']);
  });
});
