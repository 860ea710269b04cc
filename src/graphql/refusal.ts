import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError } from '../core/errors.ts';
import { errorHeaders } from '../http/error-headers.ts';
import { requestIdOf } from '../http/request-id.ts';
import { errorBody } from './errors.ts';

/** Answers a request that never became an operation. */
export function refuseOperation(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  const text = errorBody(error, requestIdOf(request));
  response
    .writeHead(error.status, {
      ...errorHeaders(error),
      'content-type': contentType(request),
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

/** Media type of GraphQL over HTTP where the client accepts it. */
function contentType({ headers }: IncomingMessage): string {
  const type = headers.accept?.includes('application/graphql-response+json') ? 'graphql-response+json' : 'json';
  return `application/${type}; charset=utf-8`;
}
