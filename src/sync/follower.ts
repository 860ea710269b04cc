import type { Actor } from '../core/actor.ts';
import type { TaskChange } from './sync.changes.ts';
import type { SyncPosition } from './sync.token.ts';

interface FollowerEvents {
  /** it has handed over everything and waits for more */
  onIdle(): void;
  /** nobody asks it any more */
  onLeft(): void;
}

type Next = IteratorResult<TaskChange, undefined>;
const DONE: Next = { done: true, value: undefined };

/**
 * One that follows, at its own pace: it is given as much as one read finds, and no more before that is handed over. So
 * what waits for a slow one is bounded, and nothing is skipped: it goes on at its place.
 */
export class Follower implements AsyncIterableIterator<TaskChange> {
  readonly actor: Actor;
  /** behind the last change that it was given */
  place: SyncPosition;
  /** hints that the last read for it has answered */
  answeredHints = 0;
  /** the last read left something behind */
  isBehind = false;
  #waiting: PromiseWithResolvers<Next> | undefined;
  #changes: readonly TaskChange[] = [];
  #given = 0;
  #error: unknown;
  #hasEnded = false;
  readonly #events: FollowerEvents;

  constructor(actor: Actor, place: SyncPosition, events: FollowerEvents) {
    this.actor = actor;
    this.place = place;
    this.#events = events;
  }

  /** Whether it can be given more. */
  get isIdle(): boolean {
    return !this.#hasEnded && this.#given >= this.#changes.length;
  }

  /** Hands over changes that come next, and lead to `place`. */
  give(changes: readonly TaskChange[], place: SyncPosition): void {
    this.place = place;
    if (this.#hasEnded || changes.length === 0) return;
    this.#changes = changes;
    this.#given = 0;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(this.#take());
  }

  /** Whoever iterates learns of the error after what was given. */
  fail(error: unknown): void {
    if (this.#hasEnded) return;
    this.#error = error;
    this.#end();
  }

  async next(): Promise<Next> {
    if (this.#given < this.#changes.length) return this.#take();
    if (this.#hasEnded) {
      const error = this.#error;
      this.#error = undefined;
      if (error === undefined) return DONE;
      throw error;
    }
    this.#waiting ??= Promise.withResolvers();
    const { promise } = this.#waiting;
    this.#events.onIdle();
    return promise;
  }

  async return(): Promise<Next> {
    this.#changes = [];
    this.#end();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): Next {
    const value = this.#changes[this.#given++];
    // What was handed over is not to be kept alive by one that waits for the next change, perhaps for hours.
    if (this.#given >= this.#changes.length) {
      this.#changes = [];
      this.#given = 0;
    }
    return value === undefined ? DONE : { done: false, value };
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#error === undefined) waiting?.resolve(DONE);
    else waiting?.reject(this.#error);
    if (waiting) this.#error = undefined;
    this.#events.onLeft();
  }
}
