import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Counter } from '../../src/core/rate-limits.ts';
import { jointCounters } from '../../src/workers/joint-counters.ts';
import type { ToPrimary, ToWorker } from '../../src/workers/messages.ts';
import { createSharingOut } from '../../src/workers/sharing-out.ts';

const DURATION = 3600;

/** Workers and a primary in one process; messages travel as between processes: later, and in order. */
function team(workers: number, points: number) {
  const listeners: ((message: ToWorker) => void)[] = [];
  const recalls = new Map<number, (points: number) => void>();
  let messages = 0;
  let lastRecall = 0;

  function tell(worker: number, message: ToWorker): void {
    messages += 1;
    setImmediate(() => listeners[worker]!(message));
  }

  const limits = createSharingOut({
    workers,
    async recall({ counter, key }, but) {
      const others = [...listeners.keys()].filter((worker) => worker !== but);
      const answers = others.map((worker) => {
        lastRecall += 1;
        const id = lastRecall;
        tell(worker, { kind: 'unspent-wanted', id, counter, key });
        return new Promise<number>((resolve) => recalls.set(id, resolve));
      });
      return (await Promise.all(answers)).reduce((sum, answer) => sum + answer, 0);
    },
  });

  async function hear(worker: number, message: ToPrimary): Promise<void> {
    if (message.kind === 'counter') limits.open(message.size);
    if (message.kind === 'unspent') recalls.get(message.id)?.(message.points);
    if (message.kind !== 'share-wanted') return;
    const { counter, key, needed } = message;
    tell(worker, { kind: 'share', share: await limits.grant(worker, { counter, key }, needed) });
  }

  const counters: Counter[] = Array.from({ length: workers }, (_, worker) => {
    const create = jointCounters({
      send: (message) => void setImmediate(() => void hear(worker, message)),
      listen: (listener) => listeners.push(listener),
    });
    return create({ keyPrefix: 'reads', points, duration: DURATION, lenient: false });
  });
  return { counters, messages: () => messages };
}

/** What is left after a call that passed; `undefined` when it was refused. */
function remainingAfter(counter: Counter, key: string, calls?: number): Promise<number | undefined> {
  return counter.consume(key, calls).then(
    ({ remainingPoints }) => remainingPoints,
    (refused: unknown) => {
      expect(refused).toBeInstanceOf(RateLimiterRes);
      return undefined;
    },
  );
}

async function passes(counter: Counter, key: string, calls?: number): Promise<boolean> {
  return (await remainingAfter(counter, key, calls)) !== undefined;
}

it('lets exactly as many calls pass as the limit says, whichever workers they come to and how many at once', async () => {
  const calls = fc.array(fc.record({ worker: fc.nat({ max: 3 }), waits: fc.boolean() }), { maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(
      calls,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 60 }),
      async (all, workers, points) => {
        const { counters } = team(workers, points);
        const outcomes: Promise<boolean>[] = [];
        for (const { worker, waits } of all) {
          const outcome = passes(counters[worker % workers]!, 'ann');
          outcomes.push(outcome);
          if (waits) await outcome;
        }
        const passed = (await Promise.all(outcomes)).filter(Boolean).length;
        expect(passed).toBe(Math.min(points, all.length));
      },
    ),
    { numRuns: 60 },
  );
});

it('never lets more points pass than the limit says where calls cost several', async () => {
  const calls = fc.array(fc.record({ worker: fc.nat({ max: 2 }), cost: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(calls, async (all) => {
      const { counters } = team(3, 40);
      const passed = await Promise.all(
        all.map(async ({ worker, cost }) => ((await passes(counters[worker]!, 'ann', cost)) ? cost : 0)),
      );
      expect(passed.reduce((sum, cost) => sum + cost, 0)).toBeLessThanOrEqual(40);
    }),
    { numRuns: 60 },
  );
});

it('gives one worker all that is left, also what others were granted and did not spend', async () => {
  const { counters } = team(4, 100);
  for (const counter of counters) await passes(counter, 'ann');
  for (let count = 0; count < 96; count++) expect(await passes(counters[0]!, 'ann')).toBe(true);
  for (const counter of counters) expect(await passes(counter, 'ann')).toBe(false);
});

it('counts down one by one for a user whom one worker serves', async () => {
  const { counters } = team(2, 30);
  const left: (number | undefined)[] = [];
  for (let count = 0; count < 31; count++) left.push(await remainingAfter(counters[0]!, 'ann'));
  expect(left).toEqual([...Array.from({ length: 30 }, (_, index) => 29 - index), undefined]);
});

it('counts each key by itself', async () => {
  const { counters } = team(2, 1);
  expect(await passes(counters[0]!, 'ann')).toBe(true);
  expect(await passes(counters[1]!, 'bob')).toBe(true);
  expect(await passes(counters[1]!, 'ann')).toBe(false);
});

it('sends a message for few of the calls, and for none once the limit is reached', async () => {
  const { counters, messages } = team(2, 600);
  for (let count = 0; count < 300; count++) await passes(counters[count % 2]!, 'ann');
  expect(messages()).toBeLessThan(300 / 20);
  for (let count = 0; count < 302; count++) await passes(counters[count % 2]!, 'ann');
  const atTheLimit = messages();
  for (let count = 0; count < 100; count++) await passes(counters[count % 2]!, 'ann');
  expect(messages()).toBe(atTheLimit);
});
