import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../src/http/body.ts';

const nested = (levels: number) => Buffer.from(`${'['.repeat(levels)}${']'.repeat(levels)}`);

it('takes a hundred levels and refuses one more', () => {
  expect(() => parseJson(nested(100))).not.toThrow();
  expect(() => parseJson(nested(101))).toThrow('nested in more than 100 levels');
});

it('does not count what strings hold, however they are escaped', () => {
  const brackets = '[{'.repeat(200);
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', 'a', '\n', brackets) });
  // Names without escapes: V8 takes such a name for another one that it met before (nodejs/node#63785).
  const name = fc.string({ unit: fc.constantFrom('[', '{', ']', 'a', brackets) });
  fc.assert(
    fc.property(fc.array(text), fc.dictionary(name, text), (list, object) => {
      expect(parseJson(Buffer.from(JSON.stringify([list, object])))).toEqual([list, { ...object }]);
    }),
  );
});

it('counts what comes after a string', () => {
  const text = `["\\\\", "\\"", ${nested(101)}]`;
  expect(() => parseJson(Buffer.from(text))).toThrow('nested in more than 100 levels');
});

it('comes to an end with whatever is not JSON', () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', 'a') });
  fc.assert(
    fc.property(text, (garbage) => {
      fc.pre(!isJson(garbage));
      expect(() => parseJson(Buffer.from(garbage))).toThrow('The body is not valid JSON');
    }),
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
