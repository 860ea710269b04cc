export interface CounterSize {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}

/** Whose calls are meant, and of which counter. */
export interface Counted {
  readonly counter: string;
  readonly key: string;
}

/** A worker's part of what a key may still spend in the current span of its counter. */
export interface Share extends Counted {
  /** points for this worker */
  readonly granted: number;
  /** points that nobody has yet */
  readonly remaining: number;
  /** milliseconds until the span ends, and the share with it */
  readonly msBeforeNext: number;
  /** Less was granted than needed: no worker has more, so the limit is reached. */
  readonly isLast: boolean;
}

/** What prom-client makes of a registry for another process. */
export type MetricValues = readonly object[];

/** What a worker says to the primary. */
export type ToPrimary =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'counter'; readonly size: CounterSize }
  | ({ readonly kind: 'share-wanted'; readonly needed: number } & Counted)
  | { readonly kind: 'unspent'; readonly id: number; readonly points: number }
  | { readonly kind: 'revoked'; readonly userId: string }
  | { readonly kind: 'metrics-wanted'; readonly id: number }
  | { readonly kind: 'metrics'; readonly id: number; readonly values: MetricValues };

/** What the primary says to a worker. */
export type ToWorker =
  | { readonly kind: 'stop' }
  | { readonly kind: 'share'; readonly share: Share }
  | ({ readonly kind: 'unspent-wanted'; readonly id: number } & Counted)
  | { readonly kind: 'revoked'; readonly userId: string }
  | { readonly kind: 'metrics-wanted'; readonly id: number }
  | { readonly kind: 'metrics-gathered'; readonly id: number; readonly values: readonly MetricValues[] };

/** The worker's end of the channel. Messages arrive once and in order, for as long as both processes live. */
export interface Primary {
  send(message: ToPrimary): void;
  /** Call before the first message can come. */
  listen(listener: (message: ToWorker) => void): void;
}
