import type { Actor, ConnectedActor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { RateLimitedError, ServiceUnavailableError, UnauthenticatedError } from '../core/errors.ts';
import { CONNECTIONS } from '../core/rate-limits.ts';

/** milliseconds */
export interface LiveTiming {
  /** between two looks at all connections */
  readonly tick: number;
  /** after which a client is asked whether it is there; proxies give silent connections up after a minute */
  readonly ping: number;
  /** that a client may take to accept what was sent */
  readonly patience: number;
  /** that a client may take to go, once it was told to */
  readonly farewell: number;
  /** over which the connections of a server that shuts down are ended, so that not all come to another at once */
  readonly drain: number;
}

const TIMING: LiveTiming = { tick: 1000, ping: 25_000, patience: 15_000, farewell: 2000, drain: 1000 };
const DRAIN_STEPS = 20;
/** of the time for draining, after which those are cut that have not gone */
const LAST_PART = 0.8;

/** Why the server ends a connection. */
export const END_REASONS = ['expired', 'unauthenticated', 'slow', 'silent', 'flood', 'draining'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** What is wrong with the token, where that is the reason; after any other a client simply comes back. */
export function tokenFaultOf(reason: EndReason): UnauthenticatedError | undefined {
  if (reason === 'expired') return new UnauthenticatedError('invalid_token', 'The token has expired');
  if (reason !== 'unauthenticated') return undefined;
  return new UnauthenticatedError('invalid_token', 'The token is no longer accepted');
}

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
  /** Says whose it is, once that is known. @throws RateLimitedError over the user's limit */
  identify(actor: ConnectedActor): void;
  /** To be called when it is over. */
  remove(): void;
}

interface Entry {
  readonly connection: LiveConnection;
  actor: ConnectedActor | undefined;
  /** these two in milliseconds of `performance.now()` */
  pingAt: number;
  /** when it is cut, once its client was told to go */
  cutAt: number | undefined;
}

export interface LiveConnectionsOptions {
  readonly clock: Clock;
  /** in this process at most */
  readonly maximum: number;
  readonly maximumPerUser: number;
  /** Lets an actor go on, or refuses one whose tokens or account were ended. */
  readonly readmit: (actor: Actor) => undefined | Promise<undefined>;
  /** hears of each connection that the server ends */
  readonly onEnd: (transport: Transport, reason: EndReason) => void;
  readonly timing?: Partial<LiveTiming> | undefined;
}

/** The connections that stay open: how many there are, how long each may, and whether its client keeps up. One timer looks after all of them. */
export interface LiveConnections {
  /** @throws ServiceUnavailableError when there are too many, or the server is shutting down */
  add(connection: LiveConnection): Registration;
  /** To be told of users whose tokens or accounts were ended. */
  reconsider(userId: string): void;
  /** Ends one for a reason that only its transport knows of. */
  end(connection: LiveConnection, reason: EndReason): void;
  countOf(transport: Transport): number;
  /** in this process at most */
  readonly maximum: number;
  /** Ends all, a few at a time, and resolves when none is left: within `limit` milliseconds, whoever does not go. */
  drain(limit: number): Promise<void>;
}

export function createLiveConnections(options: LiveConnectionsOptions): LiveConnections {
  const { clock, maximum, maximumPerUser, readmit, onEnd } = options;
  const timing = { ...TIMING, ...options.timing };
  const entries = new Map<LiveConnection, Entry>();
  const byUser = new Map<string, number>();
  const byTransport = new Map<Transport, number>(TRANSPORTS.map((transport) => [transport, 0]));
  let ticking: NodeJS.Timeout | undefined;
  let isDraining = false;
  let emptied: PromiseWithResolvers<void> | undefined;

  function look(): void {
    const now = performance.now();
    const time = clock.now();
    for (const entry of entries.values()) lookAt(entry, now, time);
  }

  function lookAt(entry: Entry, now: number, time: number): void {
    const { connection, actor, cutAt } = entry;
    const { waitsSince } = connection;
    if (cutAt !== undefined) {
      if (now >= cutAt) connection.cut();
    } else if (waitsSince !== undefined && now - waitsSince >= timing.patience) {
      tellEnd(entry, 'slow');
      connection.cut();
    } else if (actor && actor.expiresAt * 1000 <= time) end(connection, 'expired');
    else if (entry.pingAt <= now) {
      entry.pingAt = now + timing.ping;
      connection.ping();
    }
  }

  /** Whoever is told once to go may take a while for it; what comes of it meanwhile is no end of its own. */
  function tellEnd(entry: Entry, reason: EndReason): void {
    entry.cutAt = performance.now() + timing.farewell;
    onEnd(entry.connection.transport, reason);
  }

  function end(connection: LiveConnection, reason: EndReason): void {
    const entry = entries.get(connection);
    if (!entry || entry.cutAt !== undefined) return;
    tellEnd(entry, reason);
    connection.end(reason);
  }

  async function reconsider({ connection, actor }: Entry): Promise<void> {
    try {
      if (actor) await readmit(actor);
    } catch (error) {
      // What cannot be looked at now is looked at before the next change is told.
      if (error instanceof UnauthenticatedError) end(connection, 'unauthenticated');
    }
  }

  function remove(entry: Entry): void {
    if (!entries.delete(entry.connection)) return;
    count(byTransport, entry.connection.transport, -1);
    if (entry.actor && count(byUser, entry.actor.userId, -1) === 0) byUser.delete(entry.actor.userId);
    if (entries.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
    emptied?.resolve();
  }

  return {
    end,
    maximum,
    countOf: (transport) => byTransport.get(transport) ?? 0,
    reconsider(userId) {
      for (const entry of entries.values()) if (entry.actor?.userId === userId) void reconsider(entry);
    },
    add(connection) {
      if (isDraining) throw new ServiceUnavailableError('The server is shutting down');
      if (entries.size >= maximum) throw new ServiceUnavailableError('The server has too many connections');
      const pingAt = performance.now() + timing.ping;
      const entry: Entry = { connection, actor: undefined, pingAt, cutAt: undefined };
      entries.set(connection, entry);
      count(byTransport, connection.transport, 1);
      ticking ??= setInterval(look, timing.tick).unref();
      return {
        identify(actor) {
          // Gone while it was found out whose it is: nobody would take it out of the count again.
          if (!entries.has(connection)) return;
          const others = byUser.get(actor.userId) ?? 0;
          if (others >= maximumPerUser) throw new RateLimitedError(CONNECTIONS, 60, maximumPerUser, 60);
          entry.actor = actor;
          count(byUser, actor.userId, 1);
        },
        remove: () => remove(entry),
      };
    },
    async drain(limit) {
      isDraining = true;
      if (entries.size === 0) return;
      emptied = Promise.withResolvers();
      const waiting = [...entries.keys()];
      const step = Math.ceil(waiting.length / DRAIN_STEPS);
      const timer = setInterval(
        () => {
          for (const connection of waiting.splice(0, step)) end(connection, 'draining');
        },
        Math.min(timing.drain, limit / 2) / DRAIN_STEPS,
      );
      const cutting = setTimeout(() => {
        for (const connection of entries.keys()) connection.cut();
      }, limit * LAST_PART);
      await emptied.promise;
      clearInterval(timer);
      clearTimeout(cutting);
    },
  };
}

function count<Key>(counts: Map<Key, number>, key: Key, change: number): number {
  const counted = (counts.get(key) ?? 0) + change;
  counts.set(key, counted);
  return counted;
}
