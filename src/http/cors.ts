import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'accept',
  'if-match',
  'if-none-match',
  'idempotency-key',
  'last-event-id',
  'x-request-id',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'apollographql-client-version',
  'traceparent',
].join(', ');
const EXPOSED_HEADERS =
  'etag, idempotency-replayed, link, location, ratelimit, ratelimit-policy, retry-after, undo-token, www-authenticate, x-request-id, set-auth-token, set-auth-jwt';
const PREFLIGHT_SECONDS = '600';
const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

/** Answers whether browsers on `origin` may read what this server answers. */
export type OriginPolicy = (origin: string) => boolean;

/** Exact origins; `undefined` means any port of this machine, for development. */
export function originPolicy(origins: readonly string[] | undefined): OriginPolicy {
  if (origins === undefined) return (origin) => LOCALHOST.test(origin);
  const allowed = new Set(origins);
  return (origin) => allowed.has(origin);
}

export interface CorsOptions {
  readonly isAllowedOrigin: OriginPolicy;
  /** Below it browsers may send their cookies; nowhere without one. */
  readonly cookiePath: string | undefined;
}

/**
 * Sets the CORS headers that the request's origin calls for, and answers preflights (Fetch standard, CORS protocol).
 * @returns true when the request is answered already
 */
export function handleCors(
  request: IncomingMessage,
  response: ServerResponse,
  { isAllowedOrigin, cookiePath }: CorsOptions,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  response.setHeader('vary', 'origin');
  const allowed = isAllowedOrigin(origin);
  if (allowed) {
    if (cookiePath !== undefined && request.url?.startsWith(cookiePath))
      response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  }
  if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return false;
  if (allowed) {
    response.setHeader('access-control-allow-methods', ALLOWED_METHODS);
    response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
    response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
  }
  response.writeHead(204).end();
  return true;
}
