export interface RetryBudgetOptions {
  /** repetitions for each request, such as 0.1: one more for every ten */
  readonly share: number;
  /** what can be saved up, and what there is to begin with */
  readonly maximum: number;
}

/**
 * Bounds how much load repeating adds. When everything fails, repeating everything would double the load on a database
 * that is in trouble already. It counts requests and needs no clock: without requests nothing asks for a repetition.
 */
export class RetryBudget {
  #left: number;
  readonly #share: number;
  readonly #maximum: number;

  constructor({ share, maximum }: RetryBudgetOptions) {
    this.#left = maximum;
    this.#share = share;
    this.#maximum = maximum;
  }

  /** Counts a request, not its repetitions. */
  earn(): void {
    if (this.#left < this.#maximum) this.#left = Math.min(this.#maximum, this.#left + this.#share);
  }

  /** Whether something may be repeated once more, which then counts. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
