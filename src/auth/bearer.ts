import { UnauthenticatedError } from '../core/errors.ts';

/** characters of a token at most; Better Auth's have about 500 */
const TOKEN_LIMIT = 8192;
const NAME = 'authorization';
const SCHEME = 'bearer ';
/** The compact form of a JWS (RFC 7515 section 7.1). The classes exclude each other's separator: time is linear. */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The token of the request's one `Authorization: Bearer` header (RFC 6750 section 2.1), in the shape of a JWT and not
 * yet verified. Reads `rawHeaders`, because `headers` keeps the first of several `Authorization` lines and drops the
 * others without a word, so that a proxy and this server could each look at another one.
 * @throws UnauthenticatedError `missing_token` without the header; `invalid_request` for several of them, another
 *   scheme, another shape or more than 8,192 characters
 */
export function bearerToken(request: { readonly rawHeaders: readonly string[] }): string {
  const { rawHeaders } = request;
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length !== NAME.length || name.toLowerCase() !== NAME) continue;
    if (value !== undefined) throw refusal('There must be one Authorization header only');
    value = rawHeaders[index + 1];
  }
  return tokenOfAuthorization(value);
}

/**
 * The token of a WebSocket's `connection_init` payload, by the same rules: its one member `Authorization`, in any case.
 * @throws UnauthenticatedError as above
 */
export function tokenOfParameters(parameters: unknown): string {
  const members = typeof parameters === 'object' && parameters !== null ? Object.entries(parameters) : [];
  const values = members.filter(([name]) => name.toLowerCase() === NAME).map(([, value]) => value);
  if (values.length > 1) throw refusal('There must be one Authorization only');
  return tokenOfAuthorization(values[0]);
}

function tokenOfAuthorization(value: unknown): string {
  if (value === undefined || value === null)
    throw new UnauthenticatedError('missing_token', 'A bearer token is needed');
  if (typeof value !== 'string' || value.slice(0, SCHEME.length).toLowerCase() !== SCHEME) {
    throw refusal('The Authorization header must be of the form: Bearer <token>');
  }
  if (value.length > SCHEME.length + TOKEN_LIMIT) throw refusal('The token is too long');
  const token = value.slice(SCHEME.length).trimStart();
  if (!COMPACT_JWS.test(token)) throw refusal('The token is not a JSON Web Token');
  return token;
}

function refusal(message: string): UnauthenticatedError {
  return new UnauthenticatedError('invalid_request', message);
}
