import { createServer, type RequestListener, type Server } from 'node:http';
import type { UpgradeHandler } from './upgrades.ts';

/** bytes of a request line and its headers at most */
const MAXIMUM_HEADER_SIZE = 16_384;

/** milliseconds */
export interface HttpTimeouts {
  /** for the request line and all headers */
  readonly headers: number;
  /** for the whole request with its body */
  readonly request: number;
  /** without a byte in either direction while a request is under way */
  readonly silence: number;
  /** for the next request on the same connection; more than usual load balancers keep theirs, so that they close first */
  readonly keepAlive: number;
  /** between two looks at which of the first two have passed */
  readonly checks: number;
}

const TIMEOUTS: HttpTimeouts = { headers: 10_000, request: 30_000, silence: 60_000, keepAlive: 65_000, checks: 2_000 };

/** An HTTP server on which nobody can hold a connection by being slow. */
export function createHttpServer(
  listener: RequestListener,
  timeouts: HttpTimeouts = TIMEOUTS,
  upgrades?: UpgradeHandler | undefined,
): Server {
  const server = createServer(
    {
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: timeouts.checks,
      maxHeaderSize: MAXIMUM_HEADER_SIZE,
      // Whoever asks for a protocol that is not spoken there is answered as if it had not (RFC 9110 section 7.8).
      shouldUpgradeCallback: (request) => upgrades?.accepts(request) ?? false,
    },
    listener,
  );
  // Node would refuse expectations other than 100-continue by itself, without any of the headers that answers have.
  server.on('checkExpectation', listener);
  if (upgrades) server.on('upgrade', upgrades.listener);
  server.timeout = timeouts.silence;
  return server;
}
