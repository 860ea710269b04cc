import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import type { AccessTokens } from './access-tokens.ts';

/** milliseconds of silence after which the server is asked whether it is there, and that it may take to answer */
const PING_INTERVAL = 20_000;
const PATIENCE = 10_000;

/** Subscriptions over WebSocket. `url` begins with `ws:` or `wss:`. */
export function createSocketLink(url: string, tokens: AccessTokens): GraphQLWsLink {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    connectionParams: async () => ({ Authorization: `Bearer ${await tokens.current()}` }),
    // ResumeLink comes back, from the right place.
    retryAttempts: 0,
    connectionAckWaitTimeout: PATIENCE,
    keepAlive: PING_INTERVAL,
    on: {
      ping(isReceived) {
        // A network that has gone without a word is not noticed by anything else for many minutes.
        if (!isReceived) silence = setTimeout(() => client.terminate(), PATIENCE);
      },
      pong: () => clearTimeout(silence),
      closed: () => clearTimeout(silence),
    },
  });
  return new GraphQLWsLink(client);
}
