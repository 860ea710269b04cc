/** The end of a process, which begins once. */
export interface Ending {
  readonly hasBegun: boolean;
  /** Begins it, or has the one that is under way end with this exit code: the highest counts. */
  begin(exitCode: number): void;
}

interface EndingOptions {
  /** what there is to do before */
  readonly close: () => Promise<unknown>;
  /** milliseconds that it may take; the exit code is 1 then */
  readonly timeout: number;
  /** hears why it went wrong, with exit code 1 */
  readonly failed: (error: unknown) => void;
}

export function createEnding({ close, timeout, failed }: EndingOptions): Ending {
  let worst: number | undefined;
  return {
    get hasBegun() {
      return worst !== undefined;
    },
    begin(exitCode) {
      const hasBegun = worst !== undefined;
      worst = Math.max(worst ?? 0, exitCode);
      if (hasBegun) return;
      setTimeout(() => process.exit(1), timeout).unref();
      close().then(
        () => process.exit(worst),
        (error: unknown) => {
          failed(error);
          process.exit(1);
        },
      );
    },
  };
}
