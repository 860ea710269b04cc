import type { Clock } from '../core/clock.ts';
import { RateLimitedError, ServiceUnavailableError } from '../core/errors.ts';
import { CONNECTIONS } from '../core/rate-limits.ts';

/** milliseconds between two looks at all connections */
const TICK = 1000;
/** milliseconds of silence after which a client is asked whether it is there; proxies give silent connections up after a minute */
const PING_INTERVAL = 25_000;
/** milliseconds that a client may take to accept what was sent, or to answer that it is there */
const PATIENCE = 15_000;
/** milliseconds over which the connections of a server that shuts down are ended, so that not all come to another at once */
const DRAIN_TIME = 1000;
const DRAIN_STEPS = 20;

/** Why the server ends a connection. */
export const END_REASONS = ['expired', 'unauthenticated', 'slow', 'silent', 'flood', 'draining'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** A connection on which the server sends whenever it has something: a WebSocket or an event stream. */
export interface LiveConnection {
  readonly transport: Transport;
  /** Ends it so that the client learns why. */
  end(reason: EndReason): void;
  /** Ends it at once, where the client takes nothing. */
  cut(): void;
  /** Asks the client whether it is there, or shows proxies that somebody is. */
  ping(): void;
  /** when it began to wait for the client, in milliseconds of `performance.now()`; undefined while it does not */
  readonly waitsSince: number | undefined;
}

export const TRANSPORTS = ['websocket', 'graphql_sse', 'rest_sse'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A connection that is counted. */
export interface Registration {
  /** Says whose it is, once that is known. `expiresAt`: of the token, in seconds. @throws RateLimitedError over the user's limit */
  identify(userId: string, expiresAt: number): void;
  /** To be called when it is over. */
  remove(): void;
}

interface Entry {
  readonly connection: LiveConnection;
  userId: string | undefined;
  /** milliseconds since the epoch */
  expiresAt: number;
  /** milliseconds of `performance.now()` */
  pingAt: number;
}

export interface LiveConnectionsOptions {
  readonly clock: Clock;
  /** in this process at most */
  readonly maximum: number;
  readonly maximumPerUser: number;
  /** hears of each connection that the server ends */
  readonly onEnd: (transport: Transport, reason: EndReason) => void;
}

/** The connections that stay open: how many there are, how long each may, and whether its client keeps up. One timer looks after all of them. */
export interface LiveConnections {
  /** @throws ServiceUnavailableError when there are too many, or the server is shutting down */
  add(connection: LiveConnection): Registration;
  /** Ends one for a reason that only its transport knows of. */
  end(connection: LiveConnection, reason: EndReason): void;
  countOf(transport: Transport): number;
  /** Ends all, a few at a time, and resolves when none is left. */
  drain(): Promise<void>;
}

export function createLiveConnections(options: LiveConnectionsOptions): LiveConnections {
  const { clock, maximum, maximumPerUser, onEnd } = options;
  const entries = new Set<Entry>();
  const byUser = new Map<string, number>();
  const byTransport = new Map<Transport, number>(TRANSPORTS.map((transport) => [transport, 0]));
  let ticking: NodeJS.Timeout | undefined;
  let isDraining = false;
  let emptied: PromiseWithResolvers<void> | undefined;

  function look(): void {
    const now = performance.now();
    const time = clock.now();
    for (const entry of entries) {
      const { connection } = entry;
      const { waitsSince } = connection;
      if (waitsSince !== undefined && now - waitsSince >= PATIENCE) {
        onEnd(connection.transport, 'slow');
        connection.cut();
      } else if (entry.expiresAt <= time) end(connection, 'expired');
      else if (entry.pingAt <= now) {
        entry.pingAt = now + PING_INTERVAL;
        connection.ping();
      }
    }
  }

  function end(connection: LiveConnection, reason: EndReason): void {
    onEnd(connection.transport, reason);
    connection.end(reason);
  }

  function remove(entry: Entry): void {
    if (!entries.delete(entry)) return;
    count(byTransport, entry.connection.transport, -1);
    if (entry.userId !== undefined && count(byUser, entry.userId, -1) === 0) byUser.delete(entry.userId);
    if (entries.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
    emptied?.resolve();
  }

  return {
    end,
    countOf: (transport) => byTransport.get(transport) ?? 0,
    add(connection) {
      if (isDraining) throw new ServiceUnavailableError('The server is shutting down');
      if (entries.size >= maximum) throw new ServiceUnavailableError('The server has too many connections');
      const pingAt = performance.now() + PING_INTERVAL;
      const entry: Entry = { connection, userId: undefined, expiresAt: Number.POSITIVE_INFINITY, pingAt };
      entries.add(entry);
      count(byTransport, connection.transport, 1);
      ticking ??= setInterval(look, TICK).unref();
      return {
        identify(userId, expiresAt) {
          const others = byUser.get(userId) ?? 0;
          if (others >= maximumPerUser) throw new RateLimitedError(CONNECTIONS, 60, maximumPerUser, 60);
          entry.userId = userId;
          entry.expiresAt = expiresAt * 1000;
          count(byUser, userId, 1);
        },
        remove: () => remove(entry),
      };
    },
    async drain() {
      isDraining = true;
      if (entries.size === 0) return;
      emptied = Promise.withResolvers();
      const waiting = [...entries];
      const step = Math.ceil(waiting.length / DRAIN_STEPS);
      const timer = setInterval(() => {
        for (const { connection } of waiting.splice(0, step)) end(connection, 'draining');
      }, DRAIN_TIME / DRAIN_STEPS);
      await emptied.promise;
      clearInterval(timer);
    },
  };
}

function count<Key>(counts: Map<Key, number>, key: Key, change: number): number {
  const counted = (counts.get(key) ?? 0) + change;
  counts.set(key, counted);
  return counted;
}
