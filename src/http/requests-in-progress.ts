import type { ServerResponse } from 'node:http';

/** milliseconds from a request to the end of its answer at most, once the server has nothing to add to it */
const ANSWER_TIMEOUT = 60_000;
const CHECKS = 5_000;

/** What the server is answering right now. */
export interface RequestsInProgress {
  readonly count: number;
  /** `start` is when the request came, in milliseconds of `performance.now()`. */
  add(response: ServerResponse, start: number): void;
  remove(response: ServerResponse): void;
}

interface Timing {
  readonly answerTimeout: number;
  readonly checks: number;
}

/**
 * Counts requests, and ends those whose client does not take its answer: the silence of a connection does not show a
 * client that reads a byte now and then, while the whole answer waits in memory. One timer looks after all of them.
 */
export function createRequestsInProgress(
  { answerTimeout, checks }: Timing = { answerTimeout: ANSWER_TIMEOUT, checks: CHECKS },
): RequestsInProgress {
  const starts = new Map<ServerResponse, number>();
  let timer: NodeJS.Timeout | undefined;

  function endSlowReaders(): void {
    timer = undefined;
    const latest = performance.now() - answerTimeout;
    for (const [response, start] of starts) {
      if (start > latest) break;
      if (response.writableEnded) response.destroy();
    }
    if (starts.size > 0) watch();
  }

  function watch(): void {
    timer = setTimeout(endSlowReaders, checks).unref();
  }

  return {
    get count() {
      return starts.size;
    },
    add(response, start) {
      starts.set(response, start);
      if (timer === undefined) watch();
    },
    remove: (response) => {
      starts.delete(response);
    },
  };
}
