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
