import { BadUserInputError } from '../core/errors.ts';
import { isEmail, isName } from './token-claims.ts';

/** characters of any string in a body at most */
const STRING_LIMIT = 2048;

/**
 * Refuses what Better Auth would hand to the database unseen: text that cannot be stored, or so long that a token with
 * it would be refused. `body` is parsed JSON, or `undefined` when there is none.
 * @throws BadUserInputError
 */
export function checkBody(body: unknown): void {
  if (body === undefined || body === null) return;
  if (typeof body !== 'object' || Array.isArray(body))
    throw new BadUserInputError([], 'The body must be a JSON object');
  for (const [field, value] of Object.entries(body)) {
    const message = fault(field, value);
    if (message !== undefined) throw new BadUserInputError([{ field, message }]);
  }
}

function fault(field: string, value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null) return 'must not be a list or an object';
  if (typeof value !== 'string') return undefined;
  if (value.length > STRING_LIMIT) return `must have at most ${STRING_LIMIT} characters`;
  if (value.includes('\0') || !value.isWellFormed()) return 'has a character that cannot be stored';
  if (field === 'email' && !isEmail(value)) return 'must have 1 to 320 characters';
  if (field === 'name' && !isName(value)) return 'must have 1 to 255 characters';
  return undefined;
}
