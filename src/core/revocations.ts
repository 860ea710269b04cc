/** Hears that whatever is remembered of a user and of the user's tokens is no longer good. */
export type RevocationListener = (userId: string) => void;

/** Tells every instance of the server at once that a user's tokens or account were ended. */
export interface RevocationChannel {
  /** Call after the change is committed. Listeners of this process hear of it before this returns, others soon. */
  publish(userId: string): void;
  /** Call at start-up; a subscription lasts as long as the channel. */
  subscribe(listener: RevocationListener): void;
}

/** The channel of a server that is alone. */
export function createLocalRevocations(): RevocationChannel {
  const listeners: RevocationListener[] = [];
  return {
    publish: (userId) => {
      for (const listener of listeners) listener(userId);
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
  };
}
