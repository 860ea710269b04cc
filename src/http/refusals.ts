import { type AppError, ForbiddenError, UnauthenticatedError } from '../core/errors.ts';
import type { RequestOrigin, SecurityEvent, SecurityEventLog } from '../core/security-events.ts';

/** Who was refused, and from where. */
interface Refused {
  /** the user that the request acts for; `undefined` before that is known */
  userId: string | undefined;
  origin: RequestOrigin;
}

/** Records the errors of either API that are security events: refused tokens, denied access and limits. */
export function recordRefusal(events: SecurityEventLog, error: AppError, { userId, origin }: Refused): void {
  const event = eventOf(error, userId);
  if (event) events.record({ userId: userId ?? null, origin, outcome: 'REFUSED', ...event });
}

type Told = Pick<SecurityEvent, 'event' | 'detail'> & Partial<Pick<SecurityEvent, 'userId'>>;

function eventOf(error: AppError, userId: string | undefined): Told | undefined {
  switch (error.code) {
    case 'UNAUTHENTICATED':
      return error instanceof UnauthenticatedError ? refusedToken(error) : undefined;
    case 'FORBIDDEN':
      return {
        event: 'ACCESS_DENIED',
        detail: error instanceof ForbiddenError ? 'FOREIGN_ROW' : 'DATABASE_POLICY',
      };
    case 'RATE_LIMITED':
      return { event: 'LIMIT_HIT', detail: userId === undefined ? 'LIMIT_OF_ADDRESS' : 'LIMIT_OF_USER' };
    default:
      return undefined;
  }
}

/** Whoever sends no token at all has not tried anything. */
function refusedToken({ reason, token }: UnauthenticatedError): Told | undefined {
  if (reason === 'missing_token') return undefined;
  const detail = reason === 'invalid_request' ? 'MALFORMED_TOKEN' : 'INVALID_TOKEN';
  return { event: 'TOKEN_REFUSED', detail, ...token };
}
