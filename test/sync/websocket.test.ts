import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { becomes, gauge, nothingIsLeft } from './support/gauges.ts';
import { connected, initOf, openSocket, subscribeMessage } from './support/raw-socket.ts';

let app: TestApp;
beforeAll(async () => {
  const environment = { MAX_SUBSCRIPTIONS_PER_USER: '5' };
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
    ['of more than 64 KiB', JSON.stringify({ type: 'ping', payload: { a: 'x'.repeat(65_536) } }), 1009],
    ["the server's to send", '{"type":"connection_ack"}', 4400],
    ["the server's to send of a subscription", '{"type":"next","id":"1","payload":{}}', 4400],
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
    const large = await openSocket(app);
    for (let sent = 0; sent < 20; sent++) large.send({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
    expect(await large.closed).toMatchObject({ code: 4429 });
    await becomes(() => gauge(app, series), before + 3);
  });

  it('is answered a ping, without what stood in it', async () => {
    const socket = await openSocket(app);
    socket.send({ type: 'ping', payload: { text: 'x'.repeat(50_000) } });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.socket.ping('?');
    expect(String((await once(socket.socket, 'pong'))[0])).toBe('?');
    socket.socket.terminate();
  });

  it('is closed with 4409 when an id is used that is in use', async () => {
    const socket = await connected(app, newUser());
    socket.send(subscribeMessage('1'));
    socket.send(subscribeMessage('1'));
    expect(await socket.closed).toMatchObject({ code: 4409 });
    await nothingIsLeft(app);
  });

  it('may use an id again as soon as it has completed it, though the earlier subscription is still ending', async () => {
    const user = newUser();
    const { data } = await app.graphql(user, '{ taskSync { syncToken } }');
    const socket = await connected(app, user);
    socket.send(subscribeMessage('1'));
    for (let times = 0; times < 5; times++) {
      socket.send({ type: 'complete', id: '1' });
      socket.send(follow(data.taskSync.syncToken));
    }
    await app.rest(user, 'POST', '/api/tasks', { title: 'milk' });
    expect(await socket.next()).toMatchObject({ id: '1', payload: { data: { taskChanged: { type: 'CREATED' } } } });
    await becomes(() => gauge(app, 'subscriptions'), 1);
    socket.send({ type: 'complete', id: '1' });
    await becomes(() => gauge(app, 'subscriptions'), 0);
    expect(socket.messages.filter(({ type }) => type === 'next')).toHaveLength(1);
    socket.socket.terminate();
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
    await becomes(() => gauge(app, 'subscriptions'), 5);
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
