import { ApolloClient, ApolloLink, HttpLink, type InMemoryCache } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { createErrorLink, type ErrorHandlers } from './error-link.ts';
import { IdempotencyLink } from './idempotency-link.ts';
import { type AccessTokens, createSocketLink, ResumeLink } from './live-links.ts';
import { RetryLink } from './retry-link.ts';
import { TokenLink } from './token-link.ts';

export interface ClientOptions extends ErrorHandlers {
  /** of the GraphQL endpoint, `https://…/graphql` */
  readonly url: string;
  readonly tokens: AccessTokens;
  readonly cache: InMemoryCache;
  /** hears when a live connection has ended */
  readonly onDisconnect?: (() => void) | undefined;
}

/**
 * Puts the links together: queries and mutations over HTTP, subscriptions over a WebSocket that comes back by itself.
 * Each link is of use alone; the order is what matters here.
 */
export function createClient({ url, tokens, cache, onDisconnect, ...handlers }: ClientOptions): ApolloClient {
  const requests = ApolloLink.from([
    new IdempotencyLink(),
    createErrorLink(handlers),
    new RetryLink(),
    new TokenLink(tokens),
    new HttpLink({ uri: url }),
  ]);
  const live = ApolloLink.from([
    new ResumeLink({ tokens, onEnd: () => onDisconnect?.() }),
    createSocketLink(url.replace(/^http/, 'ws'), tokens),
  ]);
  return new ApolloClient({
    cache,
    link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, live, requests),
    clientAwareness: { name: 'premium-todo-web' },
  });
}
