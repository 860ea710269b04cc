import { setImmediate as breathe } from 'node:timers/promises';

/** Milliseconds that others have to wait for who goes through many. */
const LONGEST_TURN = 10;

/** One after the other, with turns for others in between: what is done with one can take milliseconds. */
export async function* inTurns<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let begin = performance.now();
  for (const item of items) {
    yield item;
    if (performance.now() - begin < LONGEST_TURN) continue;
    await breathe();
    begin = performance.now();
  }
}
