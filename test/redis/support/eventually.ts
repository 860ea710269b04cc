import { setImmediate as nextTurn } from 'node:timers/promises';

const LONGEST_MS = 5000;

/** Asks again and again until the answer is yes: what spreads between processes does so soon, but not at once. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${LONGEST_MS} ms: ${what}`);
    await nextTurn();
  }
}
