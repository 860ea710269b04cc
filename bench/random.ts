/** Repeatable pseudo-random numbers, so that every contender gets the same stream of requests in a round. */
export interface Random {
  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** A generator after Marsaglia (xorshift32): good enough to spread requests, and cheap. */
export function createRandom(seedValue: number): Random {
  let state = (seedValue * 0x9e3779b1) >>> 0 || 1;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return { below, pick: <Item>(items: readonly Item[]) => items[below(items.length)] as Item };
}
