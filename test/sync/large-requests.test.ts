import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { becomes, gauge, nothingIsLeft } from './support/gauges.ts';
import { connected, subscribeMessage } from './support/raw-socket.ts';

/**
 * What a subscription was asked for with must not be kept for as long as it lasts: fifty streams with bodies of a
 * megabyte, of variables that the document does not have, once took 1.3 GB.
 */

const SUBSCRIPTIONS = 10;
const QUERY = 'subscription { taskChanged { type syncToken } }';
/** bytes; where they are kept, one of the streams below takes more than that, and the WebSockets together six times as much */
const LITTLE = 10 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heap(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const padding = (bytes: number) => Array.from({ length: bytes / 3 }, () => ({}));

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

describe('what is sent with a subscription and not needed for it is not kept', () => {
  it('of event streams', async () => {
    const user = newUser();
    const headers = {
      ...(await app.credentials(user)),
      accept: 'text/event-stream',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({
      query: QUERY,
      variables: { a: padding(950_000) },
      extensions: { b: padding(90_000) },
    });
    const stopping = new AbortController();
    const open = () => fetch(`${app.url}/graphql`, { method: 'POST', headers, body, signal: stopping.signal });
    // Whatever the first one has compiled or remembered is not what is measured.
    await open();
    const before = heap();
    for (let count = 0; count < SUBSCRIPTIONS; count++) await open();
    await becomes(() => gauge(app, 'subscriptions'), SUBSCRIPTIONS + 1);
    expect(heap() - before).toBeLessThan(LITTLE);
    stopping.abort();
    await nothingIsLeft(app);
  });

  it('of WebSockets', async () => {
    const sockets = await Promise.all(Array.from({ length: SUBSCRIPTIONS }, () => connected(app, newUser())));
    const before = heap();
    for (const socket of sockets) {
      for (let id = 0; id < 5; id++) {
        const message = subscribeMessage(String(id), QUERY, { a: padding(60_000) });
        socket.send({ ...message, payload: { ...message.payload, extensions: null } });
      }
    }
    await becomes(() => gauge(app, 'subscriptions'), 5 * SUBSCRIPTIONS);
    expect(heap() - before).toBeLessThan(LITTLE);
    for (const { socket } of sockets) socket.terminate();
    await nothingIsLeft(app);
  });
});
