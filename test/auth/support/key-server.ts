import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JSONWebKeySet } from 'jose';

/** A key server that counts, and does as it is told: publishes another key set, or answers 500. */
export async function startKeyServer(initial: JSONWebKeySet | undefined) {
  const state = { content: initial, fetches: 0 };
  const server = createServer((_request, response) => {
    state.fetches += 1;
    if (state.content === undefined) response.statusCode = 500;
    response.end(JSON.stringify(state.content ?? { keys: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    fetches: () => state.fetches,
    /** `undefined` makes it fail */
    publish(content: JSONWebKeySet | undefined) {
      state.content = content;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
