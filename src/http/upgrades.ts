import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AppError, ForbiddenError } from '../core/errors.ts';
import { settleClientAddress } from './client-address.ts';
import type { OriginPolicy } from './cors.ts';
import { settleRequestId } from './request-id.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Takes over the connection of a request that asks for another protocol. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Whoever speaks that protocol may still refuse. */
export type UpgradeTaker = (...request: [...Parameters<UpgradeListener>, refuse: (error: AppError) => void]) => void;

export interface UpgradeHandler {
  accepts(request: IncomingMessage): boolean;
  readonly listener: UpgradeListener;
}

export interface UpgradeOptions {
  /** whether WebSockets are spoken at the path of the request */
  readonly isPathOf: (request: IncomingMessage) => boolean;
  readonly isAllowedOrigin: OriginPolicy;
  readonly trustedProxyHops: number;
  /** answers an error in the form of the API that the request is for */
  readonly refuse: (request: IncomingMessage, response: ServerResponse, error: AppError) => void;
}

/**
 * What such a request meets first. Browsers ask no preflight for a WebSocket, so that pages of any origin could open one
 * (RFC 6455 section 10.2): those that may not call the API are refused here.
 */
export function createUpgradeEdge(options: UpgradeOptions, next: UpgradeTaker): UpgradeHandler {
  const { isPathOf, isAllowedOrigin, trustedProxyHops, refuse } = options;

  const listener: UpgradeListener = (request, socket, head) => {
    // Whoever goes away in the middle of this is no fault.
    socket.on('error', () => socket.destroy());
    const requestId = settleRequestId(request);
    settleClientAddress(request, trustedProxyHops);
    const refuseHere = (error: AppError) => {
      const response = new ServerResponse(request);
      response.assignSocket(socket as Socket);
      // Not only its own half: a client that keeps the other one open would keep the server from closing.
      response.once('finish', () => (socket as Socket).destroySoon());
      response.setHeader('x-request-id', requestId);
      for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
      response.setHeader('connection', 'close');
      // Which version would do (RFC 6455 section 4.4).
      response.setHeader('sec-websocket-version', '13');
      refuse(request, response, error);
    };
    const { origin } = request.headers;
    if (origin === undefined || isAllowedOrigin(origin)) next(request, socket, head, refuseHere);
    else refuseHere(new ForbiddenError('Pages of this origin may not connect'));
  };

  return { accepts: (request) => isWebSocket(request) && isPathOf(request) && !isPipelined(request), listener };
}

/**
 * Behind a request that is not answered yet, so that the connection still has an answer to carry: Node.js hands it over all the
 * same. Its own mark is the only one that tells.
 */
function isPipelined({ socket }: IncomingMessage): boolean {
  return (socket as Socket & { readonly _httpMessage?: unknown })._httpMessage != null;
}

function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
