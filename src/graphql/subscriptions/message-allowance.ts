/** Messages that a client may send in a span of time. A subscription takes two, and a ping every few seconds one. */
const MAXIMUM = 200;
const SPAN = 10_000;

/** Counts the messages of one socket. */
export class MessageAllowance {
  #count = 0;
  #spanEnd = 0;

  /** Whether another one is allowed; `now` in milliseconds. */
  take(now: number): boolean {
    if (now >= this.#spanEnd) {
      this.#spanEnd = now + SPAN;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= MAXIMUM;
  }
}
