import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type AppError, ServiceUnavailableError } from '../core/errors.ts';
import type { RequestRecord } from '../core/request-record.ts';
import { settleClientAddress } from './client-address.ts';
import { type CorsOptions, handleCors } from './cors.ts';
import { settleRequestId } from './request-id.ts';
import type { RequestLog } from './request-log.ts';
import { PROBES, pathOf } from './request-path.ts';
import { recordOf } from './request-record.ts';
import type { RequestsInProgress } from './requests-in-progress.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

export interface EdgeOptions extends CorsOptions {
  /** proxies before this server whose `X-Forwarded-For` is believed */
  trustedProxyHops: number;
  /** requests in progress at most; further ones are refused before anything is done for them */
  maximumConcurrentRequests: number;
  /** answers an error in the form of the API that the request is for */
  refuse: (request: IncomingMessage, response: ServerResponse, error: AppError) => void;
  log: RequestLog;
  /** over TLS only in production: a browser that once saw this header would refuse http on localhost */
  strictTransport: boolean;
  /** while true, every answer asks the client to open its next connection elsewhere */
  isClosing: () => boolean;
  /** counts the requests; its owner may look at how many they are */
  inProgress: RequestsInProgress;
  /** hears of every request that has ended */
  observe: (path: string, status: number, seconds: number, record: RequestRecord) => void;
}

const SLASH = 0x2f;
/**
 * What every request meets first, whichever API it is for: request id, client's address, security headers, CORS, the
 * limit of requests in progress, and the log line at its end. The number of requests is what bounds how long one waits:
 * the delay of the event loop is not looked at, as it also grows where a process was merely stopped for a while.
 */
export function createEdge(options: EdgeOptions, next: RequestListener): RequestListener {
  const { trustedProxyHops, maximumConcurrentRequests, refuse } = options;
  const { log, strictTransport, isClosing, inProgress, observe } = options;
  return (request, response) => {
    const start = performance.now();
    settleTarget(request);
    const record = recordOf(request);
    const requestId = settleRequestId(request);
    settleClientAddress(request, trustedProxyHops);
    response.setHeader('x-request-id', requestId);
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    if (isClosing()) response.setHeader('connection', 'close');
    if (strictTransport) response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
    const isTooMuch = inProgress.count >= maximumConcurrentRequests && !PROBES.has(pathOf(request));
    record.leave = isTooMuch ? undefined : inProgress.add(response, start);
    response.once('close', () => {
      const { streamedAt } = record;
      if (streamedAt === undefined) record.leave?.();
      const milliseconds = (streamedAt ?? performance.now()) - start;
      observe(pathOf(request), response.statusCode, milliseconds / 1000, record);
      log(request, response, milliseconds, record);
    });
    if (handleCors(request, response, options)) return;
    if (!isTooMuch) {
      next(request, response);
      return;
    }
    const busy = new ServiceUnavailableError('The server is busy');
    record.failed(busy);
    refuse(request, response, busy);
  };
}

/** Brings `GET http://host/path`, as clients may write it to proxies, into its usual form (RFC 9112 section 3.2.2). */
function settleTarget(request: IncomingMessage): void {
  const { url = '/' } = request;
  if (url.charCodeAt(0) !== SLASH) request.url = url.replace(/^https?:\/\/[^/?#]*(?=\/)/i, '');
}
