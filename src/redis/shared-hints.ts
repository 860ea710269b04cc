import type { ChangeHints, ChangeListener } from '../core/change-hints.ts';
import type { RedisConnection } from './connection.ts';

const CHANNEL = 'premium-todo:changes';
/** Between the users of one message: no id holds it. */
const SEPARATOR = '\0';

/**
 * Hints through Redis to all instances, and `within` this process without it. Nothing is subscribed to while nobody
 * listens here. What is lost in an outage is made up for at its end, when everybody is hinted at.
 */
export function sharedHints(redis: RedisConnection, within: ChangeHints): ChangeHints {
  let tell: ChangeListener | undefined;
  let subscriber: ReturnType<RedisConnection['duplicate']> | undefined;
  /** whose changes the next message tells of: one for each turn of the event loop, as a message costs a tenth of a toggle */
  const told = new Set<string>();

  function send(): void {
    const message = [...told].join(SEPARATOR);
    told.clear();
    if (!redis.isAway()) redis.client.publish(CHANNEL, message).catch(redis.failed);
  }

  return {
    publish(userId) {
      within.publish(userId);
      if (told.size === 0) setImmediate(send);
      told.add(userId);
    },
    async listen(listener) {
      tell = listener;
      await within.listen(listener);
      const opened = redis.duplicate();
      subscriber = opened;
      opened.on('message', (_channel: string, message: string) => {
        for (const userId of message.split(SEPARATOR)) tell?.(userId);
      });
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
