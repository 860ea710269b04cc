import { addressGroup } from '../../http/client-address.ts';

/** Of one address, which may be that of many clients: each is a newcomer for as long as its first message takes. */
export const MAXIMUM_NEWCOMERS = 200;

/** Counts the connections of each address that have yet to say who they are, since anybody can open those. */
export class Newcomers {
  readonly #counts = new Map<string, number>();

  /** Counts one in and answers what counts it out again, however often it is called; undefined when there are too many. */
  enter(address: string): (() => void) | undefined {
    const group = addressGroup(address);
    const others = this.#counts.get(group) ?? 0;
    if (others >= MAXIMUM_NEWCOMERS) return undefined;
    this.#counts.set(group, others + 1);
    let isIn = true;
    return () => {
      if (isIn) this.#leave(group);
      isIn = false;
    };
  }

  #leave(group: string): void {
    const others = (this.#counts.get(group) ?? 0) - 1;
    if (others > 0) this.#counts.set(group, others);
    else this.#counts.delete(group);
  }
}
