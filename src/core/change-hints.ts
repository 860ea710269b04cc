/**
 * Hears that something of a user's has changed, or may have: a hint says where to look and nothing of what is there.
 * Without a user it means everybody, since hints may have been missed.
 */
export type ChangeListener = (userId?: string) => void;

/** Carries hints to those who follow changes, in this process and in others. Any may be lost: the table is the truth. */
export interface ChangeHints {
  /** Call after the change is committed. Does not throw, and costs next to nothing while nobody listens. */
  publish(userId: string): void;
  /**
   * Begins to listen, for as long as the process has anybody to tell. Resolves when hints of changes that are committed
   * from now on arrive, as far as those who carry them can be reached.
   */
  listen(listener: ChangeListener): Promise<void>;
  /** Ends it; nothing is listened to afterwards. */
  stop(): void;
}

/** The hints of a process that is alone. */
export function createLocalHints(): ChangeHints {
  let tell: ChangeListener | undefined;
  return {
    publish: (userId) => tell?.(userId),
    async listen(listener) {
      tell = listener;
    },
    stop() {
      tell = undefined;
    },
  };
}

/**
 * What awaits a user's write and calls `changed` after it: after its commit, since whoever hears of it looks at once. What
 * a transaction does within itself is not told before its end.
 */
export function announcing(changed: (userId: string) => void) {
  return async function announced<Answer>(userId: string, write: Promise<Answer>): Promise<Answer> {
    const answer = await write;
    changed(userId);
    return answer;
  };
}
