import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import { type Context, handleProtocols, makeServer } from 'graphql-ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../../auth/authenticator.ts';
import { AppError, BadUserInputError, type ErrorCode, UnauthenticatedError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { RequestContext } from '../../core/request-context.ts';
import { RequestRecord } from '../../core/request-record.ts';
import type { RequestOrigin, SecurityEventLog } from '../../core/security-events.ts';
import { parseJson } from '../../http/body.ts';
import type { LiveConnections, Registration } from '../../http/live-connections.ts';
import { originOf } from '../../http/origin.ts';
import { recordRefusal } from '../../http/refusals.ts';
import type { UpgradeTaker } from '../../http/upgrades.ts';
import { appErrorOf, asGraphQLError } from '../errors.ts';
import { MessageAllowance } from './message-allowance.ts';
import { CLOSE, LiveSocket } from './socket.ts';
import type { SubscriptionOperations } from './subscription-operations.ts';

/** bytes of a message at most: a document of 100,000 characters and its variables */
const MAXIMUM_MESSAGE = 262_144;
/** milliseconds until a client must have said who it is */
const INIT_TIMEOUT = 5000;
/** milliseconds until a client must have agreed to the end of its connection */
const CLOSE_TIMEOUT = 2000;
/** characters of an id at most: it comes back with every event */
const MAXIMUM_ID = 100;
/** Without the payload of the ping, which a client that reads nothing could have pile up. */
const PONG = JSON.stringify({ type: 'pong' });

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

/** What a client has sent, and of what is in it what has to be looked at before the library does. */
interface Message {
  readonly type: unknown;
  readonly id: unknown;
  readonly text: string;
}

type Receiver = (text: string) => Promise<void>;

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
export function createSocketServer(options: SocketServerOptions): UpgradeTaker {
  const { authenticator, connections, operations, logger, events } = options;

  async function connect(context: SocketContext): Promise<boolean> {
    const { live, registration, request } = context.extra;
    const { connectionParams } = context;
    // The token and the headers are of no use any more, and connections stay for hours.
    context.extra.request = undefined;
    Reflect.deleteProperty(context, 'connectionParams');
    let userId: string | undefined;
    try {
      if (!request) throw new Error('a connection whose client says twice who it is');
      const actor = await authenticator.authenticateConnection(request, connectionParams);
      userId = actor.userId;
      registration.identify(actor);
      live.actor = actor;
      return true;
    } catch (error) {
      refuse(live, error, userId);
      return false;
    }
  }

  function refuse(live: LiveSocket, error: unknown, userId?: string): void {
    const code = error instanceof AppError ? REFUSALS[error.code] : undefined;
    if (error instanceof AppError) recordRefusal(events, error, { userId, origin: live.origin });
    if (error instanceof AppError && code !== undefined) live.close(code, error.message);
    else fail(live, error);
  }

  function fail(live: LiveSocket, error: unknown): void {
    logger.error({ err: error, requestId: live.origin.requestId }, 'connection failed');
    live.close(CLOSE.internalError, 'Internal server error');
  }

  /** The line of a subscription that has ended, as that of a request. */
  function tellEnd({ live, open }: Extra, id: string): void {
    const ended = open.get(id);
    if (!ended) return;
    open.delete(id);
    live.isFollowing = open.size > 0;
    const { record, actor, requestId } = ended.context;
    const openSeconds = Math.round((performance.now() - ended.begin) / 1000);
    const { operation, failure } = record;
    logger.info(
      { requestId, path: '/graphql', operation, userId: actor.userId, code: failure?.code, openSeconds },
      'subscription',
    );
  }

  function endRefused(errors: readonly GraphQLError[], live: LiveSocket): void {
    if (errors.some((error) => appErrorOf(error) instanceof UnauthenticatedError)) {
      connections.end(live, 'unauthenticated');
    }
  }

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: INIT_TIMEOUT,
    subscribe: operations.subscribe,
    onConnect: connect,
    async onSubscribe({ extra: { live, open } }, id, payload) {
      const context = contextOf(live);
      open.set(id, { context, begin: performance.now() });
      live.isFollowing = true;
      try {
        const prepared = await operations.prepare({ ...payload }, context);
        // The library keeps what the client has sent for as long as the subscription lasts.
        Object.assign(payload, { query: '' });
        return prepared;
      } catch (error) {
        return [asGraphQLError(error)];
      }
    },
    onNext({ extra: { live } }, _id, _payload, { contextValue }, result) {
      const { errors, data = null } = result;
      if (errors) endRefused(errors, live);
      return errors && { data, errors: operations.shown(errors, contextValue as RequestContext) };
    },
    onError({ extra: { live, open } }, id, _payload, errors) {
      endRefused(errors, live);
      return operations.shown(errors, open.get(id)?.context ?? contextOf(live));
    },
  });

  /**
   * A subscription lives until the library has done with its message. It forgets that of an id which is used again before:
   * the end of the one would take the other for its own, and nobody would ever end that.
   */
  async function handOver(message: Message, extra: Extra, receiver: Receiver): Promise<void> {
    const { live, open } = extra;
    const { type, id, text } = message;
    if (type !== 'subscribe' || typeof id !== 'string') return receiver(text);
    if (id.length > MAXIMUM_ID) return live.close(CLOSE.badRequest, 'The id is too long');
    if (open.has(id)) return live.close(CLOSE.subscriberExists, 'A subscription of this id is there already');
    try {
      await receiver(text);
    } finally {
      tellEnd(extra, id);
    }
  }

  function opened(live: LiveSocket, registration: Registration, request: IncomingMessage): void {
    const { socket } = live;
    const extra: Extra = { live, registration, request, open: new Map() };
    const allowance = new MessageAllowance();
    const isAllowed = () => {
      const allowed = allowance.take(performance.now());
      if (!allowed) connections.end(live, 'flood');
      return allowed;
    };
    const receive = (receiver: Receiver) => {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        // What comes after the goodbye is no longer listened to.
        if (!live.isOpen || !isAllowed()) return;
        const message = isBinary ? undefined : messageOf(data as Buffer);
        if (message === undefined) live.close(CLOSE.badRequest, 'Invalid message received');
        else handOver(message, extra, receiver).catch((error: unknown) => fail(live, error));
      });
    };
    for (const frame of ['ping', 'pong']) socket.on(frame, isAllowed);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => live.send(text),
        close: (code = CLOSE.internalError, reason = '') => live.close(code, reason),
        onMessage: receive,
        onPing: () => live.send(PONG),
      },
      extra,
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

  const refusals = new WeakMap<IncomingMessage, (error: AppError) => void>();
  server.on('wsClientError', ({ message }, _connection, request) => {
    refusals.get(request)?.(new BadUserInputError([], message));
  });

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

  return (request, connection, head, refuseHere) => {
    refusals.set(request, refuseHere);
    server.handleUpgrade(request, connection, head, begin);
  };
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
function messageOf(data: Buffer): Message | undefined {
  try {
    const { type, id } = parseJson(data) as Record<string, unknown>;
    return { type, id, text: data.toString() };
  } catch {
    return undefined;
  }
}
