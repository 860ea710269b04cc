import { Redis } from 'ioredis';
import type { Logger } from '../core/logger.ts';

/** milliseconds that a request waits for an answer of Redis at most */
const COMMAND_TIMEOUT = 250;
const CONNECT_TIMEOUT = 2000;
const DISCONNECT_TIMEOUT = 250;
const LONGEST_RETRY_DELAY = 2000;
/** milliseconds of silence after which the system makes sure that the other side is still there */
const KEEP_ALIVE = 10_000;
/** milliseconds between two attempts to find out whether a Redis that does not answer is back */
const PROBE_INTERVAL = 1000;

export interface RedisConnectionOptions {
  readonly url: string;
  readonly logger: Logger;
  /** hears of each beginning and end of an outage */
  readonly onChange: (isAway: boolean) => void;
}

/** A Redis that may be away at any time without anybody having to wait for it. */
export interface RedisConnection {
  readonly client: Redis;
  /** Whether commands would fail now. As long as they would, asking also finds out when they no longer do. */
  isAway(): boolean;
  /** To be told of every command that failed. */
  failed(error: Error): void;
  /** Another connection to the same server, as a subscription needs one of its own. */
  duplicate(): Redis;
  /** Ends such a connection. */
  discard(connection: Redis): void;
  close(): void;
}

/**
 * Connects in the background and for ever: a server whose Redis is away or refuses the password starts all the same.
 * Each outage is one line in the log, and so is its end.
 */
export function connectRedis({ url, logger, onChange }: RedisConnectionOptions): RedisConnection {
  const connections = new Set<Redis>();
  let away = true;
  let told = false;
  let lastProbe = 0;
  let closed = false;

  /** What goes wrong is told to `onError`, and another attempt follows. */
  function connect(onError: (error: Error) => void): Redis {
    const redis = new Redis(url, {
      // Version 3 of the protocol would need Redis 6 and brings nothing here.
      protocol: 2,
      lazyConnect: true,
      commandTimeout: COMMAND_TIMEOUT,
      connectTimeout: CONNECT_TIMEOUT,
      disconnectTimeout: DISCONNECT_TIMEOUT,
      keepAlive: KEEP_ALIVE,
      retryStrategy: (times) => Math.min(times * 100, LONGEST_RETRY_DELAY),
      // What cannot be counted now is counted elsewhere: nothing waits for the connection, and nothing is sent twice.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
    redis.on('error', onError);
    redis.connect().catch(() => {});
    connections.add(redis);
    return redis;
  }

  function failed(error: Error): void {
    const isNews = !away || !told;
    away = true;
    lastProbe = performance.now();
    if (!isNews || closed) return;
    told = true;
    // Errors of Redis carry the command, and with it the password: only their words go into the log.
    logger.error({ reason: error.message }, 'Redis is away: limits are counted by each instance alone');
    onChange(true);
  }

  function restored(): void {
    if (!away) return;
    away = false;
    onChange(false);
    if (told) logger.info('Redis is back: limits are shared again');
  }

  const client = connect(failed);
  client.on('ready', restored);
  client.on('close', () => failed(new Error('The connection was closed')));

  return {
    client,
    failed,
    isAway() {
      if (away && client.status === 'ready' && performance.now() - lastProbe >= PROBE_INTERVAL) {
        lastProbe = performance.now();
        // A connection that stays silent may be dead without a word: another one is tried.
        client.ping().then(restored, () => client.disconnect(true));
      }
      return away;
    },
    // Where this one has errors, the first connection has them too, and tells.
    duplicate: () => connect(() => {}),
    discard(connection) {
      connections.delete(connection);
      connection.disconnect();
    },
    close() {
      closed = true;
      for (const redis of connections) redis.disconnect();
    },
  };
}
