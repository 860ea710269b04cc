import { type AppError, ERROR_STATUS, type ErrorCode, RateLimitedError, UnauthenticatedError } from './errors.ts';

/** Names of operations stand in the log and in metrics: a longer one is of no use there. */
const MAXIMUM_NAME = 64;

/** Why a request was not answered as it wished; `detail` is of a closed list: why a token was refused, or which limit was hit. */
export interface Failure {
  readonly code: ErrorCode;
  readonly detail?: string | undefined;
}

/**
 * What becomes known of a request while it is answered, for its line in the log and its place in the metrics. Whoever
 * learns something writes it here; nothing is asked before the request has ended.
 */
export class RequestRecord {
  /** whom it acts for, once the token is verified */
  userId: string | undefined;
  /** GraphQL's name of a valid operation, or the `operationId` of a route */
  operation: string | undefined;
  /** the gravest of its errors */
  failure: Failure | undefined;
  /** when the answer became a stream, in milliseconds of `performance.now()`: how long it goes on is up to the client */
  streamedAt: number | undefined;
  /** takes the request out of those in progress, where it is one of them */
  leave: (() => void) | undefined;

  /** The answer goes on for as long as its client wants. */
  becomesStream(): void {
    this.streamedAt = performance.now();
    this.leave?.();
  }

  /** A GraphQL operation that was found valid; its name is the client's choice, in the letters that GraphQL allows. */
  operated(name: string | undefined): void {
    this.operation = name === undefined ? 'anonymous' : name.slice(0, MAXIMUM_NAME);
  }

  /** An error that the request is answered with. */
  failed(error: AppError): void {
    this.failedWith(failureOf(error));
  }

  failedWith(failure: Failure): void {
    if (this.failure && ERROR_STATUS[this.failure.code] >= ERROR_STATUS[failure.code]) return;
    this.failure = failure;
  }
}

/** What log and metrics tell of an error. */
export function failureOf(error: AppError): Failure {
  return { code: error.code, detail: detailOf(error) };
}

function detailOf(error: AppError): string | undefined {
  if (error instanceof RateLimitedError) return error.limitName;
  if (!(error instanceof UnauthenticatedError)) return undefined;
  return error.token.detail?.toLowerCase() ?? error.reason;
}
