import { z } from 'zod';

/** Control characters other than newline and tab; NUL is refused before this is used. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const CONTROL_CHARACTERS = /[\u0001-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Normalising makes at most this many UTF-16 units one character: what is longer need not be tried. */
const UNITS_OF_A_CHARACTER = 8;

/**
 * Normalising sorts each run of combining marks in time quadratic to its length: half a million of them, which fit into
 * a body, would keep the server busy for minutes. What people write has no run that is counted here at all (Unicode
 * Standard Annex 15, section 13), and a title full of marks is far below the limit.
 */
const LONG_RUN = /\p{M}{31,}/gu;
const MAXIMUM_SORTING = 4_000_000;

/** What of the rules for text can be said to clients as a regular expression. */
export const TEXT_PATTERN = '^[^\\u0000]*$';

export interface TextLimits {
  /** characters (code points, as PostgreSQL counts them) after cleaning */
  minimum: number;
  maximum: number;
  trim: boolean;
}

/**
 * Text as it is stored: NUL and lone surrogates refused (PostgreSQL cannot hold them), CR LF made LF, other control
 * characters removed, Unicode normalised to NFC. Nothing is HTML-escaped: that is the page's job.
 */
export function textSchema({ minimum, maximum, trim }: TextLimits) {
  return z
    .string('must be text')
    .meta({ minLength: minimum, maxLength: maximum, pattern: TEXT_PATTERN })
    .refine((text) => !text.includes('\0') && text.isWellFormed(), {
      error: 'must not contain NUL characters or lone surrogates',
      abort: true,
    })
    .transform((text) => withoutControls(text, trim))
    .refine((text) => text.length <= UNITS_OF_A_CHARACTER * maximum, {
      error: `must have at most ${maximum} characters`,
      abort: true,
    })
    .refine((text) => sortingOf(text) <= MAXIMUM_SORTING, {
      error: 'must not have so many combining marks in a row',
      abort: true,
    })
    .transform((text) => text.normalize('NFC'))
    .superRefine((text, context) => {
      const length = codePoints(text);
      if (length > maximum) {
        context.addIssue({ code: 'custom', message: `must have at most ${maximum} characters, has ${length}` });
      } else if (length < minimum) {
        context.addIssue({
          code: 'custom',
          message: minimum === 1 ? 'must not be empty' : `must have at least ${minimum} characters`,
        });
      }
    });
}

function withoutControls(text: string, trim: boolean): string {
  const clean = text.replaceAll('\r\n', '\n').replace(CONTROL_CHARACTERS, '');
  return trim ? clean.trim() : clean;
}

/** The work of normalising: steps of sorting marks. */
function sortingOf(text: string): number {
  let steps = 0;
  for (const [run] of text.matchAll(LONG_RUN)) steps += run.length ** 2;
  return steps;
}

function codePoints(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) length--;
  }
  return length;
}
