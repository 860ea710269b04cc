/** One call to be counted: under which number the answer is awaited, by which counter, whose, and how many. */
export type Call = readonly [id: number, counter: string, key: string, points: number];
/** What came of it: whether it may pass, and what rate-limiter-flexible knows of the count. */
export type Outcome = readonly [id: number, mayPass: boolean, remainingPoints: number, msBeforeNext: number];

export interface CounterSize {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}

/** What prom-client makes of a registry for another process. */
export type MetricValues = readonly object[];

/** What a worker says to the primary. */
export type ToPrimary =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'counter'; readonly size: CounterSize }
  | { readonly kind: 'count'; readonly calls: readonly Call[] }
  | { readonly kind: 'revoked'; readonly userId: string }
  | { readonly kind: 'metrics-wanted'; readonly id: number }
  | { readonly kind: 'metrics'; readonly id: number; readonly values: MetricValues };

/** What the primary says to a worker. */
export type ToWorker =
  | { readonly kind: 'stop' }
  | { readonly kind: 'counted'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'revoked'; readonly userId: string }
  | { readonly kind: 'metrics-wanted'; readonly id: number }
  | { readonly kind: 'metrics-gathered'; readonly id: number; readonly values: readonly MetricValues[] };

/** The worker's end of the channel. Messages arrive once and in order, for as long as both processes live. */
export interface Primary {
  send(message: ToPrimary): void;
  /** Resolves when the message has left, so that the process may end. */
  sendLast(message: ToPrimary): Promise<void>;
  /** Call before the first message can come. */
  listen(listener: (message: ToWorker) => void): void;
}

/** The channel to the primary of this process, which must be a worker. */
export function channelToPrimary(): Primary {
  return {
    send: (message) => {
      // Without a primary this process is about to end: Node.js sees to that.
      if (process.connected) process.send?.(message);
    },
    sendLast: (message) =>
      new Promise((resolve) => {
        if (process.connected && process.send) process.send(message, () => resolve());
        else resolve();
      }),
    listen: (listener) => {
      process.on('message', listener);
    },
  };
}
