import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RateLimitedError } from '../../src/core/errors.ts';
import { createRateLimits, type RateLimit, type RateLimits, rateLimitDirective } from '../../src/core/rate-limits.ts';

const LIMIT: RateLimit = { limit: 3, duration: 60 };

/** How many calls pass before one is refused, at most so many. */
async function passes(rateLimits: RateLimits, limit: RateLimit, user: string, most = 100): Promise<number> {
  for (let count = 0; count < most; count++) {
    const outcome = await rateLimits.consume(limit, user).catch((error: unknown) => error);
    if (outcome instanceof RateLimitedError) return count;
    if (outcome instanceof Error) throw outcome;
  }
  return most;
}

describe('rate limits', () => {
  it('let exactly as many calls pass as the limit says', async () => {
    expect(await passes(createRateLimits(1), LIMIT, 'ann')).toBe(3);
  });

  it('are multiplied by the scale, down to one call and never to none', async () => {
    const scale = fc.constantFrom(0.001, 0.1, 0.34, 0.5, 1, 1.5, 2, 4);
    await fc.assert(
      fc.asyncProperty(scale, fc.integer({ min: 1, max: 12 }), async (factor, limit) => {
        const expected = Math.max(1, Math.floor(limit * factor));
        expect(await passes(createRateLimits(factor), { limit, duration: 60 }, 'ann')).toBe(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('are off with scale 0', async () => {
    const off = createRateLimits(0);
    expect(off.enabled).toBe(false);
    expect(await off.consume(LIMIT, 'ann')).toBeUndefined();
    expect(await passes(off, LIMIT, 'ann')).toBe(100);
  });

  it('count each user alone, whatever the ids look like', async () => {
    const rateLimits = createRateLimits(1);
    for (const user of ['ann', 'ANN', 'ann:1', '3/60:ann', '__proto__', 'constructor', 'ann ', 'ännchen']) {
      expect(await passes(rateLimits, LIMIT, user)).toBe(3);
    }
    expect(await passes(rateLimits, LIMIT, 'ann')).toBe(0);
  });

  it('of equal size count together, of another size or duration apart', async () => {
    const rateLimits = createRateLimits(1);
    expect(await passes(rateLimits, { limit: 3, duration: 60 }, 'ann')).toBe(3);
    expect(await passes(rateLimits, { ...LIMIT }, 'ann')).toBe(0);
    expect(await passes(rateLimits, { limit: 4, duration: 60 }, 'ann')).toBe(4);
    expect(await passes(rateLimits, { limit: 3, duration: 30 }, 'ann')).toBe(3);
  });

  it('of two servers do not know each other', async () => {
    expect(await passes(createRateLimits(1), LIMIT, 'ann')).toBe(3);
    expect(await passes(createRateLimits(1), LIMIT, 'ann')).toBe(3);
  });

  it('hold for calls that come at the same time', async () => {
    const rateLimits = createRateLimits(1);
    const calls = Array.from({ length: 20 }, () => rateLimits.consume(LIMIT, 'ann'));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('of another scope count apart from those of users', async () => {
    const rateLimits = createRateLimits(1);
    expect(await passes(rateLimits, LIMIT, 'ann')).toBe(3);
    expect(await passes(rateLimits, { ...LIMIT, scope: 'address' }, 'ann')).toBe(3);
  });

  it.each([undefined, ''])('never count calls without a key (%j) in one bucket: they fail', async (key) => {
    const rateLimits = createRateLimits(1);
    for (let times = 0; times < 5; times++) {
      await expect(rateLimits.consume(LIMIT, key as string)).rejects.toThrow('cannot be counted');
    }
  });

  it('tell after each call what is left and when the count starts anew', async () => {
    const rateLimits = createRateLimits(2);
    const states = [await rateLimits.consume(LIMIT, 'ann'), await rateLimits.consume(LIMIT, 'ann')];
    expect(states).toMatchObject([
      { limit: 6, remaining: 5, window: 60 },
      { limit: 6, remaining: 4, window: 60 },
    ]);
    for (const state of states) {
      expect(state?.reset).toBeGreaterThanOrEqual(59);
      expect(state?.reset).toBeLessThanOrEqual(60);
    }
  });

  it('refuse with the scaled limit and whole seconds to wait, one at least', async () => {
    const rateLimits = createRateLimits(0.5);
    await rateLimits.consume(LIMIT, 'ann');
    const error = await rateLimits.consume(LIMIT, 'ann').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RateLimitedError);
    const { code, details } = error as RateLimitedError;
    expect({ code, limit: details.limit }).toEqual({ code: 'RATE_LIMITED', limit: 1 });
    expect(Number.isInteger(details.retryAfter)).toBe(true);
    expect(details.retryAfter).toBeGreaterThanOrEqual(1);
    expect(details.retryAfter).toBeLessThanOrEqual(60);
  });

  it('stand in the schema as a directive', () => {
    expect(rateLimitDirective(LIMIT)).toBe('@rateLimit(limit: 3, duration: 60)');
  });
});
