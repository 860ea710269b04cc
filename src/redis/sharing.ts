import type { CreateCounter } from '../core/rate-limits.ts';
import { createLocalRevocations, type RevocationChannel } from '../core/revocations.ts';
import { connectRedis, type RedisConnectionOptions } from './connection.ts';
import { sharedCounters } from './shared-counters.ts';
import { sharedRevocations } from './shared-revocations.ts';

/** What instances of the server know together. */
export interface Sharing {
  /** `undefined` counts in this process alone */
  readonly createCounter: CreateCounter | undefined;
  readonly revocations: RevocationChannel;
  close(): void;
}

interface SharingOptions extends Omit<RedisConnectionOptions, 'url'> {
  /** without one this server is alone */
  readonly url: string | undefined;
}

/** Shares through Redis, if there is one. */
export function createSharing({ url, ...options }: SharingOptions): Sharing {
  if (url === undefined) {
    return { createCounter: undefined, revocations: createLocalRevocations(), close: () => {} };
  }
  const redis = connectRedis({ ...options, url });
  return {
    createCounter: sharedCounters(redis),
    revocations: sharedRevocations(redis),
    close: () => redis.close(),
  };
}
