import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FairQueue } from '../../src/db/fair-queue.ts';

const LONG = 60_000;

/** Work that begins when the queue lets it and ends when the test says so. */
function bench(queue: FairQueue) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (user: string) =>
    queue.run(user, () => {
      begun.push(user);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  return {
    begun,
    ask,
    /** Ends whatever runs until nothing waits any more. */
    async finish() {
      while (ends.length > 0) {
        ends.shift()?.();
        await new Promise(setImmediate);
      }
    },
  };
}

it('begins at once what there is a place for', async () => {
  const { begun, ask, finish } = bench(new FairQueue({ places: 2, timeout: LONG }));
  for (const user of ['ann', 'ann', 'ann']) void ask(user);
  expect(begun).toEqual(['ann', 'ann']);
  await finish();
});

it('serves one who asks once before the second of everybody else', async () => {
  const { begun, ask, finish } = bench(new FairQueue({ places: 1, timeout: LONG }));
  for (let count = 0; count < 5; count++) void ask('greedy');
  for (const user of ['ann', 'bob', 'ann']) void ask(user);
  await finish();
  expect(begun).toEqual(['greedy', 'greedy', 'ann', 'bob', 'greedy', 'ann', 'greedy', 'greedy']);
});

it('never runs more than it has places for, runs all, and each user in order', async () => {
  const users = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(users, fc.integer({ min: 1, max: 4 }), async (asked, places) => {
      const queue = new FairQueue({ places, timeout: LONG });
      let running = 0;
      const begun: string[] = [];
      const work = (user: string, index: number) =>
        queue.run(user, async () => {
          running += 1;
          expect(running).toBeLessThanOrEqual(places);
          begun.push(`${user} ${index}`);
          await new Promise(setImmediate);
          running -= 1;
        });
      await Promise.all(asked.map(work));
      for (const user of new Set(asked)) {
        const indexes = begun.filter((entry) => entry.startsWith(user)).map((entry) => Number(entry.split(' ')[1]));
        expect(indexes).toEqual(asked.flatMap((name, index) => (name === user ? [index] : [])));
      }
      expect(begun).toHaveLength(asked.length);
    }),
  );
});

it('gives the place on when work fails', async () => {
  const queue = new FairQueue({ places: 1, timeout: LONG });
  const failing = queue.run('ann', () => Promise.reject(new Error('no')));
  const waiting = queue.run('bob', async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await waiting).toBe('done');
});

it('refuses with 503 and when to come back what has waited too long, and forgets it', async () => {
  const queue = new FairQueue({ places: 1, timeout: 1 });
  const { begun, ask, finish } = bench(queue);
  void ask('ann');
  await expect(ask('bob')).rejects.toMatchObject({ status: 503, details: { retryAfter: 1 } });
  await finish();
  await queue.run('carl', async () => {});
  expect(begun).toEqual(['ann']);
});

it('refuses at once what is more than may wait', async () => {
  const { ask, finish } = bench(new FairQueue({ places: 1, timeout: LONG, maximumWaiting: 2 }));
  const asked = Array.from({ length: 3 }, () => ask('ann'));
  await expect(ask('bob')).rejects.toMatchObject({ status: 503 });
  await finish();
  await Promise.all(asked);
});

it('refuses at once who would wait too long at the pace of late, while one who asks for the first time is let in', async () => {
  let now = 0;
  const queue = new FairQueue({ places: 1, timeout: 1000, now: () => now });
  const ends: (() => void)[] = [];
  const ask = (user: string) => queue.run(user, () => new Promise<void>((resolve) => ends.push(resolve)));
  const asked = Array.from({ length: 20 }, () => ask('greedy'));
  // One place in 100 ms: within half a second five.
  for (let served = 0; served < 8; served++) {
    now += 100;
    ends.shift()?.();
    await new Promise(setImmediate);
  }
  await expect(ask('greedy')).rejects.toMatchObject({ status: 503, details: { retryAfter: 1 } });
  asked.push(ask('ann'));
  while (ends.length > 0) {
    ends.shift()?.();
    await new Promise(setImmediate);
  }
  await Promise.all(asked);
});

it('refuses everybody while no place becomes free for the whole time limit, and nobody as soon as one has', async () => {
  let now = 0;
  const queue = new FairQueue({ places: 1, timeout: 1000, now: () => now });
  const { ask, finish } = bench(queue);
  const asked = [ask('ann'), ask('bob')];
  now += 1001;
  await expect(ask('carl')).rejects.toMatchObject({ status: 503 });
  await finish();
  asked.push(ask('carl'), ask('dora'));
  await finish();
  await Promise.all(asked);
});

it('forgets how slow it was when there are free places again', async () => {
  let now = 0;
  const queue = new FairQueue({ places: 1, timeout: 1000, now: () => now });
  const { ask, finish } = bench(queue);
  const slow = [ask('ann'), ask('ann')];
  now += 900;
  await finish();
  const quick = Array.from({ length: 10 }, () => ask('ann'));
  await finish();
  await Promise.all([...slow, ...quick]);
});
