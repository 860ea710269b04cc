/** What was handed to a connection and has not left this process: it shows a client that takes nothing, however little there is. */
export class PendingSends {
  #count = 0;
  #since: number | undefined;

  /** when the client was last known to take something, in milliseconds of `performance.now()`; undefined while nothing waits */
  get since(): number | undefined {
    return this.#since;
  }

  /** Hands something over by `send`, which calls back when it has left or never will. Resolves then. */
  wait(send: (left: () => void) => void): Promise<void> {
    this.#count += 1;
    this.#since ??= performance.now();
    return new Promise((resolve) => {
      send(() => {
        this.#count -= 1;
        this.#since = this.#count === 0 ? undefined : performance.now();
        resolve();
      });
    });
  }
}
