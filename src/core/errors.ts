import type { SecurityEvent } from './security-events.ts';

/** Every code that a client can see, with its HTTP status. The list is closed: it is the contract of both APIs. */
export const ERROR_STATUS = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  QUERY_TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** One fault of one input field; `field` is a dotted path such as `input.title`, or `` for the input as a whole. */
export interface FieldError {
  field: string;
  message: string;
}

/** What an error tells a client beside code and message. Nothing in here may name internals. */
export interface ErrorDetails {
  fields?: FieldError[];
  /** the version that the stored task has now */
  version?: number;
  /** seconds until another try makes sense */
  retryAfter?: number;
  /** seconds that `limit` counts over */
  window?: number;
  limit?: number;
  value?: number;
}

/**
 * The one error type that services throw. Transports map it to their own form by `code`; anything else that is
 * thrown is a bug and is masked. `message` is shown to clients, `cause` is only logged.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/** An input may have more faults than anybody reads, and names of any length: the answer must not outgrow the request. */
export const MAXIMUM_FAULTS = 50;
export const MAXIMUM_FIELD_NAME = 200;

export class BadUserInputError extends AppError {
  constructor(fields: FieldError[], message?: string) {
    const told = fields.slice(0, MAXIMUM_FAULTS).map(shortened);
    super('BAD_USER_INPUT', message ?? (told.map(sentence).join('; ') || 'The input is not valid'), { fields: told });
  }
}

function shortened({ field, message }: FieldError): FieldError {
  return { field: field.length > MAXIMUM_FIELD_NAME ? `${field.slice(0, MAXIMUM_FIELD_NAME - 1)}…` : field, message };
}

function sentence({ field, message }: FieldError): string {
  return field === '' ? message : `${field}: ${message}`;
}

/** Why a token was refused; sent as `error` of the `WWW-Authenticate` header (RFC 6750 section 3.1) and counted. */
export type UnauthenticatedReason = 'missing_token' | 'invalid_request' | 'invalid_token';

/** What the log of security events says of a refused token beside its reason; clients see nothing of it. */
type RefusedToken = Partial<Pick<SecurityEvent, 'detail' | 'userId'>>;

export class UnauthenticatedError extends AppError {
  readonly reason: UnauthenticatedReason;
  readonly token: RefusedToken;

  constructor(reason: UnauthenticatedReason, message: string, cause?: unknown, token: RefusedToken = {}) {
    super('UNAUTHENTICATED', message, {}, cause);
    this.reason = reason;
    this.token = token;
  }
}

export class ForbiddenError extends AppError {
  constructor(message: string) {
    super('FORBIDDEN', message);
  }
}

export class NotFoundError extends AppError {
  constructor(message: string) {
    super('NOT_FOUND', message);
  }
}

export class ConflictError extends AppError {
  constructor(message: string, version?: number) {
    super('CONFLICT', message, version === undefined ? {} : { version });
  }
}

export class RateLimitedError extends AppError {
  /** which of the limits, for those who watch over the server */
  readonly limitName: string;

  constructor(limitName: string, retryAfter: number, limit: number, window: number) {
    super('RATE_LIMITED', `Too many requests, try again in ${retryAfter} s`, { retryAfter, limit, window });
    this.limitName = limitName;
  }
}

export class ServiceUnavailableError extends AppError {
  constructor(message: string, retryAfter = 1, cause?: unknown) {
    super('SERVICE_UNAVAILABLE', message, { retryAfter }, cause);
  }
}
