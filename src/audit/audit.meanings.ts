import type { SecurityDetail, SecurityEventName, SecurityOutcome } from '../core/security-events.ts';

/** What the words of the log mean, for the descriptions of both APIs. */

export const EVENT_MEANINGS: Record<SecurityEventName, string> = {
  SIGNED_UP: 'An account was made at the Better Auth of this server.',
  SIGNED_IN: 'Somebody signed in with the password.',
  SIGN_IN_FAILED: 'Somebody tried to sign in with a wrong password.',
  SIGNED_OUT: 'Sessions were ended.',
  PASSWORD_CHANGED: 'The password was changed, or somebody who was signed in tried to.',
  FIRST_SEEN: 'The first token of the user came in.',
  TOKEN_REFUSED: 'A token was refused.',
  ACCESS_DENIED: 'Something of another user was asked for.',
  LIMIT_HIT: 'There were too many requests.',
  TOKENS_REVOKED: 'Every token issued before was ended.',
  ACCOUNT_DELETED: 'The account and its data were erased.',
  RESTORED: 'Data came back from a backup.',
};

export const OUTCOME_MEANINGS: Record<SecurityOutcome, string> = {
  SUCCEEDED: 'It was done.',
  REFUSED: 'It was refused.',
};

export const DETAIL_MEANINGS: Record<SecurityDetail, string> = {
  MALFORMED_TOKEN: 'What was sent has not the form of a bearer token.',
  INVALID_TOKEN: 'Signature, key or claims are not accepted.',
  EXPIRED_TOKEN: 'The time of the token was over.',
  REVOKED_TOKEN: 'The token was ended by signing out everywhere.',
  DELETED_ACCOUNT: 'The account of the token was erased.',
  FOREIGN_ROW: 'What was asked for belongs to another user.',
  DATABASE_POLICY: 'The database refused what the server should not have asked.',
  LIMIT_OF_USER: 'The limit is that of the user.',
  LIMIT_OF_ADDRESS: 'The limit is that of the network address.',
  WRONG_PASSWORD: 'The account exists and the password was wrong.',
  UNKNOWN_ACCOUNT: 'There is no such account.',
};
