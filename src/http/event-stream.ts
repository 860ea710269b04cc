import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ConnectedActor } from '../core/actor.ts';
import { BadUserInputError, type UnauthenticatedError } from '../core/errors.ts';
import {
  type EndReason,
  type LiveConnection,
  type LiveConnections,
  type Transport,
  tokenFaultOf,
} from './live-connections.ts';
import { PendingSends } from './pending-sends.ts';
import { recordOf } from './request-record.ts';

export const EVENT_STREAM_TYPE = 'text/event-stream';

/** What stands in one event (HTML Standard, Server-sent events). `data` has no line breaks, as JSON has none. */
export interface StreamEvent {
  readonly event?: string;
  /** what a client sends as `Last-Event-ID` when it comes back */
  readonly id?: string;
  readonly data?: string;
}

export interface EventStreamOptions {
  readonly transport: Transport;
  readonly connections: LiveConnections;
  /** beside those that every stream has */
  readonly headers?: OutgoingHttpHeaders;
  /** the last event of a stream whose token is no longer good, for the client to know; after any other end it comes back */
  readonly lastEvent: (fault: UnauthenticatedError) => StreamEvent;
}

/** An answer that goes on, event by event, as fast as its client takes them. */
export interface EventStream {
  /** Resolves when the client has taken it, or has gone. */
  send(event: StreamEvent): Promise<void>;
  /** Ends it for a reason of the server's. */
  end(reason?: EndReason): void;
  /** Calls the listener when the connection has gone, at once when it has already. */
  onGone(listener: () => void): void;
}

/**
 * Makes a stream of events of the answer, once it is certain that there is one: what is wrong with the request must have been answered
 * as in any other. It no longer counts as a request in progress.
 * @throws RateLimitedError, ServiceUnavailableError when there are too many; BadUserInputError behind an answer that is not over
 */
export function openEventStream(
  request: IncomingMessage,
  response: ServerResponse,
  actor: ConnectedActor,
  { transport, connections, lastEvent, headers }: EventStreamOptions,
): EventStream {
  const onGone = (listener: () => void) => {
    if (response.destroyed) listener();
    else response.once('close', listener);
  };
  const pending = new PendingSends();
  const connection: LiveConnection = {
    transport,
    end: (reason) => finish(tokenFaultOf(reason)),
    cut: () => response.destroy(),
    ping: () => void write(':\n\n'),
    get waitsSince() {
      return pending.since;
    },
  };
  // Its client has gone while the request was looked at, and nothing would tell of that again.
  if (response.destroyed) return { send: async () => {}, end: () => {}, onGone };
  // A client that sends its next request before this answer is over waits for what may never come (RFC 9112 section 9.3.2).
  if (response.socket === null) throw new BadUserInputError([], 'An event stream needs a connection of its own');
  const registration = connections.add(connection);
  response.once('close', registration.remove);
  try {
    registration.identify(actor);
  } catch (error) {
    registration.remove();
    throw error;
  }
  recordOf(request).becomesStream();
  // Silence is the usual state of a stream; the server asks now and then whether somebody is there.
  request.socket.setTimeout(0);
  response.writeHead(200, {
    ...headers,
    'content-type': `${EVENT_STREAM_TYPE}; charset=utf-8`,
    // A proxy that gathers answers would keep events back; nginx knows this header.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();

  /** Resolves when it has left this process, so that also a client is noticed that takes nothing of the little there is. */
  function write(text: string): Promise<void> {
    if (response.writableEnded || response.destroyed) return Promise.resolve();
    return pending.wait((left) => response.write(text, () => left()));
  }

  function finish(fault?: UnauthenticatedError): void {
    if (response.writableEnded) return;
    response.end(fault === undefined ? undefined : textOf(lastEvent(fault)));
  }

  return {
    send: (event) => write(textOf(event)),
    end(reason) {
      if (reason === undefined) finish();
      else connections.end(connection, reason);
    },
    onGone,
  };
}

function textOf({ event, id, data }: StreamEvent): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}${data === undefined ? '' : `data: ${data}\n`}\n`;
}
