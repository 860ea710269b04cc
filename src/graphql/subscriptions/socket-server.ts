import type { IncomingMessage } from 'node:http';
import { type Context, handleProtocols, makeServer } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../../auth/authenticator.ts';
import { AppError, type ErrorCode, UnauthenticatedError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { RequestContext } from '../../core/request-context.ts';
import { RequestRecord } from '../../core/request-record.ts';
import type { RequestOrigin, SecurityEventLog } from '../../core/security-events.ts';
import { parseJson } from '../../http/body.ts';
import type { LiveConnections, Registration } from '../../http/live-connections.ts';
import { originOf } from '../../http/origin.ts';
import { recordRefusal } from '../../http/refusals.ts';
import type { UpgradeListener } from '../../http/upgrades.ts';
import { asGraphQLError } from '../errors.ts';
import { MessageAllowance } from './message-allowance.ts';
import { CLOSE, LiveSocket } from './socket.ts';
import type { SubscriptionOperations } from './subscription-operations.ts';

/** bytes of a message at most: a document of 100,000 characters and its variables */
const MAXIMUM_MESSAGE = 262_144;
/** milliseconds until a client must have said who it is */
const INIT_TIMEOUT = 5000;
/** milliseconds until a client must have agreed to the end of its connection */
const CLOSE_TIMEOUT = 2000;

export interface SocketServerOptions {
  readonly authenticator: Authenticator;
  readonly connections: LiveConnections;
  readonly operations: SubscriptionOperations;
  readonly logger: Logger;
  readonly events: SecurityEventLog;
}

/** What graphql-ws keeps for us beside each connection. */
interface Extra {
  readonly live: LiveSocket;
  /** the one that opened it, until it is known whose it is */
  request: IncomingMessage | undefined;
  readonly registration: Registration;
  /** by the ids that the client has given them */
  readonly open: Map<string, OpenSubscription>;
}

interface OpenSubscription {
  readonly context: RequestContext;
  readonly begin: number;
}

type SocketContext = Context<Record<string, unknown>, Extra>;

/** How a connection is closed that is refused when its client says who it is. */
const REFUSALS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: CLOSE.unauthorized,
  RATE_LIMITED: CLOSE.tooManyRequests,
  SERVICE_UNAVAILABLE: CLOSE.tryAgainLater,
};

/**
 * Subscriptions over WebSocket, by graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
 * The library speaks the protocol; who may do what, how much of it, and what is told of it is decided here.
 */
export function createSocketServer(options: SocketServerOptions): UpgradeListener {
  const { authenticator, connections, operations, logger, events } = options;

  async function connect(context: SocketContext): Promise<boolean> {
    const { live, registration, request } = context.extra;
    const { connectionParams } = context;
    // The token and the headers are of no use any more, and connections stay for hours.
    context.extra.request = undefined;
    Reflect.deleteProperty(context, 'connectionParams');
    try {
      if (!request) throw new Error('a connection whose client says twice who it is');
      const actor = await authenticator.authenticateConnection(request, connectionParams);
      registration.identify(actor.userId, actor.expiresAt);
      live.actor = actor;
      return true;
    } catch (error) {
      refuse(live, error);
      return false;
    }
  }

  function refuse(live: LiveSocket, error: unknown): void {
    const code = error instanceof AppError ? REFUSALS[error.code] : undefined;
    if (error instanceof AppError) recordRefusal(events, error, { userId: undefined, origin: live.origin });
    if (error instanceof AppError && code !== undefined) live.close(code, error.message);
    else fail(live, error);
  }

  function fail(live: LiveSocket, error: unknown): void {
    logger.error({ err: error, requestId: live.origin.requestId }, 'connection failed');
    live.close(CLOSE.internalError, 'Internal server error');
  }

  /** The line of a subscription that has ended, as that of a request. */
  function tellEnd({ extra: { open } }: SocketContext, id: string): void {
    const ended = open.get(id);
    if (!ended) return;
    open.delete(id);
    const { record, actor, requestId } = ended.context;
    const openSeconds = Math.round((performance.now() - ended.begin) / 1000);
    const { operation, failure } = record;
    logger.info(
      { requestId, path: '/graphql', operation, userId: actor.userId, code: failure?.code, openSeconds },
      'subscription',
    );
  }

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: INIT_TIMEOUT,
    subscribe: operations.subscribe,
    onConnect: connect,
    async onSubscribe({ extra: { live, open } }, id, payload) {
      const context = contextOf(live);
      open.set(id, { context, begin: performance.now() });
      try {
        const prepared = await operations.prepare({ ...payload }, context);
        // The library keeps what the client has sent for as long as the subscription lasts.
        Object.assign(payload, { query: '' });
        return prepared;
      } catch (error) {
        return [asGraphQLError(error)];
      }
    },
    onNext(_context, _id, _payload, { contextValue }, result) {
      const { errors, data = null } = result;
      return errors && { data, errors: operations.shown(errors, contextValue as RequestContext) };
    },
    onError(context, id, _payload, errors) {
      const { live, open } = context.extra;
      const shown = operations.shown(errors, open.get(id)?.context ?? contextOf(live));
      tellEnd(context, id);
      if (errors.some(({ originalError }) => originalError instanceof UnauthenticatedError)) {
        connections.end(live, 'unauthenticated');
      }
      return shown;
    },
    onComplete: tellEnd,
  });

  function opened(live: LiveSocket, registration: Registration, request: IncomingMessage): void {
    const { socket } = live;
    const allowance = new MessageAllowance();
    const receive = (receiver: (text: string) => Promise<void>) => {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (!allowance.take(performance.now())) {
          connections.end(live, 'flood');
          return;
        }
        const text = isBinary ? undefined : jsonTextOf(data as Buffer);
        if (text === undefined) live.close(CLOSE.badRequest, 'Invalid message received');
        else receiver(text).catch((error: unknown) => fail(live, error));
      });
    };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => live.send(text),
        close: (code = CLOSE.internalError, reason = '') => live.close(code, reason),
        onMessage: receive,
      },
      { live, registration, request, open: new Map() },
    );
    socket.once('close', (code: number, reason: Buffer) => {
      registration.remove();
      void closed(code, String(reason));
    });
  }

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAXIMUM_MESSAGE,
    closeTimeout: CLOSE_TIMEOUT,
    handleProtocols,
  } as ConstructorParameters<typeof WebSocketServer>[0]);

  function begin(socket: WebSocket, request: IncomingMessage): void {
    const live = new LiveSocket(socket, settledOrigin(request), endSilent);
    // Messages that are too long, or none at all by RFC 6455: the library closes with the code that says so.
    socket.on('error', (error) => logger.debug({ err: error, requestId: live.origin.requestId }, 'connection broken'));
    try {
      opened(live, connections.add(live), request);
    } catch (error) {
      refuse(live, error);
    }
  }

  function endSilent(silent: LiveSocket): void {
    connections.end(silent, 'silent');
    silent.cut();
  }

  return (request, connection, head) => server.handleUpgrade(request, connection, head, begin);
}

function settledOrigin(request: IncomingMessage): RequestOrigin {
  const { address, requestId } = originOf(request);
  return { address, requestId };
}

function contextOf({ actor, origin }: LiveSocket): RequestContext {
  if (!actor) throw new Error('a subscription before its connection has an actor');
  const record = new RequestRecord();
  record.userId = actor.userId;
  return { actor, requestId: origin.requestId, origin, record };
}

/** By the same rules as the bodies of requests: UTF-8, no `__proto__`, not nested without end. */
function jsonTextOf(data: Buffer): string | undefined {
  try {
    parseJson(data);
    return data.toString();
  } catch {
    return undefined;
  }
}
