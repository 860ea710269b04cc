import type { Logger } from './logger.ts';

/** One part of ending a process in order. */
export interface ShutdownStep {
  readonly name: string;
  /** milliseconds that the steps after it wait for it at most */
  readonly limit: number;
  run(): unknown;
}

/** Something was cut off; the message names the steps, and the log says of each what happened. */
export class ShutdownError extends Error {
  override readonly name = 'ShutdownError';
}

interface ShutdownOptions {
  readonly logger: Logger;
  /** milliseconds for all steps together */
  readonly timeout: number;
}

/**
 * Runs one step after the other. One that fails or takes too long is logged and left behind, so that it does not keep
 * the others from their work.
 * @throws ShutdownError when not every step was done
 */
export async function runSteps(steps: readonly ShutdownStep[], { logger, timeout }: ShutdownOptions): Promise<void> {
  const begin = performance.now();
  const undone: string[] = [];
  for (const step of steps) {
    const start = performance.now();
    const limit = Math.max(0, Math.min(step.limit, begin + timeout - start));
    const outcome = await outcomeOf(step, limit);
    const line = { step: step.name, milliseconds: Math.round(performance.now() - start) };
    if (outcome === 'done') {
      logger.info(line, 'shutdown step done');
      continue;
    }
    undone.push(step.name);
    if (outcome === 'late') logger.error({ ...line, limit }, 'a shutdown step took too long and is left behind');
    else logger.error({ ...line, err: outcome.failure }, 'a shutdown step failed');
  }
  if (undone.length > 0) throw new ShutdownError(`The server did not stop in order: ${undone.join(', ')}`);
}

type Outcome = 'done' | 'late' | { failure: unknown };

async function run(step: ShutdownStep): Promise<Outcome> {
  try {
    await step.run();
    return 'done';
  } catch (failure) {
    return { failure };
  }
}

async function outcomeOf(step: ShutdownStep, limit: number): Promise<Outcome> {
  const late = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => late.resolve('late'), limit);
  // What fails after its time has been told of already.
  const done = run(step);
  try {
    return await Promise.race([done, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
