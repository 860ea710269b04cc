import { describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.ts';
import { createReadiness, type ReadinessDependencies } from '../../src/ops/readiness.ts';

type Answer = { applied: number }[];
const migrated = async (): Promise<Answer> => [{ applied: migrations.length }];

/** A readiness whose database counts how often it is asked, and answers as the test says. */
function counted(answer: () => Promise<Answer> = migrated, idleInterval = 1) {
  const state = { asked: 0, uses: 0, now: 0, closing: false, keys: async () => {} };
  const query = () => {
    state.asked += 1;
    state.uses += 1;
    return answer();
  };
  const database = { asServer: () => ({ query }), uses: () => state.uses };
  const readiness = createReadiness({
    database: database as unknown as ReadinessDependencies['database'],
    keys: () => state.keys(),
    isClosing: () => state.closing,
    idleInterval,
    now: () => state.now,
  });
  return { state, readiness };
}

describe('readiness', () => {
  it('asks the database once, however many ask at the same time', async () => {
    const answer = Promise.withResolvers<Answer>();
    const { state, readiness } = counted(() => answer.promise);
    const checks = Array.from({ length: 1000 }, () => readiness.check());
    // However long it takes: one is enough.
    state.now = 5000;
    checks.push(readiness.check());
    answer.resolve(migrated());
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
      return migrated();
    });
    expect(await readiness.check()).toEqual([]);
    isAway = true;
    state.now = 1000;
    expect(await readiness.check()).toEqual(['database']);
    isAway = false;
    state.now = 2000;
    expect(await readiness.check()).toEqual([]);
  });

  it('says that a migration is missing, also one that was taken back while the server runs', async () => {
    let applied = migrations.length;
    const { state, readiness } = counted(async () => [{ applied }]);
    expect(await readiness.check()).toEqual([]);
    applied -= 1;
    state.now = 1000;
    expect(await readiness.check()).toEqual(['migrations']);
  });

  it('says that migrations are missing where there is no table of them', async () => {
    const { readiness } = counted(() => Promise.reject(Object.assign(new Error('no table'), { code: '42P01' })));
    expect(await readiness.check()).toEqual(['migrations']);
  });

  it('names everything that is missing', async () => {
    const { state, readiness } = counted(() => Promise.reject(new Error('away')));
    state.keys = () => Promise.reject(new Error('no keys'));
    expect(await readiness.check()).toEqual(['database', 'keys']);
  });

  it('tells at once that the server is shutting down', async () => {
    const { state, readiness } = counted();
    expect(await readiness.check()).toEqual([]);
    state.closing = true;
    expect(await readiness.check()).toEqual(['shutting down']);
  });
});

describe('readiness with an idle interval of an hour', () => {
  const HOUR = 3600;

  it('leaves a database alone that was fine and that nobody has used since', async () => {
    const { state, readiness } = counted(migrated, HOUR);
    for (state.now = 0; state.now < HOUR * 1000; state.now += 5000) expect(await readiness.check()).toEqual([]);
    expect(state.asked).toBe(1);
    await readiness.check();
    expect(state.asked).toBe(2);
  });

  it('looks again as soon as somebody has used it', async () => {
    const { state, readiness } = counted(migrated, HOUR);
    await readiness.check();
    state.now = 1000;
    state.uses += 1;
    await readiness.check();
    state.now = 2000;
    await readiness.check();
    expect(state.asked).toBe(2);
  });

  it('looks again when somebody used it while it was looked at', async () => {
    const answer = Promise.withResolvers<Answer>();
    const { state, readiness } = counted(() => answer.promise, HOUR);
    const check = readiness.check();
    state.uses += 1;
    answer.resolve(migrated());
    await check;
    state.now = 1000;
    await readiness.check();
    expect(state.asked).toBe(2);
  });

  it('asks every second while the database is away, until it is back', async () => {
    let isAway = true;
    const { state, readiness } = counted(() => (isAway ? Promise.reject(new Error('away')) : migrated()), HOUR);
    for (state.now = 0; state.now < 3000; state.now += 1000) expect(await readiness.check()).toEqual(['database']);
    isAway = false;
    for (; state.now < 10_000; state.now += 1000) expect(await readiness.check()).toEqual([]);
    expect(state.asked).toBe(4);
  });
});
