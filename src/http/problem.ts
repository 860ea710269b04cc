import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type AppError, ERROR_STATUS, type ErrorCode, MAXIMUM_FAULTS, MAXIMUM_FIELD_NAME } from '../core/errors.ts';
import { errorHeaders } from './error-headers.ts';
import { requestIdOf } from './request-id.ts';

/** All faults, each with its name and a sentence. */
const MAXIMUM_DETAIL = 20_000;

/** RFC 9457, with the code that GraphQL shows too. */
const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().max(50).meta({ pattern: '^[A-Za-z ]+$' }).describe('The status in words.'),
    status: z.int32().min(400).max(599).meta({ format: 'int32' }),
    detail: z.string().max(MAXIMUM_DETAIL).describe('What went wrong, for people.'),
    code: z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]).describe('What went wrong, for programs.'),
    requestId: z
      .string()
      .max(128)
      .meta({ pattern: '^[\\w.:+/=-]+$' })
      .describe('Names this request in the log of the server.'),
    fields: z
      .array(z.object({ field: z.string().max(MAXIMUM_FIELD_NAME), message: z.string().max(500) }))
      .max(MAXIMUM_FAULTS)
      .optional()
      .describe('Each fault of the input.'),
    version: z.int32().min(1).meta({ format: 'int32' }).optional().describe('The version that the task has now.'),
    retryAfter: z.number().optional().describe('Seconds until another try makes sense.'),
    window: z.number().optional().describe('Seconds that the limit counts over.'),
    limit: z.number().optional().describe('The limit that was exceeded.'),
    value: z.number().optional().describe('What exceeded it.'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457).' });

export type Problem = z.output<typeof problemSchema>;

export function problemOf(error: AppError, requestId: string, status = error.status): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    requestId,
    ...error.details,
  };
}

export const PROBLEM_TYPE = 'application/problem+json';

/** Answers a request that reaches no route. */
export function refuseRequest(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  const text = JSON.stringify(problemOf(error, requestIdOf(request)));
  response
    .writeHead(error.status, {
      ...errorHeaders(error),
      'content-type': `${PROBLEM_TYPE}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

/** What every route may answer beside its own answers, for its `response` schema. */
export function problems<Status extends number>(...statuses: Status[]) {
  const everywhere = [400, 401, 429, 500, 503];
  const entries = [...everywhere, ...statuses].map((status) => [
    status,
    { description: STATUS_CODES[status] ?? 'Error', content: { [PROBLEM_TYPE]: { schema: problemSchema } } },
  ]);
  return Object.fromEntries(entries) as Record<
    number,
    { description: string; content: Record<string, { schema: typeof problemSchema }> }
  >;
}
