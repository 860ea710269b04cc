import { decodeProtectedHeader } from 'jose';
import { refusedToken } from './token-refusal.ts';

/** The kind of key decides which algorithms can be meant: no public key verifies HS256, no secret anything else. */
export const SECRET_ALGORITHMS = ['HS256'];
export const KEY_SET_ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'];
/** RFC 9068 section 2.1 and RFC 7519 section 5.1; media types have no case and may omit `application/`. */
const TOKEN_TYPES = new Set(['jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']);
/** Keys that a token brings along prove nothing (RFC 8725 section 3.10), and no access token needs them. */
const KEY_OFFERS = ['jwk', 'jku', 'x5c', 'x5u'];

/** What a token says it is signed with. */
export type TokenHeader =
  | { readonly kind: 'secret' }
  | { readonly kind: 'keySet'; readonly alg: string; readonly kid: string };

/**
 * Reads the header of a token that is not verified yet, and refuses what could not be an access token.
 * @throws UnauthenticatedError, or TypeError when there is no header to read
 */
export function readHeader(token: string): TokenHeader {
  if (!token.split('.').every(isCanonical)) throw refusedToken('The token is malformed');
  const header = decodeProtectedHeader(token);
  const { alg, kid, typ } = header;
  if (typ !== undefined && !(typeof typ === 'string' && TOKEN_TYPES.has(typ.toLowerCase()))) {
    throw refusedToken('The token is not an access token');
  }
  if (header.crit !== undefined) throw refusedToken('The token demands an extension that is not supported');
  if (KEY_OFFERS.some((name) => name in header)) throw refusedToken('The token must not bring its own key');
  if (kid !== undefined && typeof kid !== 'string') throw refusedToken('The token is malformed');
  if (SECRET_ALGORITHMS.includes(alg!)) return { kind: 'secret' };
  if (!KEY_SET_ALGORITHMS.includes(alg!)) throw refusedToken('The algorithm of the token is not accepted');
  if (!kid) throw refusedToken('The token does not name its key');
  return { kind: 'keySet', alg: alg!, kid };
}

/** Base64url whose unused bits are not zero reads as the same bytes: there is one spelling of a token, as it was made. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}
