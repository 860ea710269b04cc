import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;

const MAXIMUM_DOCUMENTS = 1000;
/** A token of a parsed document takes about 370 bytes: 37 MB at most. */
const MAXIMUM_TOKENS = 100_000;

/**
 * Keeps documents that Apollo Server has parsed and found valid. Its own store weighs each by writing it as JSON, and
 * holds so many small ones that a flood of them takes 130 MB.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    max: MAXIMUM_DOCUMENTS,
    maxSize: MAXIMUM_TOKENS,
    sizeCalculation: ({ tokenCount }) => tokenCount ?? MAXIMUM_TOKENS,
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => {
      documents.set(key, document);
    },
    delete: async (key) => documents.delete(key),
  };
}
