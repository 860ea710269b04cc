import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchKeys } from '../../src/auth/fetch-keys.ts';
import { createKeySet } from '../../src/auth/key-set.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { CLAIMS, keySetOf, signed, testClock, testKey } from './support/tokens.ts';

const KEY = testKey('EdDSA', 'old');
const KEY_SET = JSON.stringify(keySetOf(KEY));

/** A key set of this many bytes. */
const padded = (bytes: number) => KEY_SET + ' '.repeat(bytes - KEY_SET.length);

/** Sends without an end, as fast as it is read, until the reader goes away. */
function sendForever(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  const send = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', send);
  send();
}

describe('fetchKeys', () => {
  let server: Server | undefined;

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  }

  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
  });

  it('reads the keys that a token is verified with', async () => {
    const url = await serve((_request, response) => response.end(KEY_SET));
    const clock = testClock();
    const keySet = createKeySet(fetchKeys(url), clock);
    const verifier = createTokenVerifier({ secrets: [], keySet, maxTokenAge: 86_400, clockTolerance: 5, clock });
    expect(await verifier.verify(signed(CLAIMS, KEY))).toMatchObject({ userId: 'alice' });
  });

  it.each<[string, RequestListener]>([
    ['answers 500', (_request, response) => response.writeHead(500).end('{"keys":[]}')],
    ['answers 204', (_request, response) => response.writeHead(204).end()],
    [
      'sends elsewhere',
      (request, response) =>
        request.url === '/other' ? response.end(KEY_SET) : response.writeHead(302, { location: '/other' }).end(),
    ],
    ['answers no JSON', (_request, response) => response.end('<html></html>')],
    ['hangs up', (request) => request.socket.destroy()],
    ['does not answer', () => {}],
    ['begins an answer and stops', (_request, response) => response.write('{"keys":')],
    ['sends one byte more than 256 KiB', (_request, response) => response.end(padded(256 * 1024 + 1))],
    ['sends without an end', (_request, response) => sendForever(response)],
    [
      'packs more than 256 KiB into less',
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(padded(50_000_000))),
    ],
    [
      'publishes more than a hundred keys',
      (_request, response) => response.end(JSON.stringify({ keys: Array(101).fill(KEY.jwk) })),
    ],
  ])('fails when the key server %s', async (_what, listener) => {
    const url = await serve(listener);
    await expect(fetchKeys(url, 200)()).rejects.toThrow();
  });

  it.each([
    ['text/html', (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/html' }).end(KEY_SET)],
    ['no content type', (response: ServerResponse) => response.end(KEY_SET)],
    ['256 KiB', (response: ServerResponse) => response.end(padded(256 * 1024))],
    ['a hundred keys', (response: ServerResponse) => response.end(JSON.stringify({ keys: Array(100).fill(KEY.jwk) }))],
  ])('reads what the key server sends as %s', async (_what, answer) => {
    const url = await serve((_request, response) => void answer(response));
    expect((await fetchKeys(url)()).keys).toContainEqual(KEY.jwk);
  });

  it('ends the transfer of a key set that is too large', async () => {
    const left = Promise.withResolvers<void>();
    const url = await serve((_request, response) => {
      response.on('close', left.resolve);
      sendForever(response);
    });
    await expect(fetchKeys(url)()).rejects.toThrow('The key set has more than 262144 bytes');
    await left.promise;
  });
});
