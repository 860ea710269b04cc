import type { Server } from 'node:http';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** milliseconds for the last answers to leave and for clients to close, and for what they have sent meanwhile */
const LAST_BYTES = 200;

/** How an HTTP server ends, in the order of its methods. */
export interface EndOfConnections {
  /** Resolves when no new connection is accepted; idle ones are closed. */
  stopAccepting(): Promise<void>;
  /** Ends what is left. */
  closeSockets(): Promise<void>;
}

interface Framework {
  /** resolves when the last connection has ended */
  close(): Promise<unknown>;
  /** resolves when no request is under way */
  idle(): Promise<void>;
}

/**
 * A connection whose last answer did not say that it ends is left to its client for a moment: one that sent the next
 * request meanwhile would never learn whether it was carried out.
 */
export function endConnections(server: Server, { close, idle }: Framework): EndOfConnections {
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
      await Promise.race([idle(), delay(LAST_BYTES)]);
      server.closeAllConnections();
      await closed;
    },
  };
}
