import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { LRUCache } from 'lru-cache';

type KeyValueCache = NonNullable<ApolloServerOptions<BaseContext>['cache']> & object;

const MAXIMUM_QUERIES = 1000;
const MAXIMUM_CHARACTERS = 2_000_000;
/** What Apollo Server puts before a hash. */
const PREFIX = 'apq:';

/** Documents that clients may name by their hash alone. */
export interface PersistedQueries {
  /** the document with this SHA-256 hash in hexadecimal */
  textOf(hash: string): string | undefined;
  /** for Apollo Server, which keeps here what it has found valid and matching its hash */
  readonly cache: KeyValueCache;
}

/**
 * Automatic persisted queries, bounded in number and size. Apollo Server only writes them; the handler looks them up
 * and puts the text in the place of the hash, so that no document gets past the guard. What Apollo Server still sees as
 * a hash is unknown, and it answers so, in a batch too.
 */
export function createPersistedQueries(): PersistedQueries {
  const queries = new LRUCache<string, string>({
    max: MAXIMUM_QUERIES,
    maxSize: MAXIMUM_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });
  return {
    textOf: (hash) => queries.get(hash),
    cache: {
      get: async () => undefined,
      set: async (key, text) => {
        queries.set(key.slice(PREFIX.length), text);
      },
      delete: async (key) => queries.delete(key.slice(PREFIX.length)),
    },
  };
}
