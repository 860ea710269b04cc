import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../app.ts';
import type { Logger } from '../core/logger.ts';
import { isOutage } from '../db/errors.ts';
import type { Door } from './door.ts';

/** milliseconds before the second try; doubled for each further one */
const FIRST_DELAY = 200;
const LONGEST_DELAY = 5000;

export interface Start {
  /** `undefined` when it was abandoned before there was one */
  readonly app: Promise<App | undefined>;
  /** Waits no longer. A start that is under way goes no further than its present step, or comes to an app that is there to be closed. */
  abandon(): void;
}

/**
 * Creates the app, and while its database is away tries again and opens the door meanwhile: a server that ended instead
 * would be started again and again by whoever keeps it, ever more rarely, and would look broken itself. Anything else
 * that goes wrong, a password for one, is a mistake that no waiting puts right. `create` is to end with the signal's reason.
 */
export function startWhenPossible(create: (signal: AbortSignal) => Promise<App>, door: Door, logger: Logger): Start {
  const abandoned = new AbortController();
  const { signal } = abandoned;
  let told: string | undefined;

  function tell(error: unknown): void {
    const { code, message } = error as { code?: string; message: string };
    const cause = code ?? message;
    if (cause !== told) logger.warn({ err: error }, 'the database is not available: waiting for it');
    told = cause;
  }

  async function start(): Promise<App | undefined> {
    for (let tries = 1; ; tries++) {
      try {
        const app = await create(signal);
        if (tries > 1) logger.info({ tries }, 'the database is there');
        return app;
      } catch (error) {
        if (signal.aborted && error === signal.reason) return undefined;
        if (!isOutage(error)) throw error;
        await door.open();
        tell(error);
        await pause(tries);
        if (signal.aborted) return undefined;
      }
    }
  }

  /** Half of it left to chance, so that instances which start together do not come together each time. */
  async function pause(tries: number): Promise<void> {
    const longest = Math.min(FIRST_DELAY * 2 ** (tries - 1), LONGEST_DELAY);
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
  }

  return { app: start().finally(door.close), abandon: () => abandoned.abort() };
}
