import type { ChangeHints, ChangeListener } from '../core/change-hints.ts';
import type { RedisConnection } from './connection.ts';

const CHANNEL = 'premium-todo:changes';

/**
 * Hints through Redis to all instances, and `within` this process without it. Nothing is subscribed to while nobody
 * listens here. What is lost in an outage is made up for at its end, when everybody is hinted at.
 */
export function sharedHints(redis: RedisConnection, within: ChangeHints): ChangeHints {
  let tell: ChangeListener | undefined;
  let subscriber: ReturnType<RedisConnection['duplicate']> | undefined;

  return {
    publish(userId) {
      within.publish(userId);
      if (!redis.isAway()) redis.client.publish(CHANNEL, userId).catch(redis.failed);
    },
    async listen(listener) {
      tell = listener;
      await within.listen(listener);
      const opened = redis.duplicate();
      subscriber = opened;
      opened.on('message', (_channel: string, userId: string) => tell?.(userId));
      const ready = Promise.withResolvers<void>();
      opened.on('ready', () => {
        opened.subscribe(CHANNEL).then(
          () => {
            tell?.();
            ready.resolve();
          },
          // A connection without its subscription is of no use: another one is opened.
          () => opened.disconnect(true),
        );
      });
      opened.on('close', () => ready.resolve());
      await ready.promise;
    },
    stop() {
      within.stop();
      tell = undefined;
      if (subscriber) redis.discard(subscriber);
      subscriber = undefined;
    },
  };
}
