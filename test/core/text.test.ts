import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textSchema } from '../../src/core/text.ts';

const free = textSchema({ minimum: 0, maximum: 10_000, trim: false });
const title = textSchema({ minimum: 1, maximum: 5, trim: true });

/** Everything that cleaning treats in some way, in any order. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...['a', ' ', '\t', '\n', '\r', '\r\n', '\u0001', '\u000b', '\u001f', '\u007f', '\u0085', '\u009f'],
      ...[
        '\u00a0',
        '\u2028',
        '\ufeff',
        '\u200d',
        'e\u0301',
        'é',
        '\u212b',
        '\u1112\u1161\u11ab',
        '🛒',
        '👨‍👩‍👧',
        '<b>&amp;',
      ],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(
  pieces,
  fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')),
);

function messages(schema: typeof free, value: unknown): string[] {
  return schema.safeParse(value).error?.issues.map((issue) => issue.message) ?? [];
}

describe('text as it is stored', () => {
  it('is cleaned once and for all: cleaning it again changes nothing', () => {
    fc.assert(
      fc.property(text, (value) => {
        const once = free.parse(value);
        expect(free.parse(once)).toBe(once);
      }),
    );
  });

  it('is in normalisation form C', () => {
    fc.assert(
      fc.property(text, (value) => {
        const clean = free.parse(value);
        expect(clean).toBe(clean.normalize('NFC'));
      }),
    );
    expect(free.parse('e\u0301 \u212b \u1112\u1161\u11ab')).toBe('\u00e9 \u00c5 \ud55c');
  });

  it('holds no control characters but newline and tab', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(free.parse(value).replace(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('loses nothing but control characters', () => {
    fc.assert(
      fc.property(text, (value) => {
        const visible = (whole: string) => whole.normalize('NFC').replace(/[\p{Cc}]/gu, '');
        expect(visible(free.parse(value))).toBe(visible(value));
      }),
    );
  });

  it('has LF where CR LF stood, and nothing where a lone CR stood', () => {
    expect(free.parse('a\r\nb\r\n\r\nc\rd\ne')).toBe('a\nb\n\ncd\ne');
  });

  it('keeps markup, quotes and SQL as they are', () => {
    const hostile = `<script>alert("x")</script> & &amp; '; drop table tasks; -- \\u0000 %00 \${x}`;
    expect(free.parse(hostile)).toBe(hostile);
  });

  it('keeps the joiners and marks that people write with', () => {
    const written = '👨‍👩‍👧 नमस्ते \u200e\u200f مرحبا \u00ad \ufe0f';
    expect(free.parse(written)).toBe(written);
  });

  it('is trimmed of every kind of white space at its ends only where that is asked for', () => {
    expect(title.parse(' \t\n\u00a0\u2003\ufeffa b\u2028\r\n')).toBe('a b');
    expect(free.parse(' a \n')).toBe(' a \n');
  });

  it('is trimmed after control characters are gone, so that none of them keeps a space', () => {
    expect(title.parse('\u0007 a \u0007')).toBe('a');
    expect(messages(title, '\u0007 \u0007')).toEqual(['must not be empty']);
  });
});

describe('text is refused', () => {
  it('with NUL anywhere', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(messages(free, `${before}\0${after}`)).toEqual(['must not contain NUL characters or lone surrogates']);
      }),
    );
  });

  it('with a surrogate that has no partner', () => {
    for (const value of ['\ud800', 'a\udc00b', '\udc00\ud800', '🛒\ud83d', '\ud83d\u0001\uded2']) {
      expect(messages(free, value)).toEqual(['must not contain NUL characters or lone surrogates']);
    }
  });

  it('when it is something else than text', () => {
    for (const value of [undefined, null, 1, true, [], ['a'], {}, { toString: 'a' }]) {
      expect(messages(free, value)).toEqual(['must be text']);
    }
  });

  it('when nothing is left of what must not be empty', () => {
    for (const value of ['', ' \n\t', '\u0001', '\u3000'])
      expect(messages(title, value)).toEqual(['must not be empty']);
  });

  it('over the maximum, which counts code points as PostgreSQL does', () => {
    fc.assert(
      fc.property(pieces, (value) => {
        const length = [
          ...value
            .normalize('NFC')
            .replaceAll('\r\n', '\n')
            .replace(/[^\P{Cc}\n\t]/gu, ''),
        ].length;
        const faults = messages(textSchema({ minimum: 0, maximum: 20, trim: false }), value);
        expect(faults).toEqual(length > 20 ? [`must have at most 20 characters, has ${length}`] : []);
      }),
    );
  });

  it('not while pairs of surrogates count as one character each', () => {
    expect(title.parse('🛒🛒🛒🛒🛒')).toBe('🛒🛒🛒🛒🛒');
    expect(messages(title, '🛒🛒🛒🛒🛒🛒')).toEqual(['must have at most 5 characters, has 6']);
  });

  it('not for what cleaning removes: only the rest counts', () => {
    expect(title.parse(`${' '.repeat(100)}e\u0301e\u0301e\u0301e\u0301e\u0301\u0007${' '.repeat(100)}`)).toBe('ééééé');
  });

  it('under a minimum of more than one in words of its own', () => {
    expect(messages(textSchema({ minimum: 3, maximum: 5, trim: false }), 'ab')).toEqual([
      'must have at least 3 characters',
    ]);
  });
});
