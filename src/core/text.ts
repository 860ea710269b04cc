import { z } from 'zod';

/** Control characters other than newline and tab; NUL is refused before this is used. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const CONTROL_CHARACTERS = /[\u0001-\u0008\u000b-\u001f\u007f-\u009f]/g;

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
    .transform((text) => cleaned(text, trim))
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

function cleaned(text: string, trim: boolean): string {
  const clean = text.replaceAll('\r\n', '\n').replace(CONTROL_CHARACTERS, '').normalize('NFC');
  return trim ? clean.trim() : clean;
}

function codePoints(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) length--;
  }
  return length;
}
