import { describe, expect, it } from '@jest/globals';
import { Retries } from '../../src/db/retries.ts';
import { RetryBudget } from '../../src/db/retry-budget.ts';

const UNDONE = { code: '40P01' };
const UNREACHED = { code: 'ECONNREFUSED' };
const LOST = { code: '57P01' };
const FINAL = { code: '57014' };

function createRetries({ random = 0.5, budget = new RetryBudget({ share: 0.1, maximum: 100 }) } = {}) {
  const pauses: number[] = [];
  const wait = async (milliseconds: number) => pauses.push(milliseconds);
  return { retries: new Retries({ budget, random: () => random, wait }), pauses };
}

/** How often something is tried that always fails like this. */
async function triesOf(error: unknown, isRepeatable: boolean): Promise<number> {
  const { retries } = createRetries();
  let tries = 1;
  while (await retries.again(error, tries, isRepeatable)) tries += 1;
  return tries;
}

describe('what fails', () => {
  it.each([
    ['undone, a write', UNDONE, false, 3],
    ['undone, a read', UNDONE, true, 3],
    ['unreached, a write', UNREACHED, false, 2],
    ['unreached, a read', UNREACHED, true, 2],
    ['lost, a write', LOST, false, 1],
    ['lost, a read or a write with a key', LOST, true, 2],
    ['of which nothing better comes, a read', FINAL, true, 1],
    ['for reasons of its own', new TypeError('x'), true, 1],
  ])('%s, is tried so often: %#', async (_what, error, isRepeatable, tries) => {
    expect(await triesOf(error, isRepeatable)).toBe(tries);
  });

  it('waits at random before it is tried again, the second time longer', async () => {
    for (const [random, expected] of [
      [0, [0, 0]],
      [0.5, [25, 50]],
      [0.99, [49.5, 99]],
    ] as const) {
      const { retries, pauses } = createRetries({ random });
      await retries.again(UNDONE, 1, false);
      await retries.again(UNDONE, 2, false);
      expect(pauses).toEqual(expected);
    }
  });

  it('waits for nothing when it is not tried again', async () => {
    const { retries, pauses } = createRetries();
    await retries.again(FINAL, 1, true);
    await retries.again(LOST, 1, false);
    await retries.again(UNDONE, 3, true);
    expect(pauses).toEqual([]);
  });

  it('is tried again no more often than the budget has', async () => {
    const { retries } = createRetries({ budget: new RetryBudget({ share: 0, maximum: 2 }) });
    const again = [];
    for (let round = 0; round < 4; round++) again.push(await retries.again(UNREACHED, 1, false));
    expect(again).toEqual([true, true, false, false]);
  });

  it('spends nothing on what is not to be tried again', async () => {
    const { retries } = createRetries({ budget: new RetryBudget({ share: 0, maximum: 1 }) });
    for (let round = 0; round < 5; round++) await retries.again(LOST, 1, false);
    expect(await retries.again(LOST, 1, true)).toBe(true);
  });
});

describe('the budget', () => {
  it('adds a tenth to the load when everything fails, and what was saved up', () => {
    const budget = new RetryBudget({ share: 0.1, maximum: 10 });
    let repeated = 0;
    for (let request = 0; request < 1000; request++) {
      budget.earn();
      if (budget.spend()) repeated += 1;
    }
    expect(repeated).toBeGreaterThanOrEqual(100);
    expect(repeated).toBeLessThanOrEqual(110);
  });

  it('saves up no more than its maximum', () => {
    const budget = new RetryBudget({ share: 0.5, maximum: 3 });
    for (let request = 0; request < 100; request++) budget.earn();
    expect([1, 2, 3, 4].map(() => budget.spend())).toEqual([true, true, true, false]);
  });

  it('has one repetition for so many requests as its share says', () => {
    const budget = new RetryBudget({ share: 0.25, maximum: 1 });
    budget.spend();
    const spent = Array.from({ length: 8 }, () => {
      budget.earn();
      return budget.spend();
    });
    expect(spent).toEqual([false, false, false, true, false, false, false, true]);
  });
});
