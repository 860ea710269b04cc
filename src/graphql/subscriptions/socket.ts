import { WebSocket } from 'ws';
import type { ConnectedActor } from '../../core/actor.ts';
import type { RequestOrigin } from '../../core/security-events.ts';
import type { EndReason, LiveConnection } from '../../http/live-connections.ts';
import { PendingSends } from '../../http/pending-sends.ts';

/** Close codes: those of RFC 6455 and its registry, and in 44xx those of graphql-transport-ws. */
export const CLOSE = {
  serviceRestart: 1012,
  tryAgainLater: 1013,
  internalError: 4500,
  badRequest: 4400,
  unauthorized: 4401,
  subscriberExists: 4409,
  tooManyRequests: 4429,
} as const;

const CLOSES: Record<EndReason, readonly [code: number, reason: string]> = {
  expired: [CLOSE.unauthorized, 'The token has expired'],
  unauthenticated: [CLOSE.unauthorized, 'Unauthorized'],
  slow: [CLOSE.tryAgainLater, 'Too slow'],
  silent: [CLOSE.tryAgainLater, 'No answer to a ping'],
  flood: [CLOSE.tooManyRequests, 'Too many messages'],
  draining: [CLOSE.serviceRestart, 'The server is shutting down'],
};

/** One WebSocket, as those who look after all connections see it. */
export class LiveSocket implements LiveConnection {
  readonly transport = 'websocket';
  readonly socket: WebSocket;
  /** of the request that opened it; the request itself, with all its headers, is not kept for hours */
  readonly origin: RequestOrigin;
  /** known once the client has said who it is */
  actor: ConnectedActor | undefined;
  readonly #pending = new PendingSends();
  #isAnswering = true;
  readonly #onSilence: (socket: LiveSocket) => void;

  constructor(socket: WebSocket, origin: RequestOrigin, onSilence: (socket: LiveSocket) => void) {
    this.socket = socket;
    this.origin = origin;
    this.#onSilence = onSilence;
    socket.on('pong', () => {
      this.#isAnswering = true;
    });
  }

  get waitsSince(): number | undefined {
    return this.#pending.since;
  }

  /** Whether neither side has said that it goes. */
  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Resolves when the text has left this process, so that whoever sends goes at the pace of the client. */
  send(text: string): Promise<void> {
    const { socket } = this;
    if (!this.isOpen) return Promise.resolve();
    // What cannot be sent any more is no error of who sends it: the connection has ended, which is heard of elsewhere.
    return this.#pending.wait((left) => socket.send(text, () => left()));
  }

  end(reason: EndReason): void {
    this.close(...CLOSES[reason]);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  cut(): void {
    this.socket.terminate();
  }

  ping(): void {
    if (!this.#isAnswering) {
      this.#onSilence(this);
      return;
    }
    this.#isAnswering = false;
    this.socket.ping();
  }
}
