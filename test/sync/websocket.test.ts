import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { rawRequest } from '../support/raw-request.ts';
import { eventually, gauge, nothingIsLeft } from './support/gauges.ts';
import { connected, initOf, openSocket, refusedHandshake, subscribeMessage } from './support/raw-socket.ts';

const CLIENT = 'https://todo.example';

let app: TestApp;
beforeAll(async () => {
  const environment = { CORS_ORIGINS: CLIENT, MAX_SUBSCRIPTIONS_PER_USER: '5' };
  app = await startTestApp({ environment, overrides: { liveTiming: { tick: 50, farewell: 500 } } });
});
afterAll(() => app.close());

const follow = (since: string | null = null) =>
  subscribeMessage('1', 'subscription ($since: String) { taskChanged(since: $since) { type syncToken } }', { since });

/** What the first message about a subscription says. */
async function answerTo(
  query: string,
  variables: object = {},
): Promise<{ type: string; error: Record<string, unknown> }> {
  const socket = await connected(app, newUser());
  socket.send(subscribeMessage('1', query, variables));
  const { type, payload } = await socket.next();
  socket.socket.terminate();
  return { type, error: (type === 'error' ? payload : payload.errors)[0] };
}

describe('a WebSocket', () => {
  it.each([
    ['no payload', () => ({ type: 'connection_init' })],
    ['no token', () => ({ type: 'connection_init', payload: { authorization: null } })],
    ['a token that is no text', () => ({ type: 'connection_init', payload: { Authorization: ['Bearer a.b.c'] } })],
    [
      'two tokens',
      async () => {
        const { payload } = initOf(await app.token('ann'));
        return { type: 'connection_init', payload: { ...payload, authorization: payload.Authorization } };
      },
    ],
    [
      'a forged token',
      async () => initOf(await signToken({ userId: 'ann', lifetime: 60 }, 'x'.repeat(40), systemClock)),
    ],
    [
      'an expired token',
      async () => initOf(await signToken({ userId: 'ann', lifetime: -60 }, TEST_SECRET, systemClock)),
    ],
    [
      'a token without signature',
      async () => {
        const [, content] = (await app.token('ann')).split('.');
        return initOf(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${content}.x`);
      },
    ],
    [
      'a token of a foreign algorithm',
      async () => {
        const [, content, signature] = (await app.token('ann')).split('.');
        return initOf(`${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${content}.${signature}`);
      },
    ],
  ])('is closed with 4401 that begins with %s', async (_what, init) => {
    const socket = await openSocket(app);
    socket.send(await init());
    expect(await socket.closed).toMatchObject({ code: 4401 });
    expect(socket.messages).toEqual([]);
  });

  it('is not let in by a token in the URL, a header or a cookie of its handshake', async () => {
    const token = await app.token('ann');
    const headers = { authorization: `Bearer ${token}`, cookie: `token=${token}` };
    const socket = await openSocket(app, { path: `/graphql?token=${token}`, headers });
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it('is closed that wants to subscribe before it has said who it is, or says so twice', async () => {
    const early = await openSocket(app);
    early.send(subscribeMessage('1'));
    expect(await early.closed).toMatchObject({ code: 4401 });
    const twice = await connected(app, newUser());
    twice.send(initOf(await app.token('ann')));
    expect(await twice.closed).toMatchObject({ code: 4429 });
  });

  it('is closed with 4408 when it does not say who it is', async () => {
    const socket = await openSocket(app);
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  it('is closed with 4406 when it speaks no protocol that the server does', async () => {
    const socket = await openSocket(app, { protocols: [] });
    expect(await socket.closed).toMatchObject({ code: 4406 });
  });

  it.each([
    ['binary', Buffer.from('{"type":"ping"}'), 4400],
    ['no JSON', '{"type":', 4400],
    ['no object', 'null', 4400],
    ['of a type that there is not', '{"type":"constructor"}', 4400],
    ['with a prototype', '{"type":"ping","__proto__":{}}', 4400],
    ['nested in 101 levels', `{"type":"ping","payload":${'['.repeat(100)}${']'.repeat(100)}}`, 4400],
    ['a subscription without a document', '{"type":"subscribe","id":"1","payload":{}}', 4400],
    ['of an id without end', JSON.stringify(subscribeMessage('x'.repeat(101))), 4400],
    ['of more than 256 KiB', JSON.stringify({ type: 'ping', payload: { a: 'x'.repeat(262_144) } }), 1009],
  ])('is closed when a message is %s', async (_what, message, code) => {
    const socket = await connected(app, newUser());
    socket.socket.send(message);
    expect(await socket.closed).toMatchObject({ code });
  });

  it('is closed with 4429 when messages or frames come without end, and that counts as one end', async () => {
    const series = 'live_connections_ended_total{transport="websocket",reason="flood"}';
    const before = await gauge(app, series);
    const messages = await connected(app, newUser());
    for (let sent = 0; sent < 1000; sent++) messages.send({ type: 'pong' });
    expect(await messages.closed).toMatchObject({ code: 4429 });
    const frames = await connected(app, newUser());
    for (let sent = 0; sent < 1000; sent++) frames.socket.pong();
    expect(await frames.closed).toMatchObject({ code: 4429 });
    await eventually(() => gauge(app, series), before + 2);
  });

  it('is answered a ping, without what stood in it', async () => {
    const socket = await openSocket(app);
    socket.send({ type: 'ping', payload: { text: 'x'.repeat(100_000) } });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.socket.ping('?');
    expect(String((await once(socket.socket, 'pong'))[0])).toBe('?');
    socket.socket.terminate();
  });

  it('is closed with 4409 when an id is used that is in use, also while what had it is still ending', async () => {
    const used = await connected(app, newUser());
    used.send(subscribeMessage('1'));
    used.send(subscribeMessage('1'));
    expect(await used.closed).toMatchObject({ code: 4409 });
    const ending = await connected(app, newUser());
    ending.send(subscribeMessage('1'));
    await eventually(() => gauge(app, 'subscriptions'), 1);
    ending.socket.send(JSON.stringify({ type: 'complete', id: '1' }));
    ending.send(subscribeMessage('1'));
    expect(await ending.closed).toMatchObject({ code: 4409 });
    await nothingIsLeft(app);
  });

  it('may use an id again once it was told that its subscription is over', async () => {
    const user = newUser();
    const socket = await connected(app, user);
    socket.send(subscribeMessage('1', 'subscription { nothing }'));
    expect(await socket.next()).toMatchObject({ id: '1', type: 'error' });
    const { data } = await app.graphql(user, '{ taskSync { syncToken } }');
    await app.rest(user, 'POST', '/api/tasks', { title: 'milk' });
    socket.send(follow(data.taskSync.syncToken));
    expect(await socket.next()).toMatchObject({ id: '1', payload: { data: { taskChanged: { type: 'CREATED' } } } });
    socket.socket.terminate();
  });

  it('may have so many subscriptions of its user, and its user so many connections', async () => {
    const user = newUser();
    const sockets = await Promise.all(Array.from({ length: 5 }, () => connected(app, user)));
    const sixth = await openSocket(app);
    sixth.send(initOf(await app.token(user)));
    expect(await sixth.closed).toMatchObject({ code: 4429 });
    const [socket] = sockets;
    for (let id = 1; id <= 5; id++) socket!.send(subscribeMessage(String(id)));
    await eventually(() => gauge(app, 'subscriptions'), 5);
    socket!.send(subscribeMessage('6'));
    expect(await socket!.next()).toMatchObject({ payload: { errors: [{ extensions: { code: 'RATE_LIMITED' } }] } });
    for (const { socket } of sockets) socket.terminate();
    await nothingIsLeft(app);
  });
});

describe('over a WebSocket', () => {
  it.each([
    ['a query', '{ viewer { id } }', {}, 'BAD_USER_INPUT'],
    ['a mutation', 'mutation { revokeTokens { revoked } }', {}, 'BAD_USER_INPUT'],
    [
      'several operations',
      'subscription A { taskChanged { type } } subscription B { taskChanged { type } }',
      {},
      'BAD_USER_INPUT',
    ],
    ['no document', '', {}, 'BAD_USER_INPUT'],
    ['a document that is none', 'subscription { taskChanged {', {}, 'BAD_USER_INPUT'],
    ['an unknown field', 'subscription { taskChanged { secret } }', {}, 'BAD_USER_INPUT'],
    ['two fields at once', 'subscription { taskChanged { type } b: taskChanged { type } }', {}, 'BAD_USER_INPUT'],
    [
      'a field left out',
      'subscription ($off: Boolean = true) { taskChanged @skip(if: $off) { type } }',
      {},
      'BAD_USER_INPUT',
    ],
    [
      'a field left out in a fragment',
      'subscription { ...F } fragment F on Subscription { taskChanged @include(if: false) { type } }',
      {},
      'BAD_USER_INPUT',
    ],
    ['a fragment left out', 'subscription { ... @skip(if: true) { taskChanged { type } } }', {}, 'BAD_USER_INPUT'],
    [
      'wrong variables',
      'subscription ($since: String) { taskChanged(since: $since) { type } }',
      { since: 5 },
      'BAD_USER_INPUT',
    ],
    ['a forged place', 'subscription { taskChanged(since: "AQ") { type } }', {}, 'BAD_USER_INPUT'],
    [
      'a document without end',
      `subscription { ${'taskChanged { '.repeat(40)} type ${'}'.repeat(41)}`,
      {},
      'QUERY_TOO_COMPLEX',
    ],
  ])('%s is an error as over HTTP', async (_what, query, variables, code) => {
    const { error } = await answerTo(query, variables);
    expect(error).toEqual({
      message: expect.any(String),
      extensions: expect.objectContaining({ code, requestId: expect.any(String) }),
      ...('path' in error ? { path: ['taskChanged'] } : {}),
      ...('locations' in error ? { locations: expect.any(Array) } : {}),
    });
    expect(JSON.stringify(error)).not.toMatch(/graphql-js|node_modules|stack|at \w+ \(/);
  });
});

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
