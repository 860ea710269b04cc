import type { Server } from 'node:http';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** milliseconds for the last answers to leave and for clients to close, once nothing is under way */
const LAST_BYTES = 250;

/** How an HTTP server ends, in the order of its methods. */
export interface EndOfConnections {
  /** Resolves when no new connection is accepted; idle ones are closed. */
  stopAccepting(): Promise<void>;
  /** Ends what is left. */
  closeSockets(): Promise<void>;
}

/** `close` is the framework's, which resolves when the last connection has ended. */
export function endConnections(server: Server, close: () => Promise<unknown>): EndOfConnections {
  let closed: Promise<unknown> | undefined;
  return {
    async stopAccepting() {
      closed = close();
      // Who waits for it comes later.
      closed.catch(() => {});
      while (server.listening) await nextTurn();
    },
    async closeSockets() {
      // Some have never sent a request, which Node.js does not take for idle.
      await Promise.race([closed, delay(LAST_BYTES)]);
      server.closeAllConnections();
      await closed;
    },
  };
}
