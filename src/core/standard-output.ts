import { type DestinationStream, pino } from 'pino';

/** characters that wait for a place that can be written to again */
const MAXIMUM_WAITING = 4 * 1024 * 1024;

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
    const stream = pino.destination({ dest: 1, sync: true, maxLength: MAXIMUM_WAITING });
    let isTold = false;
    // A disk that is full is no reason to end: what cannot be written waits for the next write, and the rest is lost.
    stream.on('error', ({ message }: Error) => {
      if (!isTold) console.error(`The log cannot be written: ${message}`);
      isTold = true;
    });
    return stream;
  }

  return {
    write(line) {
      output ??= open();
      if (waiting === '') setImmediate(flush);
      waiting += line;
    },
  };
}
