export const TRANSPORTS = ['WebSocket', 'GraphQL SSE', 'REST SSE'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** Opens one connection with one subscription for each token. */
export interface SubscribeOrder {
  readonly order: 'subscribe';
  readonly port: number;
  readonly transport: Transport;
  readonly tokens: readonly string[];
}

/** Creates tasks at a steady pace, by those with the tokens in turn, and waits for what is told of them. */
export interface WriteOrder {
  readonly order: 'write';
  readonly port: number;
  readonly tokens: readonly string[];
  readonly count: number;
  readonly perSecond: number;
  /** how many hear of each */
  readonly subscribers: number;
}

export interface UnsubscribeOrder {
  readonly order: 'unsubscribe';
}

/** What the process of the clients is told to do; it answers each order once, when it is done. */
export type Order = SubscribeOrder | WriteOrder | UnsubscribeOrder;

/** What came of the writes. Delays are in milliseconds, one for each event at each subscriber. */
export interface WriteResult {
  /** from just before the request is sent */
  readonly fromRequest: number[];
  /** from its answer; negative where the event was faster */
  readonly fromAnswer: number[];
  readonly errors: number;
  /** events that have not come */
  readonly missing: number;
}
