import { BadUserInputError } from './errors.ts';

/** Cannot occur in a value: text with NUL is refused everywhere. */
const SEPARATOR = '\0';
/** A title of 255 four-byte characters with its frame, in base64. */
const MAXIMUM_LENGTH = 2048;

/** Twenty cursors a page: writing them here spares a buffer for each. Longer than any title with its frame. */
const scratch = Buffer.alloc(4096);

/**
 * Cursors are opaque to clients: the sort they belong to and the sort keys of one row, in base64url. They hold no
 * secret and grant nothing, since every query binds the caller's user id; a forged one only names another place in
 * the caller's own list.
 */
export function encodeCursor(sort: string, keys: readonly string[]): string {
  let text = sort;
  for (const key of keys) text += SEPARATOR + key;
  const length = scratch.write(text);
  return scratch.toString('base64url', 0, length);
}

/**
 * The sort keys of a cursor of this sort.
 * @throws BadUserInputError for malformed, cut or lengthened cursors and those of another sort; `argument` names it
 */
export function decodeCursor(cursor: string, sort: string, patterns: readonly RegExp[], argument: string): string[] {
  const keys = parse(cursor);
  if (!keys) throw new BadUserInputError([{ field: argument, message: 'is not a cursor' }]);
  const [ownSort, ...values] = keys;
  if (ownSort !== sort) throw new BadUserInputError([{ field: argument, message: 'belongs to another order' }]);
  if (values.length !== patterns.length || !values.every((value, index) => patterns[index]?.test(value))) {
    throw new BadUserInputError([{ field: argument, message: 'is not a cursor' }]);
  }
  return values;
}

function parse(cursor: string): string[] | undefined {
  if (cursor.length === 0 || cursor.length > MAXIMUM_LENGTH) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.toString();
  // Decoding skips what is not base64url and replaces what is not UTF-8: only an exact round trip counts.
  if (bytes.toString('base64url') !== cursor || !Buffer.from(text).equals(bytes)) return undefined;
  return text.split(SEPARATOR);
}
