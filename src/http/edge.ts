import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '../core/logger.ts';
import { settleClientAddress } from './client-address.ts';
import { handleCors, type OriginPolicy } from './cors.ts';
import { settleRequestId } from './request-id.ts';

export interface EdgeOptions {
  isAllowedOrigin: OriginPolicy;
  /** proxies before this server whose `X-Forwarded-For` is believed */
  trustedProxyHops: number;
  logger: Logger;
  /** milliseconds: slower requests are logged as warnings */
  slowRequest: number;
  /** over TLS only in production: a browser that once saw this header would refuse http on localhost */
  strictTransport: boolean;
  /** while true, every answer asks the client to open its next connection elsewhere */
  isClosing: () => boolean;
  /** hears of every request that has ended */
  observe: (path: string, status: number, seconds: number) => void;
}

/** An API answers data: nothing in it may be run, framed or guessed at. Pages set a policy of their own over this. */
const API_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** What every request meets first, whichever API it is for: request id, security headers, CORS, and the log line at its end. */
export function createEdge(options: EdgeOptions, next: RequestListener): RequestListener {
  const { isAllowedOrigin, trustedProxyHops, logger, slowRequest, strictTransport, isClosing, observe } = options;
  return (request, response) => {
    const start = performance.now();
    const requestId = settleRequestId(request);
    settleClientAddress(request, trustedProxyHops);
    response.setHeader('x-request-id', requestId);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('content-security-policy', API_CONTENT_POLICY);
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-store');
    if (isClosing()) response.setHeader('connection', 'close');
    if (strictTransport) response.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
    response.once('close', () => {
      const milliseconds = performance.now() - start;
      observe(pathOf(request), response.statusCode, milliseconds / 1000);
      logRequest(logger, slowRequest, request, response, milliseconds);
    });
    if (handleCors(request, response, isAllowedOrigin)) return;
    next(request, response);
  };
}

function logRequest(
  logger: Logger,
  slowRequest: number,
  request: IncomingMessage,
  response: ServerResponse,
  milliseconds: number,
): void {
  const isSlow = milliseconds > slowRequest;
  if (!isSlow && !logger.isLevelEnabled('debug')) return;
  const line = {
    requestId: request.headers['x-request-id'],
    method: request.method,
    // Without the query: GraphQL over GET and searches carry what users wrote.
    path: pathOf(request),
    status: response.statusCode,
    milliseconds: Math.round(milliseconds),
    ...(response.writableFinished ? {} : { aborted: true }),
  };
  if (isSlow) logger.warn(line, 'slow request');
  else logger.debug(line, 'request');
}

export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
