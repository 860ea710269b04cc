import { type Failure, failureOf } from './errors.ts';
import type { RetryBudget } from './retry-budget.ts';

/** milliseconds that the first repetition waits at most; the next ones twice as long each */
const LONGEST_PAUSE = 50;

/** How often something is tried in all that fails like this. `lost`: where it does no harm to do it twice. */
const TRIES: Record<Failure, number> = { undone: 3, unreached: 2, lost: 2, final: 1 };

export interface RetriesOptions {
  readonly budget: RetryBudget;
  /** from 0 to 1, without 1 */
  readonly random: () => number;
  /** waits for so many milliseconds */
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** Decides what is tried again, in one place for all that goes to the database: docs/failures.md has the table. */
export class Retries {
  readonly #budget: RetryBudget;
  readonly #random: RetriesOptions['random'];
  readonly #wait: RetriesOptions['wait'];

  constructor({ budget, random, wait }: RetriesOptions) {
    this.#budget = budget;
    this.#random = random;
    this.#wait = wait;
  }

  /** Every statement or transaction is told of once, before its first try. */
  begin(): void {
    this.#budget.earn();
  }

  /**
   * Whether what failed at its `tries`-th try is to be tried again, once the pause is over that this waits for. Pauses
   * are random, lest those who stood in each other's way meet again.
   * @param isRepeatable whether it may be done twice: it changes nothing, or has a key that tells whether it is done
   */
  async again(error: unknown, tries: number, isRepeatable: boolean): Promise<boolean> {
    const failure = failureOf(error);
    if (tries >= TRIES[failure] || (failure === 'lost' && !isRepeatable) || !this.#budget.spend()) return false;
    await this.#wait(this.#random() * LONGEST_PAUSE * 2 ** (tries - 1));
    return true;
  }
}
