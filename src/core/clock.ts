/** Where the time comes from. Services take it as an argument, so that tests move time instead of waiting for it. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
