import type { Primary, ToPrimary } from './messages.ts';

export interface ChannelToPrimary extends Primary {
  /** Resolves when the message has left, so that the process may end. */
  sendLast(message: ToPrimary): Promise<void>;
}

/** The channel to the primary of this process, which must be a worker. */
export function channelToPrimary(): ChannelToPrimary {
  return {
    send: (message) => {
      // Without a primary this process is about to end: Node.js sees to that.
      if (process.connected) process.send?.(message);
    },
    sendLast: (message) =>
      new Promise((resolve) => {
        if (process.connected && process.send) process.send(message, () => resolve());
        else resolve();
      }),
    listen: (listener) => {
      process.on('message', listener);
    },
  };
}
