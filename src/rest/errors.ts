import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, BadUserInputError, NotFoundError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { knownActorOf } from '../http/actor.ts';
import { payloadTooLarge } from '../http/body.ts';
import { errorHeaders } from '../http/error-headers.ts';
import { failedRequest } from '../http/failed-request.ts';
import { originOf } from '../http/origin.ts';
import { PROBLEM_TYPE, problemOf } from '../http/problem.ts';
import { recordRefusal } from '../http/refusals.ts';
import { toSnakeCase } from '../http/snake-case.ts';

/** The one mapping of errors to REST. What nobody expected is logged whole and answered as a generic 500. */
export function createErrorHandler(logger: Logger, bodyLimit: number, events: SecurityEventLog) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = inSnakeCase(failedRequest(request.raw, refusalOf(error, bodyLimit) ?? error, logger));
    recordRefusal(events, answer, { userId: knownActorOf(request)?.userId, origin: originOf(request.raw) });
    // RFC 9110 section 13.1.1: a precondition in a header that does not hold is answered with 412. Only a conflict over
    // versions tells one, others are no matter of If-Match.
    const isPrecondition = request.method !== 'POST' && request.headers['if-match'] !== undefined;
    const isStale = answer.code === 'CONFLICT' && answer.details.version !== undefined;
    const status = isStale && isPrecondition ? 412 : answer.status;
    void reply
      .code(status)
      .headers(errorHeaders(answer))
      .header('content-type', `${PROBLEM_TYPE}; charset=utf-8`)
      .serializer(JSON.stringify)
      .send(problemOf(answer, request.id, status));
  };
}

/** Services name fields as they are called there. */
function inSnakeCase(error: AppError): AppError {
  const { fields = [] } = error.details;
  const renamed = fields.map(({ field, message }) => ({ field: toSnakeCase(field), message }));
  return renamed.every(({ field }, index) => field === fields[index]?.field) ? error : new BadUserInputError(renamed);
}

/** What Fastify refuses, in our words. */
function refusalOf(error: unknown, bodyLimit: number): AppError | undefined {
  if (!isFastifyError(error)) return undefined;
  const { code, statusCode = 500, validation } = error;
  if (validation) return new BadUserInputError(validation.flatMap(fieldErrors));
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return payloadTooLarge(bodyLimit);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new BadUserInputError([], 'The content type must be application/json');
  }
  if (code === 'FST_ERR_BAD_URL') return new NotFoundError('There is no such route');
  return statusCode >= 400 && statusCode < 500
    ? new BadUserInputError([], 'The request is not well-formed')
    : undefined;
}

/** Others may carry a status too, but only Fastify's say that the request is at fault. */
function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && String((error as Partial<FastifyError>).code).startsWith('FST_ERR_');
}

type Validation = NonNullable<FastifyError['validation']>[number];

function fieldErrors({
  instancePath,
  message = 'is not valid',
  params,
}: Validation): { field: string; message: string }[] {
  const unknown = params.keys;
  if (Array.isArray(unknown)) return unknown.map((key) => ({ field: String(key), message: 'is not known' }));
  return [{ field: instancePath.split('/').filter(Boolean).join('.'), message }];
}
