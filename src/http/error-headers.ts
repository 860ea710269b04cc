import { type AppError, UnauthenticatedError } from '../core/errors.ts';
import type { RateLimitState } from '../core/rate-limits.ts';

/** The headers that an error calls for in either API. */
export function errorHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error instanceof UnauthenticatedError) headers['www-authenticate'] = challenge(error);
  if (error.details.retryAfter !== undefined) headers['retry-after'] = String(error.details.retryAfter);
  const { limit, window, retryAfter } = error.details;
  if (error.code === 'RATE_LIMITED' && limit !== undefined && window !== undefined) {
    Object.assign(headers, rateLimitHeaders({ limit, remaining: 0, reset: retryAfter ?? window, window }));
  }
  // What is left of a body that is too large is not read: the connection cannot be used again.
  if (error.code === 'PAYLOAD_TOO_LARGE') headers.connection = 'close';
  return headers;
}

/** How much of a limit is left, in the form of draft-ietf-httpapi-ratelimit-headers-07. */
export function rateLimitHeaders({ limit, remaining, reset, window }: RateLimitState): Record<string, string> {
  return {
    ratelimit: `limit=${limit}, remaining=${remaining}, reset=${reset}`,
    'ratelimit-policy': `${limit};w=${window}`,
  };
}

/** RFC 6750 section 3, with one more code: clients shall see whether they sent no token or a bad one. */
function challenge({ reason, message }: UnauthenticatedError): string {
  if (reason === 'missing_token') return 'Bearer error="missing_token"';
  return `Bearer error="${reason}", error_description="${message.replaceAll('"', "'")}"`;
}
