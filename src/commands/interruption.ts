import { CommandError } from './command-config.ts';

/** Milliseconds. Ctrl-C arrives twice: from the terminal, and from npm, which passes on what it gets itself. */
const SAME_SIGNAL = 1000;

/**
 * Aborts with SIGINT or SIGTERM, so that the command can leave everything as it was and close what it has opened.
 * Another signal later ends the process as usual.
 */
export function interruption(message: string): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort(new CommandError(message));
    setTimeout(() => process.off('SIGINT', interrupt).off('SIGTERM', interrupt), SAME_SIGNAL).unref();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return controller.signal;
}
