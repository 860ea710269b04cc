import { CommandError } from './command-config.ts';

/**
 * Aborts with the first SIGINT or SIGTERM, so that the command can leave everything as it was and close what it has
 * opened. The second one ends the process as usual.
 */
export function interruption(message: string): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new CommandError(message)));
  }
  return controller.signal;
}
