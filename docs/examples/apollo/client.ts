import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { OperationTypeNode } from 'graphql';
import { type ComeBackOptions, SignedOutError } from './come-back.ts';
import { ResumeLink } from './resume-link.ts';
import { createSocketLink } from './socket-link.ts';
import { SseLink } from './sse-link.ts';

export interface ClientOptions extends ComeBackOptions {
  /** of the GraphQL endpoint, `https://…/graphql` */
  readonly url: string;
  readonly transport: 'websocket' | 'sse';
  /** with the `typePolicies` that the application wants */
  readonly cache?: InMemoryCache;
}

/** A client that asks over HTTP, and subscribes over WebSocket or server-sent events. */
export function createLiveClient({ url, transport, cache, ...options }: ClientOptions): ApolloClient {
  const { tokens } = options;
  const withToken = new SetContextLink(async ({ headers }) => {
    const token = await tokens.current();
    if (token === undefined) throw new SignedOutError('Nobody is signed in');
    return { headers: { ...headers, authorization: `Bearer ${token}` } };
  });
  const live =
    transport === 'websocket' ? createSocketLink(url.replace(/^http/, 'ws'), tokens) : new SseLink(url, tokens);
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      ApolloLink.from([new ResumeLink(options), live]),
      ApolloLink.from([withToken, new HttpLink({ uri: url })]),
    ),
    cache: cache ?? new InMemoryCache(),
  });
}
