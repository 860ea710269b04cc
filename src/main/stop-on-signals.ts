import type { Logger } from '../core/logger.ts';
import { createEnding } from './ending.ts';
import { explained } from './explained.ts';

/** Ctrl-C under npm arrives twice, from the terminal and from npm: only a signal after this means a second wish. */
const REPEATED_SIGNAL_MS = 1000;

/** What runs and can be ended in order. */
export interface Stoppable {
  readonly logger: Logger;
  close(): Promise<void>;
}

/** Ends the process when it is asked to. */
export interface Stopping {
  readonly hasBegun: boolean;
  /** Ends it without a signal, or has the end that is under way have this exit code; the highest counts. */
  begin(reason: Record<string, unknown>, exitCode: number): void;
}

/**
 * Call before anything runs that would be left over: a signal during the start waits for it and then ends it in order.
 * `timeout` is in milliseconds from the signal to the end of the process, whatever hangs; its exit code is 1 then, as
 * after a second signal and wherever something was cut off.
 * `abandon` is to cut the start short; what starts then may turn out to be nothing.
 */
export function stopOnSignals(starting: Promise<Stoppable | undefined>, timeout: number, abandon = () => {}): Stopping {
  let signalledAt: number | undefined;
  let reason: Record<string, unknown> = {};
  const ending = createEnding({
    close() {
      abandon();
      return shutDown(starting, reason);
    },
    timeout,
    failed: (error) => console.error(explained(error) ?? error),
  });

  function begin(why: Record<string, unknown>, exitCode: number): void {
    if (!ending.hasBegun) reason = why;
    ending.begin(exitCode);
  }

  const onSignal = (signal: NodeJS.Signals) => {
    signalledAt ??= performance.now();
    // Somebody does not want to wait.
    if (performance.now() - signalledAt > REPEATED_SIGNAL_MS) process.exit(1);
    begin({ signal }, 0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    get hasBegun() {
      return ending.hasBegun;
    },
    begin,
  };
}

async function shutDown(starting: Promise<Stoppable | undefined>, reason: Record<string, unknown>): Promise<void> {
  const running = await starting;
  running?.logger.info(reason, 'shutting down');
  await running?.close();
}
