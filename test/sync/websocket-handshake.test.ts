import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { rawRequest } from '../support/raw-request.ts';
import { nothingIsLeft } from './support/gauges.ts';
import { connected, refusedHandshake } from './support/raw-socket.ts';

const CLIENT = 'https://todo.example';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { CORS_ORIGINS: CLIENT } });
});
afterAll(() => app.close());

describe('the handshake of a WebSocket', () => {
  it.each(['https://evil.example', 'null', `${CLIENT}.evil.example`, 'http://todo.example', ''])(
    'is refused with 403 to pages of %j',
    async (origin) => {
      const { status, headers, body } = await refusedHandshake(app, { headers: { origin } });
      expect({ status, type: headers['content-type'] }).toEqual({
        status: 403,
        type: 'application/json; charset=utf-8',
      });
      expect(JSON.parse(body).errors[0].extensions).toEqual({ code: 'FORBIDDEN', requestId: headers['x-request-id'] });
    },
  );

  it('is accepted of pages that may call the API', async () => {
    const socket = await connected(app, newUser(), { headers: { origin: CLIENT } });
    socket.socket.terminate();
  });

  it.each(['/api/tasks', '/graphql/x', '/api/tasks/events'])('is not spoken at %s', async (path) => {
    const { status } = await refusedHandshake(app, { path });
    expect([401, 404]).toContain(status);
  });

  it('is answered as any request where another protocol is asked for', async () => {
    const lines = ['GET /graphql HTTP/1.1', 'connection: upgrade', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__'];
    expect(await rawRequest(app.url, lines)).toMatch(/^HTTP\/1.1 401 /);
    const posted = ['POST /graphql HTTP/1.1', 'upgrade: websocket', 'connection: upgrade', 'content-length: 0'];
    expect(await rawRequest(app.url, posted)).toMatch(/^HTTP\/1.1 401 /);
  });

  it.each([
    ['without a key', ['sec-websocket-version: 13']],
    ['with a key that is none', ['sec-websocket-version: 13', 'sec-websocket-key: x']],
    ['of another version', ['sec-websocket-version: 7', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==']],
    [
      'with subprotocols that are none',
      ['sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol: ,,'],
    ],
  ])('is refused %s as any request of the API is', async (_what, lines) => {
    const answer = await rawRequest(app.url, [
      'GET /graphql HTTP/1.1',
      'upgrade: websocket',
      'connection: upgrade',
      ...lines,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(
      /x-request-id: [\w-]+\r\n[\s\S]*sec-websocket-version: 13\r\n[\s\S]*"code":"BAD_USER_INPUT"/i,
    );
  });

  it.each([
    ['of a page that may not connect', 'origin: https://evil.example'],
    ['of anybody', 'accept: */*'],
  ])('%s behind a request that is not answered yet does no harm', async (_what, header) => {
    const { port } = new URL(app.url);
    const credentials = await app.credentials(newUser());
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    const key = 'upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==';
    socket.write(
      `GET /api/tasks HTTP/1.1\r\nhost: x\r\nauthorization: ${credentials.authorization}\r\n\r\n` +
        `GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n${key}\r\n${header}\r\n\r\n`,
    );
    socket.setEncoding('latin1');
    let answer = '';
    while (!/HTTP\/1.1 200 [\s\S]*HTTP\/1.1 401 /.test(answer)) answer += (await once(socket, 'data'))[0];
    socket.destroy();
    await nothingIsLeft(app);
  });

  it('that is refused leaves nothing open, though the client keeps its half', async () => {
    const { port } = new URL(app.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    const key = 'upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==';
    socket.write(`GET /graphql HTTP/1.1\r\nhost: x\r\norigin: null\r\nconnection: upgrade\r\n${key}\r\n\r\n`);
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'end');
    // To a connection of which only a half is closed this would go on for as long as the client likes.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const writing = setInterval(() => socket.write('x'), 20);
    await closed;
    clearInterval(writing);
  });
});
