import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import { type Context, handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../../auth/authenticator.ts';
import {
  AppError,
  BadUserInputError,
  type ErrorCode,
  RateLimitedError,
  UnauthenticatedError,
} from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { CONNECTIONS } from '../../core/rate-limits.ts';
import type { RequestContext } from '../../core/request-context.ts';
import { type Failure, failureOf, RequestRecord } from '../../core/request-record.ts';
import type { RequestOrigin, SecurityEventLog } from '../../core/security-events.ts';
import type { LiveConnections, Registration } from '../../http/live-connections.ts';
import { originOf } from '../../http/origin.ts';
import { recordRefusal } from '../../http/refusals.ts';
import type { UpgradeTaker } from '../../http/upgrades.ts';
import { appErrorOf, asGraphQLError } from '../errors.ts';
import { MessageAllowance } from './message-allowance.ts';
import { MAXIMUM_NEWCOMERS, Newcomers } from './newcomers.ts';
import { CLOSE, LiveSocket } from './socket.ts';
import { type ClientMessage, messageOf } from './socket-messages.ts';
import type { SubscriptionOperations, SubscriptionRequest } from './subscription-operations.ts';

/** bytes of a message at most: a token has 8,192 characters at most, a document seldom as many */
const MAXIMUM_MESSAGE = 65_536;
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
  /** hears of what is refused: no request would tell of it */
  readonly observeRefusal: (failure: Failure) => void;
}

/** What graphql-ws keeps for us beside each connection. */
interface Extra {
  readonly live: LiveSocket;
  /** the one that opened it, until it is known whose it is */
  request: IncomingMessage | undefined;
  readonly registration: Registration;
  /** to be called when it is known whose it is */
  readonly leaveNewcomers: () => void;
  /** by the ids that the client has given them */
  readonly open: Map<string, OpenSubscription>;
}

interface OpenSubscription {
  readonly request: SubscriptionRequest;
  readonly context: RequestContext;
  readonly begin: number;
  /** the client wants no more of it */
  isCompleted: boolean;
  readonly ended: PromiseWithResolvers<void>;
}

/** What is known of a connection before it is a WebSocket. */
interface Arrival {
  readonly origin: RequestOrigin;
  refuse(error: AppError): void;
  readonly leaveNewcomers: () => void;
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
  const { authenticator, connections, operations, logger, observeRefusal } = options;

  async function connect(context: SocketContext): Promise<boolean> {
    const { live, registration, request, leaveNewcomers } = context.extra;
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
      leaveNewcomers();
      return true;
    } catch (error) {
      refuse(live, error, userId);
      return false;
    }
  }

  function refuse(live: LiveSocket, error: unknown, userId?: string): void {
    const code = error instanceof AppError ? REFUSALS[error.code] : undefined;
    if (error instanceof AppError) tellRefusal(error, userId, live.origin);
    if (error instanceof AppError && code !== undefined) live.close(code, error.message);
    else fail(live, error);
  }

  function tellRefusal(error: AppError, userId: string | undefined, origin: RequestOrigin): void {
    recordRefusal(options.events, error, { userId, origin });
    observeRefusal(failureOf(error));
  }

  function fail(live: LiveSocket, error: unknown): void {
    logger.error({ err: error, requestId: live.origin.requestId }, 'connection failed');
    live.close(CLOSE.internalError, 'Internal server error');
  }

  /** The line of a subscription that has ended, as that of a request. */
  function tellEnd({ open }: Extra, id: string): void {
    const subscription = open.get(id);
    if (!subscription) return;
    open.delete(id);
    const { context, begin, ended } = subscription;
    ended.resolve();
    const { record, actor, requestId } = context;
    const openSeconds = Math.round((performance.now() - begin) / 1000);
    const { operation, failure } = record;
    if (failure) observeRefusal(failure);
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
    async onSubscribe({ extra: { open } }, id) {
      const subscription = open.get(id);
      if (!subscription) throw new Error('a subscription that was not handed over');
      try {
        return await operations.prepare(subscription.request, subscription.context);
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
   * A subscription lives until the library has done with its message. An id is free once the client has completed it; what
   * is sent under it then waits until the earlier subscription is over, which the library would take for the new one.
   */
  async function handOver(message: ClientMessage, extra: Extra, receiver: Receiver): Promise<void> {
    const { live, open } = extra;
    if (message.type === 'other' || !live.actor) return receiver(message.text);
    const { type, id } = message;
    if (id.length > MAXIMUM_ID) return live.close(CLOSE.badRequest, 'The id is too long');
    for (let earlier = open.get(id); earlier?.isCompleted; earlier = open.get(id)) await earlier.ended.promise;
    if (!live.isOpen) return;
    const present = open.get(id);
    if (type === 'complete') {
      if (present) present.isCompleted = true;
      return receiver(message.text);
    }
    if (present) return live.close(CLOSE.subscriberExists, 'A subscription of this id is there already');
    open.set(id, {
      request: message.request,
      context: contextOf(live),
      begin: performance.now(),
      isCompleted: false,
      ended: Promise.withResolvers(),
    });
    try {
      await receiver(message.text);
    } finally {
      tellEnd(extra, id);
    }
  }

  function opened(extra: Extra): void {
    const { live, registration } = extra;
    const { socket } = live;
    const allowance = new MessageAllowance();
    const isAllowed = (data: Buffer) => {
      const allowed = allowance.take(performance.now(), data.length);
      if (!allowed) connections.end(live, 'flood');
      return allowed;
    };
    const receive = (receiver: Receiver) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        // What comes after the goodbye is no longer listened to.
        if (!live.isOpen || !isAllowed(data)) return;
        const message = isBinary ? undefined : messageOf(data);
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

  const newcomers = new Newcomers();
  const arrivals = new WeakMap<IncomingMessage, Arrival>();
  server.on('wsClientError', ({ message }, _connection, request) => {
    arrivals.get(request)?.refuse(new BadUserInputError([], message));
  });

  function begin(socket: WebSocket, request: IncomingMessage, { origin, leaveNewcomers }: Arrival): void {
    const live = new LiveSocket(socket, origin, endSilent);
    // Messages that are too long, or none at all by RFC 6455: the library closes with the code that says so.
    socket.on('error', (error) => logger.debug({ err: error, requestId: origin.requestId }, 'connection broken'));
    try {
      opened({ live, registration: connections.add(live), request, leaveNewcomers, open: new Map() });
    } catch (error) {
      refuse(live, error);
    }
  }

  function endSilent(silent: LiveSocket): void {
    connections.end(silent, 'silent');
    silent.cut();
  }

  return (request, connection, head, refuse) => {
    const { address, requestId } = originOf(request);
    const leaveNewcomers = newcomers.enter(address);
    if (!leaveNewcomers) {
      const error = new RateLimitedError(CONNECTIONS, INIT_TIMEOUT / 1000, MAXIMUM_NEWCOMERS, INIT_TIMEOUT / 1000);
      tellRefusal(error, undefined, { address, requestId });
      refuse(error);
      return;
    }
    connection.once('close', leaveNewcomers);
    const arrival = { origin: { address, requestId }, refuse, leaveNewcomers };
    arrivals.set(request, arrival);
    server.handleUpgrade(request, connection, head, (socket) => begin(socket, request, arrival));
  };
}

function contextOf({ actor, origin }: LiveSocket): RequestContext {
  if (!actor) throw new Error('a subscription before its connection has an actor');
  const record = new RequestRecord();
  record.userId = actor.userId;
  return { actor, requestId: origin.requestId, origin, record };
}
