import type { ServerResponse } from 'node:http';

/** milliseconds from a request to the end of its answer at most, once the server has nothing to add to it */
const ANSWER_TIMEOUT = 60_000;
const CHECKS = 5_000;

/** A request that is being answered, in the order in which they came. */
interface Entry {
  response: ServerResponse | undefined;
  readonly start: number;
  previous: Entry | undefined;
  next: Entry | undefined;
}

/** What the server is answering right now. */
export interface RequestsInProgress {
  readonly count: number;
  /**
   * `start` is when the request came, in milliseconds of `performance.now()`.
   * @returns to be called once, when the connection has done with the answer
   */
  add(response: ServerResponse, start: number): () => void;
  /** Has every answer that has not begun ask its client to open the next connection elsewhere. */
  announceEnd(): void;
  /** Resolves as soon as there is none. */
  idle(): Promise<void>;
}

interface Timing {
  readonly answerTimeout: number;
  readonly checks: number;
}

/**
 * Counts requests, and ends those whose client does not take its answer: the silence of a connection does not show a
 * client that reads a byte now and then, while the whole answer waits in memory. One timer looks after all of them. They
 * stand in a linked list, since a Map with so much coming and going keeps what was in it alive for the garbage collector:
 * half a response for each request that it had.
 */
export function createRequestsInProgress(
  { answerTimeout, checks }: Timing = { answerTimeout: ANSWER_TIMEOUT, checks: CHECKS },
): RequestsInProgress {
  let oldest: Entry | undefined;
  let newest: Entry | undefined;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let becameIdle: PromiseWithResolvers<void> | undefined;

  function endSlowReaders(): void {
    timer = undefined;
    const latest = performance.now() - answerTimeout;
    for (let entry = oldest; entry !== undefined && entry.start <= latest; entry = entry.next) {
      if (entry.response?.writableEnded) entry.response.destroy();
    }
    if (count > 0) watch();
  }

  function watch(): void {
    timer = setTimeout(endSlowReaders, checks).unref();
  }

  function remove(entry: Entry): void {
    if (entry.previous) entry.previous.next = entry.next;
    else oldest = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else newest = entry.previous;
    // Whatever still holds the entry holds nothing else.
    entry.response = entry.previous = entry.next = undefined;
    count -= 1;
    if (count === 0) becameIdle?.resolve();
  }

  return {
    get count() {
      return count;
    },
    add(response, start) {
      const entry: Entry = { response, start, previous: newest, next: undefined };
      if (newest) newest.next = entry;
      else oldest = entry;
      newest = entry;
      count += 1;
      if (timer === undefined) watch();
      return () => remove(entry);
    },
    announceEnd() {
      for (let entry = oldest; entry !== undefined; entry = entry.next) {
        if (entry.response?.headersSent === false) entry.response.setHeader('connection', 'close');
      }
    },
    async idle() {
      while (count > 0) {
        becameIdle = Promise.withResolvers();
        await becameIdle.promise;
      }
    },
  };
}
