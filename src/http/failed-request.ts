import type { IncomingMessage } from 'node:http';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { requestIdOf } from './request-id.ts';
import { recordOf } from './request-record.ts';

/** What clients learn of an error that nobody expected. */
export const MASKED_MESSAGE = 'An unexpected error occurred';

/**
 * What a request that failed is answered with, in either API: a domain error as it is, and in the place of anything else one that
 * tells nothing, while the log has it whole. The request's own line and its metrics have its code.
 */
export function failedRequest(request: IncomingMessage, error: unknown, logger: Logger): AppError {
  const isExpected = error instanceof AppError && error.code !== 'INTERNAL_SERVER_ERROR';
  const answer = isExpected ? error : new AppError('INTERNAL_SERVER_ERROR', MASKED_MESSAGE);
  if (!isExpected) logger.error({ err: error, requestId: requestIdOf(request) }, 'request failed');
  recordOf(request).failed(answer);
  return answer;
}
