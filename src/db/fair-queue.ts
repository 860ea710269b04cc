import { ServiceUnavailableError } from '../core/errors.ts';
import type { DatabaseObserver } from './database-observer.ts';
import { WaitEstimate } from './wait-estimate.ts';

/** seconds, for `Retry-After` */
const RETRY_AFTER = 1;

/** Lets one piece of work begin that has waited. */
type Admit = () => void;

export interface FairQueueOptions {
  /** how much may run at the same time: the connections of the pool */
  readonly places: number;
  /** milliseconds that a turn is waited for */
  readonly timeout: number;
  /** how much may wait; what comes beyond is refused at once */
  readonly maximumWaiting?: number;
  /** milliseconds that never go back */
  readonly now?: () => number;
  /** hears of those who wait */
  readonly observer?: Pick<DatabaseObserver, 'waited' | 'refused'> | undefined;
}

/** Bounds memory; that nobody waits in vain is what the estimate is for. */
const MAXIMUM_WAITING = 10_000;
/** Whoever would wait for more than this part of the time limit is refused: an estimate may be wrong by so much. */
const EXPECTED_PART = 0.5;

/** Runs work when it is its user's turn. */
export type Turns = Pick<FairQueue, 'run'>;

/**
 * Stands before the pool, whose own queue serves in the order of arrival: whoever asks a thousand times would have all
 * others wait for a thousand statements. Here those who wait take turns by user, one piece of work each, so that nobody
 * waits for more than one of everybody else's. While there are free places it only counts.
 *
 * Under overload a queue that lets all in has everybody wait until nobody is served in time. So those who would wait too
 * long, as quickly as places become free, are refused at once, and all are while none has for the whole time limit.
 */
export class FairQueue {
  #free: number;
  #waiting = 0;
  #asked = 0;
  readonly #timeout: number;
  readonly #maximumWaiting: number;
  readonly #estimate: WaitEstimate;
  readonly #now: () => number;
  readonly #observer: FairQueueOptions['observer'];
  /** Who waits, with what in its order; the first user is the next one. */
  readonly #turns = new Map<string, Admit[]>();

  constructor(options: FairQueueOptions) {
    const { places, timeout, maximumWaiting = MAXIMUM_WAITING, now = () => performance.now(), observer } = options;
    this.#free = places;
    this.#timeout = timeout;
    this.#maximumWaiting = maximumWaiting;
    this.#estimate = new WaitEstimate(now);
    this.#now = now;
    this.#observer = observer;
  }

  /** how much waits for a place */
  get waiting(): number {
    return this.#waiting;
  }

  /** how often it was asked to run something, since the start */
  get asked(): number {
    return this.#asked;
  }

  /** Runs `work` when it is the user's turn. @throws ServiceUnavailableError when that takes too long, or surely would */
  run<Result>(userId: string, work: () => Promise<Result>): Promise<Result> {
    this.#asked += 1;
    if (this.#free === 0) return this.#turnOf(userId).then(() => this.#work(work));
    this.#free -= 1;
    return this.#work(work);
  }

  #work<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = work();
    result.then(this.#leave, this.#leave);
    return result;
  }

  #turnOf(userId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#estimate.begin();
      if (this.#waiting >= this.#maximumWaiting || this.#wouldWaitInVain(userId)) {
        this.#observer?.refused('overload');
        reject(unavailable());
        return;
      }
      const begin = this.#now();
      const timer = setTimeout(() => {
        this.#remove(userId, admit);
        this.#observer?.refused('timeout');
        reject(unavailable());
      }, this.#timeout);
      const admit: Admit = () => {
        clearTimeout(timer);
        this.#observer?.waited((this.#now() - begin) / 1000);
        resolve();
      };
      this.#waiting += 1;
      const others = this.#turns.get(userId);
      if (others) others.push(admit);
      else this.#turns.set(userId, [admit]);
    });
  }

  #wouldWaitInVain(userId: string): boolean {
    const own = this.#turns.get(userId)?.length ?? 0;
    const users = this.#turns.size + (own === 0 ? 1 : 0);
    const position = Math.min(this.#waiting + 1, (own + 1) * users);
    return this.#estimate.of(position) > this.#timeout * EXPECTED_PART || this.#estimate.standstill > this.#timeout;
  }

  /** Hands the place that has become free to whose turn it is. */
  readonly #leave = (): void => {
    for (const [userId, waiters] of this.#turns) {
      this.#estimate.count();
      const next = waiters.shift();
      this.#waiting -= 1;
      this.#turns.delete(userId);
      if (waiters.length > 0) this.#turns.set(userId, waiters);
      next?.();
      return;
    }
    this.#estimate.end();
    this.#free += 1;
  };

  #remove(userId: string, admit: Admit): void {
    const waiters = this.#turns.get(userId) ?? [];
    waiters.splice(waiters.indexOf(admit), 1);
    this.#waiting -= 1;
    if (waiters.length === 0) this.#turns.delete(userId);
  }
}

function unavailable(): ServiceUnavailableError {
  return new ServiceUnavailableError('The database is busy, try again shortly', RETRY_AFTER);
}
