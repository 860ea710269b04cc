import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/core/cursor.ts';
import { BadUserInputError } from '../../src/core/errors.ts';
import { taskSort } from '../../src/tasks/task.order.ts';

const SORT = 'created_at,id';
const PATTERNS = [/^\d{4}$/, /^[a-f]{8}$/];
const CURSOR = encodeCursor(SORT, ['2026', 'abcdefab']);

function refusal(cursor: string, sort = SORT, patterns: readonly RegExp[] = PATTERNS): unknown {
  try {
    return { decoded: decodeCursor(cursor, sort, patterns, 'after') };
  } catch (error) {
    return error;
  }
}

function expectRefused(cursor: string, sort = SORT): void {
  const error = refusal(cursor, sort);
  expect(error).toBeInstanceOf(BadUserInputError);
  expect(error).toMatchObject({ code: 'BAD_USER_INPUT', details: { fields: [{ field: 'after' }] } });
}

describe('a cursor', () => {
  it('brings back the keys that it was made of, whatever text they are', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (keys) => {
        const patterns = keys.map(() => /^.+$/s);
        expect(decodeCursor(encodeCursor(SORT, keys), SORT, patterns, 'after')).toEqual(keys);
      }),
    );
  });

  it('is long enough for the longest title there can be', () => {
    const sort = taskSort([
      { field: 'title', direction: 'asc' },
      { field: 'createdAt', direction: 'desc' },
      { field: 'updatedAt', direction: 'desc' },
    ]);
    const time = '2026-01-23T09:30:00.000Z';
    const keys = ['𝕏'.repeat(255), time, time, '019bde2e-0000-7000-8000-000000000000'];
    const patterns = sort.keys.map((key) => key.pattern);
    expect(decodeCursor(encodeCursor(sort.signature, keys), sort.signature, patterns, 'after')).toEqual(keys);
  });

  it('goes into a URL as it is', () => {
    expect(encodeCursor(SORT, ['>>>???ÿÿÿ'])).toMatch(/^[\w-]+$/);
  });

  it('is refused at every length that it is cut to', () => {
    for (let length = 0; length < CURSOR.length; length++) expectRefused(CURSOR.slice(0, length));
  });

  it('is refused with anything behind or before it', () => {
    const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(character, (more) => {
        expectRefused(CURSOR + more);
        expectRefused(more + CURSOR);
      }),
    );
  });

  it('is refused when it belongs to another sort, and says so', () => {
    expectRefused(CURSOR, 'created_at,-id');
    expect(refusal(CURSOR, 'title,id')).toMatchObject({
      details: { fields: [{ message: 'belongs to another order' }] },
    });
  });

  it.each([
    ['text that is no base64', 'not a cursor!'],
    ['padding', Buffer.from(`${SORT}\0${'2026'}\0abcdefab`).toString('base64').padEnd(40, '=')],
    ['line breaks inside', `${CURSOR.slice(0, 8)}\n${CURSOR.slice(8)}`],
    ['more keys than the sort has', encodeCursor(SORT, ['2026', 'abcdefab', 'abcdefab'])],
    ['fewer keys than the sort has', encodeCursor(SORT, ['2026'])],
    ['no keys', encodeCursor(SORT, [])],
    ['keys in the wrong order', encodeCursor(SORT, ['abcdefab', '2026'])],
    ['SQL in the place of a key', encodeCursor(SORT, ["2026'; drop table tasks; --", 'abcdefab'])],
    ['a key with a line break at its end', encodeCursor(SORT, ['2026\n', 'abcdefab'])],
    ['ten thousand characters', CURSOR.repeat(300)],
  ])('is refused with %s', (_name, cursor) => {
    expectRefused(cursor);
  });

  it.each([
    ['the other alphabet of base64', Buffer.from(`${SORT}\0ÿ>?>`).toString('base64')],
    ['bytes that are no UTF-8', Buffer.from(`${SORT}\0ÿÿÿ`, 'latin1').toString('base64url')],
    ['an overlong encoding', Buffer.from(`${SORT}\0\xc0\xaf`, 'latin1').toString('base64url')],
    ['an encoded surrogate', Buffer.from(`${SORT}\0\xed\xa0\x80`, 'latin1').toString('base64url')],
  ])('is refused with %s, even where any text fits', (_name, cursor) => {
    expect(cursor).toMatch(/[+/]|^[\w-]+$/);
    expect(refusal(cursor, SORT, [/^.*$/s])).toBeInstanceOf(BadUserInputError);
  });

  it('has one spelling only: bits that base64 leaves unused must be zero', () => {
    const twoKeys = encodeCursor('st', ['2026', 'abcdefab']);
    expect(twoKeys.length % 4).not.toBe(0);
    const last = twoKeys.slice(-1);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = twoKeys.slice(0, -1) + alphabet[alphabet.indexOf(last) + 1];
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(twoKeys, 'base64url'));
    expect(decodeCursor(twoKeys, 'st', PATTERNS, 'after')).toEqual(['2026', 'abcdefab']);
    expectRefused(twin, 'st');
  });

  it('never lets through what the patterns of its sort do not allow', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 4 }), (keys) => {
        const fits = keys.length === 2 && keys.every((key, index) => PATTERNS[index]?.test(key));
        expect(refusal(encodeCursor(SORT, keys)) instanceof BadUserInputError).toBe(!fits);
      }),
    );
  });

  it('names the argument that held it', () => {
    expect(() => decodeCursor('x', SORT, PATTERNS, 'before')).toThrow('before: is not a cursor');
  });
});
