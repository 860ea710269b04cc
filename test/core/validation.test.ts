import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { BadUserInputError, type FieldError } from '../../src/core/errors.ts';
import { parseInput } from '../../src/core/validation.ts';

const item = z.strictObject({ name: z.string('must be text'), tags: z.array(z.string('must be text')).optional() });
const schema = z.strictObject({
  title: z.string('must be text').transform((text) => text.trim()),
  items: z.array(item).optional(),
});

function faults(value: unknown, prefix?: string): FieldError[] | undefined {
  try {
    parseInput(schema, value, prefix);
  } catch (error) {
    expect(error).toBeInstanceOf(BadUserInputError);
    return (error as BadUserInputError).details.fields;
  }
  throw new Error('accepted');
}

describe('input', () => {
  it('comes back as its schema makes it', () => {
    expect(parseInput(schema, { title: ' a ' })).toEqual({ title: 'a' });
  });

  it('names the path of a fault, through objects and lists', () => {
    expect(faults({ title: 'a', items: [{ name: 'b' }, { name: 'c', tags: ['d', 5] }] })).toEqual([
      { field: 'items.1.tags.1', message: 'must be text' },
    ]);
  });

  it('lists all faults, not only the first', () => {
    expect(faults({ title: 1, items: [{ name: 2 }] })).toEqual([
      { field: 'title', message: 'must be text' },
      { field: 'items.0.name', message: 'must be text' },
    ]);
  });

  it('puts the name of the argument before each path', () => {
    expect(faults({ title: 1, more: 1 }, 'input')?.map(({ field }) => field)).toEqual(['input.title', 'input.more']);
  });

  it('lists each unknown field by itself, where it stands', () => {
    expect(faults({ title: 'a', one: 1, two: 2, items: [{ name: 'b', three: 3 }] })).toEqual(
      expect.arrayContaining([
        { field: 'one', message: 'is not a known field' },
        { field: 'two', message: 'is not a known field' },
        { field: 'items.0.three', message: 'is not a known field' },
      ]),
    );
  });

  it('may not have an own field called __proto__', () => {
    expect(faults(JSON.parse('{"title":"a","__proto__":{"admin":true}}'))).toEqual([
      { field: '__proto__', message: 'is not a known field' },
    ]);
  });

  it('as a whole is the field without a name, or the argument', () => {
    expect(faults(null)?.map(({ field }) => field)).toEqual(['']);
    expect(faults('text', 'input')?.map(({ field }) => field)).toEqual(['input']);
  });

  it('tells all faults in the message, each with its field', () => {
    expect(() => parseInput(schema, { title: 1, more: 1 }, 'input')).toThrow(
      'input.title: must be text; input.more: is not a known field',
    );
  });

  it('lets errors through that the schema throws itself', () => {
    const broken = z.string().transform(() => {
      throw new TypeError('a bug');
    });
    expect(() => parseInput(broken, 'a')).toThrow(TypeError);
  });
});
