import { type ChangeHints, createLocalHints } from '../core/change-hints.ts';
import { type CreateCounter, countHere } from '../core/rate-limits.ts';
import { createLocalRevocations, type RevocationChannel } from '../core/revocations.ts';
import type { RedisConnectionOptions } from './connection.ts';

/** What instances of the server know together. */
export interface Sharing {
  readonly createCounter: CreateCounter;
  readonly revocations: RevocationChannel;
  /** of changes; without Redis it is the database that tells */
  readonly hints: ChangeHints | undefined;
  close(): void;
}

interface SharingOptions extends Omit<RedisConnectionOptions, 'url'> {
  /** without one this server is alone */
  readonly url: string | undefined;
  /** what the processes of this server share among themselves; without it there is only this one */
  readonly siblings: Pick<Sharing, 'createCounter' | 'revocations'> | undefined;
}

/**
 * Shares through Redis, if there is one, and otherwise with the processes of this server, if there are any. What speaks
 * to Redis is only loaded where it is used.
 */
export async function createSharing({ url, siblings, ...options }: SharingOptions): Promise<Sharing> {
  const within = siblings ?? { createCounter: countHere, revocations: createLocalRevocations() };
  if (url === undefined) return { ...within, hints: undefined, close: () => {} };
  const [{ connectRedis }, { sharedCounters }, { sharedRevocations }, { sharedHints }] = await Promise.all([
    import('./connection.ts'),
    import('./shared-counters.ts'),
    import('./shared-revocations.ts'),
    import('./shared-hints.ts'),
  ]);
  const redis = connectRedis({ ...options, url });
  return {
    createCounter: sharedCounters(redis, within.createCounter),
    revocations: sharedRevocations(redis, within.revocations),
    hints: sharedHints(redis, createLocalHints()),
    close: () => redis.close(),
  };
}
