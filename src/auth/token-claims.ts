import type { JWTPayload } from 'jose';
import type { Actor } from '../core/actor.ts';

const USER_ID_LIMIT = 255;
const EMAIL_LIMIT = 320;
const NAME_LIMIT = 255;
/** seconds; the last moment that a Date can hold. 1e400 in a token's JSON reads as Infinity and would never come. */
const LAST_MOMENT = 8.64e12;

/** What a verified token says. */
export interface VerifiedToken extends Actor {
  /** seconds since the epoch at which the token ends: its `exp`, or when it reaches the maximum age if that is sooner */
  readonly expiresAt: number;
}

/** Whether this can be a user id: 1 to 255 characters that PostgreSQL can store as text. */
export function isUserId(value: unknown): value is string {
  return isText(value, USER_ID_LIMIT);
}

export function isEmail(value: unknown): value is string {
  return isText(value, EMAIL_LIMIT);
}

export function isName(value: unknown): value is string {
  return isText(value, NAME_LIMIT);
}

/**
 * Maps the claims of a token whose signature and times were verified. `email` and `name` are `null` where they could
 * not be stored. Nothing stands in for a missing `sub`: tokens that Better Auth signs with the same secret for
 * other ends have a `userId` or an `email` and no `sub`.
 * @returns the name of the claim that is not as it must be, or the token
 */
export function readClaims(claims: JWTPayload, maxTokenAge: number): VerifiedToken | 'sub' | 'exp' {
  const { sub, email, name, iat, exp } = claims;
  if (!isUserId(sub)) return 'sub';
  if (exp === undefined || exp > LAST_MOMENT) return 'exp';
  return {
    userId: sub,
    email: isEmail(email) ? email : null,
    name: isName(name) ? name : null,
    issuedAt: Math.floor(iat!),
    expiresAt: Math.min(exp, iat! + maxTokenAge),
  };
}

/** PostgreSQL refuses NUL in text, and a lone surrogate is not UTF-8. Characters are code points, as it counts them. */
function isText(value: unknown, limit: number): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= 2 * limit &&
    (value.length <= limit || [...value].length <= limit) &&
    !value.includes('\0') &&
    value.isWellFormed()
  );
}
