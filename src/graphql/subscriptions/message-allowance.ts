/** Messages that a client may send in a span of time. A subscription takes two, and a ping every few seconds one. */
const MAXIMUM_MESSAGES = 200;
/** bytes of them together */
const MAXIMUM_BYTES = 524_288;
/** milliseconds */
const SPAN = 10_000;

/** Counts the messages of one socket. */
export class MessageAllowance {
  #messages = 0;
  #bytes = 0;
  #spanEnd = 0;

  /** Whether another one of so many bytes is allowed; `now` in milliseconds. */
  take(now: number, bytes: number): boolean {
    if (now >= this.#spanEnd) {
      this.#spanEnd = now + SPAN;
      this.#messages = this.#bytes = 0;
    }
    this.#messages += 1;
    this.#bytes += bytes;
    return this.#messages <= MAXIMUM_MESSAGES && this.#bytes <= MAXIMUM_BYTES;
  }
}
