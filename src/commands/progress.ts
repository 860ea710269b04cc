import { SingleBar } from 'cli-progress';

/** Shows on standard error how far the work is, where somebody is looking. `unit` says what is counted. */
export async function withProgress<Result>(
  unit: string,
  work: (progress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  const bar = new SingleBar({ stream: process.stderr, format: `{bar} {value} of {total} ${unit}`, hideCursor: true });
  bar.start(0, 0);
  try {
    return await work((done, total) => {
      // A total may be an estimate.
      bar.setTotal(Math.max(done, total));
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
