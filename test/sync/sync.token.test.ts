import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BadUserInputError } from '../../src/core/errors.ts';
import { decodePosition, encodePosition } from '../../src/sync/sync.token.ts';

const key = randomUUID();
const rev = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const start = fc.option(
  fc.record({ createdAt: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), id: fc.uuid() }),
  { nil: undefined },
);
const position = fc.record({ epoch: fc.uuid(), rev, start });

describe('a sync token', () => {
  it('says again what it was made of', () => {
    fc.assert(
      fc.property(position, (given) => {
        const { isGivenTo, ...read } = decodePosition(encodePosition(given, key), 'since');
        expect(read).toEqual(given);
        expect(isGivenTo(key)).toBe(true);
      }),
    );
  });

  it('is not taken from anybody but the user it was given to', () => {
    fc.assert(
      fc.property(position, fc.uuid(), (given, other) => {
        expect(decodePosition(encodePosition(given, key), 'since').isGivenTo(other)).toBe(false);
      }),
    );
  });

  it('is refused or found to be forged with any bit turned', () => {
    fc.assert(
      fc.property(position, fc.nat(), (given, place) => {
        const bytes = Buffer.from(encodePosition(given, key), 'base64url');
        const bit = place % (bytes.length * 8);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        const forged = bytes.toString('base64url');
        let isGiven: boolean;
        try {
          isGiven = decodePosition(forged, 'since').isGivenTo(key);
        } catch (error) {
          expect(error).toBeInstanceOf(BadUserInputError);
          isGiven = false;
        }
        expect(isGiven).toBe(false);
      }),
    );
  });

  it.each([2 ** 53, -(2 ** 53), 8.64e15 + 1, 3e14, -7e13, 253_402_300_800_000, -62_135_596_800_001])(
    'is refused with a place in a start at %d, which is no moment to ask the database about',
    (createdAt) => {
      const token = encodePosition({ epoch: randomUUID(), rev: 1, start: { createdAt, id: randomUUID() } }, key);
      expect(() => decodePosition(token, 'since')).toThrow(BadUserInputError);
    },
  );

  it('is refused when it is cut, lengthened, or spelled otherwise', () => {
    fc.assert(
      fc.property(position, fc.string({ minLength: 1 }), fc.nat(), (given, more, cut) => {
        const token = encodePosition(given, key);
        for (const other of [token.slice(0, cut % token.length), `${token}${more}`, `${token}=`, ` ${token}`]) {
          expect(() => decodePosition(other, 'since')).toThrow(BadUserInputError);
        }
      }),
    );
  });
});
