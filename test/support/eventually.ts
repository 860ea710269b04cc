import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE = 20_000;
const PAUSE = 10;

/**
 * Asks again and again until the answer is yes: what spreads between processes does so soon, but not at once, and nothing
 * tells a test of it. `patience` in milliseconds.
 */
export async function eventually(what: string, isSo: () => Promise<boolean>, patience = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    await delay(PAUSE);
  }
}
