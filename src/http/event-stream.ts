import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Actor } from '../core/actor.ts';
import type { EndReason, LiveConnection, LiveConnections, Transport } from './live-connections.ts';
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
  /** the last event of a stream that the server ends, for the client to know why; none where it should simply come back */
  readonly lastEvent: (reason: EndReason) => StreamEvent | undefined;
}

/** An answer that goes on, event by event, as fast as its client takes them. */
export interface EventStream {
  /** Resolves when the client has taken it, or has gone. */
  send(event: StreamEvent): Promise<void>;
  /** Ends it for a reason of the server's. */
  end(reason?: EndReason): void;
  /** resolves when the connection has gone */
  readonly gone: Promise<void>;
}

/**
 * Makes a stream of events of the answer, once it is certain that there is one: what is wrong with the request must have been answered
 * as in any other. It no longer counts as a request in progress.
 * @throws RateLimitedError, ServiceUnavailableError when there are too many
 */
export function openEventStream(
  request: IncomingMessage,
  response: ServerResponse,
  actor: Actor & { readonly expiresAt: number },
  { transport, connections, lastEvent }: EventStreamOptions,
): EventStream {
  const gone = Promise.withResolvers<void>();
  let waitsSince: number | undefined;
  const connection: LiveConnection = {
    transport,
    end: (reason) => end(reason),
    cut: () => response.destroy(),
    ping: () => response.write(':\n\n'),
    get waitsSince() {
      return waitsSince;
    },
  };
  const registration = connections.add(connection);
  response.once('close', () => {
    registration.remove();
    gone.resolve();
  });
  try {
    registration.identify(actor.userId, actor.expiresAt);
  } catch (error) {
    registration.remove();
    throw error;
  }
  recordOf(request).becomesStream();
  // Silence is the usual state of a stream; the server asks now and then whether somebody is there.
  request.socket.setTimeout(0);
  response.writeHead(200, {
    'content-type': `${EVENT_STREAM_TYPE}; charset=utf-8`,
    // A proxy that gathers answers would keep events back; nginx knows this header.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();

  async function send(event: StreamEvent): Promise<void> {
    if (response.writableEnded || response.destroyed) return;
    if (response.write(textOf(event))) return;
    waitsSince = performance.now();
    const taken = Promise.withResolvers<void>();
    response.once('drain', taken.resolve).once('close', taken.resolve);
    await taken.promise;
    response.off('drain', taken.resolve).off('close', taken.resolve);
    waitsSince = undefined;
  }

  function end(reason?: EndReason): void {
    if (response.writableEnded) return;
    const last = reason === undefined ? undefined : lastEvent(reason);
    response.end(last === undefined ? undefined : textOf(last));
  }

  return { send, end, gone: gone.promise };
}

function textOf({ event, id, data }: StreamEvent): string {
  return `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}${data === undefined ? '' : `data: ${data}\n`}\n`;
}
