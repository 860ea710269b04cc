/** Fewer say little: the first takes as long as opening a connection. */
const MINIMUM_COUNTED = 8;
/** Of the places that became free so far this many count. */
const MAXIMUM_COUNTED = 32;

/**
 * How long one would wait for a place, by how quickly places became free since all of them are taken. Milliseconds.
 * Nothing is kept of earlier times: what was slow then may be quick now.
 */
export class WaitEstimate {
  readonly #now: () => number;
  #latest: number | undefined;
  #average = 0;
  #counted = 0;

  /** `now` counts milliseconds and never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** All places are taken, and somebody wants one. */
  begin(): void {
    this.#latest ??= this.#now();
  }

  /** A place became free and was taken at once. */
  count(): void {
    const now = this.#now();
    const passed = now - (this.#latest ?? now);
    this.#latest = now;
    this.#counted = Math.min(this.#counted + 1, MAXIMUM_COUNTED);
    this.#average += (passed - this.#average) / this.#counted;
  }

  /** There are free places again. */
  end(): void {
    this.#latest = undefined;
    this.#average = 0;
    this.#counted = 0;
  }

  /** For the one before whom `position - 1` others get a place; 0 while nothing is known. */
  of(position: number): number {
    return this.#counted < MINIMUM_COUNTED ? 0 : position * this.#average;
  }

  /** For how long no place has become free. */
  get standstill(): number {
    return this.#latest === undefined ? 0 : this.#now() - this.#latest;
  }
}
