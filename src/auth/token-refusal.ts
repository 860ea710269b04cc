import { errors } from 'jose';
import { AppError, UnauthenticatedError } from '../core/errors.ts';

/** What the client reads when a claim is wrong rather than missing. */
const CLAIM_MESSAGES: Record<string, string> = {
  iss: 'The token is of another issuer',
  aud: 'The token is meant for another audience',
  nbf: 'The token is not valid yet',
  iat: 'The token was issued in the future',
};

/** A refusal for `invalid_token` (RFC 6750 section 3.1); `cause` is for the log and holds nothing of the token. */
export function refusedToken(message: string, cause?: string): UnauthenticatedError {
  return new UnauthenticatedError('invalid_token', message, cause);
}

/** Maps whatever the verification of a token threw. Errors of this server, such as keys that are away, stay as they are. */
export function asRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // jose's errors carry the claims, and with them the user's e-mail address: only code and message go on.
  const cause = error instanceof errors.JOSEError ? `${error.code}: ${error.message}` : String(error);
  const isExpired = error instanceof errors.JWTExpired && error.claim === 'exp';
  return new UnauthenticatedError(
    'invalid_token',
    messageFor(error),
    cause,
    isExpired ? { detail: 'EXPIRED_TOKEN' } : {},
  );
}

function messageFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) {
    return error.claim === 'iat' ? 'The token was issued too long ago' : 'The token is expired';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return `The token has no ${error.claim}`;
    const told = error.reason === 'check_failed' ? CLAIM_MESSAGES[error.claim] : undefined;
    return told ?? `The ${error.claim} of the token is not valid`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the token is wrong';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with an unknown key';
  return 'The token is malformed';
}
