import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERROR_STATUS } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { RequestRecord } from '../core/request-record.ts';
import { PROBES, pathOf } from './request-path.ts';

/** Characters of a path: nothing that is answered has a longer one. */
const MAXIMUM_PATH = 200;
/** What stands behind it may be a token, as in links to reset a password. */
const AUTH_PATH = /^(\/api\/auth\/[^/]*\/).+$/;

export interface RequestLogOptions {
  logger: Logger;
  /** milliseconds: slower requests are warnings */
  slowRequest: number;
  /** whether requests that went well have their line at level info, or only at debug */
  everyRequest: boolean;
  /** what the server is busy with, told beside slow requests */
  load: () => Readonly<Record<string, number>>;
}

/** Writes the line of a request that has ended; `milliseconds` is how long its answer took, of a stream until it began. */
export type RequestLog = (
  request: IncomingMessage,
  response: ServerResponse,
  milliseconds: number,
  record: RequestRecord,
) => void;

/** One line for each request, at a level that its end deserves. It is only made where the level is on. */
export function createRequestLog({ logger, slowRequest, everyRequest, load }: RequestLogOptions): RequestLog {
  const usual = everyRequest ? 'info' : 'debug';
  // The line holds what is listed below and no headers: looking for some to redact is four fifths of what it costs (4 of 5 µs).
  const lines = logger.child({}, { redact: [] });

  function levelOf(path: string, status: number, isSlow: boolean, { failure }: RequestRecord) {
    if (PROBES.has(path)) return 'debug';
    // What nobody expected has its own line, whole, at level error; whoever counts those counts faults once.
    const isFault = status >= 500 || (failure !== undefined && ERROR_STATUS[failure.code] >= 500);
    return isSlow || isFault ? 'warn' : usual;
  }

  return (request, response, milliseconds, record) => {
    const path = pathOf(request);
    const isSlow = milliseconds > slowRequest;
    const level = levelOf(path, response.statusCode, isSlow, record);
    if (!logger.isLevelEnabled(level)) return;
    const { operation, userId, failure, streamedAt } = record;
    lines[level](
      {
        requestId: request.headers['x-request-id'],
        method: request.method,
        path: shown(path),
        operation,
        userId,
        status: response.statusCode,
        code: failure?.code,
        reason: failure?.detail,
        milliseconds: Math.round(milliseconds * 10) / 10,
        openSeconds: streamedAt === undefined ? undefined : Math.round((performance.now() - streamedAt) / 1000),
        // Streams end when somebody goes.
        aborted: response.writableFinished || streamedAt !== undefined ? undefined : true,
        load: isSlow ? load() : undefined,
      },
      isSlow ? 'slow request' : 'request',
    );
  };
}

/** Never the query: GraphQL over GET and searches carry what users wrote. */
function shown(path: string): string {
  const short = path.length > MAXIMUM_PATH ? `${path.slice(0, MAXIMUM_PATH)}…` : path;
  return short.startsWith('/api/auth/') ? short.replace(AUTH_PATH, '$1…') : short;
}
