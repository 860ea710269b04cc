import { type DestinationStream, pino } from 'pino';

/**
 * Standard output, written to once for each turn of the event loop: a write for each line costs more than making the
 * line (decision 20). Nothing waits longer than the turn, and nothing is lost when the process ends by itself.
 */
export function standardOutput(): DestinationStream {
  let output: DestinationStream | undefined;
  let waiting = '';

  function flush(): void {
    const lines = waiting;
    waiting = '';
    if (lines !== '') output?.write(lines);
  }

  /** A logger that is silent needs none. */
  function open(): DestinationStream {
    process.on('exit', flush);
    return pino.destination({ dest: 1, sync: true });
  }

  return {
    write(line) {
      output ??= open();
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  };
}
