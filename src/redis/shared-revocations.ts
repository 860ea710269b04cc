import { createLocalRevocations, type RevocationChannel } from '../core/revocations.ts';
import type { RedisConnection } from './connection.ts';

const CHANNEL = 'premium-todo:revocations';
const RETRY_DELAY = 1000;

/**
 * Tells other instances through Redis, and those who share `within` this server without it. What is lost in an outage is not sent again: each instance looks at the accounts
 * in the database every few seconds anyway.
 */
export function sharedRevocations(redis: RedisConnection, within: RevocationChannel): RevocationChannel {
  const fromOthers = createLocalRevocations();
  const subscriber = redis.duplicate();

  function listen(): void {
    subscriber.subscribe(CHANNEL).catch(() => {
      // A connection that is ready answers soon again; with a new one `listen` is called anyway.
      if (subscriber.status === 'ready') setTimeout(listen, RETRY_DELAY).unref();
    });
  }

  subscriber.on('ready', listen);
  subscriber.on('message', (_channel: string, userId: string) => fromOthers.publish(userId));
  return {
    publish(userId) {
      within.publish(userId);
      if (!redis.isAway()) redis.client.publish(CHANNEL, userId).catch(redis.failed);
    },
    subscribe(listener) {
      within.subscribe(listener);
      fromOthers.subscribe(listener);
    },
  };
}
