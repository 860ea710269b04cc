import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { createLogger } from '../../src/core/logger.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { becomes, gauge, nothingIsLeft } from './support/gauges.ts';
import { writeLargeTasks } from './support/large-tasks.ts';
import { connected, initOf, openSocket, subscribeMessage } from './support/raw-socket.ts';

const TIMING = { tick: 25, patience: 2000, farewell: 300, drain: 100 };

const lines: string[] = [];
/** milliseconds that the clock of the other instance is ahead */
let ahead = 0;
const clock = { now: () => Date.now() + ahead };
let app: TestApp;
let other: TestApp;
beforeAll(async () => {
  const logger = createLogger({ level: 'trace', format: 'json' }, { write: (line) => void lines.push(line) });
  app = await startTestApp({ overrides: { logger, liveTiming: TIMING }, environment: { MAX_LIVE_CONNECTIONS: '30' } });
  other = await startTestApp({ beside: app, overrides: { clock, liveTiming: { ...TIMING, ping: 200 } } });
});
afterAll(async () => {
  await other.close();
  await app.close();
});

const followFrom = (since: string | undefined) =>
  subscribeMessage(
    '1',
    'subscription ($since: String) { taskChanged(since: $since) { type syncToken task { title description } } }',
    { since },
  );
const tokenOf = async (user: string): Promise<string> =>
  (await app.graphql(user, '{ taskSync { syncToken } }')).data.taskSync.syncToken;

async function following(instance: TestApp, user: string) {
  const since = await tokenOf(user);
  const socket = await connected(instance, user);
  socket.send(followFrom(since));
  await app.rest(user, 'POST', '/api/tasks', { title: 'marmalade' });
  expect(await socket.next()).toMatchObject({ payload: { data: { taskChanged: { type: 'CREATED' } } } });
  return socket;
}

const ENDS: [string, (user: string) => Promise<unknown>][] = [
  ['tokens are revoked', (user) => app.graphql(user, 'mutation { revokeTokens { revoked } }')],
  ['account is deleted', (user) => app.rest(user, 'DELETE', '/api/auth/me')],
];

describe('a WebSocket', () => {
  it.each(ENDS)('is closed with 4401 when the %s, whether somebody follows on it or not', async (_what, endTokens) => {
    const user = newUser();
    const idle = await connected(app, user);
    const active = await following(app, user);
    await endTokens(user);
    expect(await Promise.all([idle.closed, active.closed])).toMatchObject([{ code: 4401 }, { code: 4401 }]);
  });

  it.each(ENDS)(
    'of another instance is closed with 4401 after the %s, when it is looked after or follows anew',
    async (_what, endTokens) => {
      const user = newUser();
      const idle = await connected(other, user);
      const active = await following(other, user);
      await endTokens(user);
      // Without a hint everybody who follows is looked after so often.
      ahead += 60_001;
      expect(await active.closed).toMatchObject({ code: 4401 });
      idle.send(subscribeMessage('1'));
      expect(await idle.closed).toMatchObject({ code: 4401 });
    },
  );

  it('is closed with 4401 when its token expires, a second late at most', async () => {
    const user = newUser();
    const socket = await connected(other, user, {
      token: await signToken({ userId: user, lifetime: 100 }, TEST_SECRET, clock),
    });
    socket.send(subscribeMessage('1'));
    ahead += 100_000;
    const start = performance.now();
    expect(await socket.closed).toEqual({ code: 4401, reason: 'The token has expired' });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('whose client answers no ping is cut', async () => {
    const socket = await connected(other, newUser(), { autoPong: false });
    await once(socket.socket, 'ping');
    expect(await socket.closed).toMatchObject({ code: 1013 });
    await nothingIsLeft(other);
  });

  it('beyond as many as there may be is told to come back later', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(app)));
    expect(await (await openSocket(app)).closed).toMatchObject({ code: 1013 });
    for (const { socket } of sockets) socket.terminate();
    await nothingIsLeft(app);
  });

  it('that goes in the middle of the handshake, of being let in or of a subscription leaves nothing', async () => {
    const user = newUser();
    const token = await app.token(user);
    for (let times = 0; times < 20; times++) {
      const socket = await openSocket(app);
      socket.send(initOf(token));
      if (times % 4 === 1) await socket.next();
      if (times % 2 === 1) socket.send(followFrom(undefined));
      socket.socket.terminate();
    }
    await nothingIsLeft(app);
  });

  it('may subscribe and complete as often as it likes, which leaves nothing', async () => {
    const socket = await connected(app, newUser());
    for (let id = 0; id < 90; id++) {
      socket.send(subscribeMessage(String(id)));
      socket.send({ type: 'complete', id: String(id) });
    }
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    await becomes(() => gauge(app, 'subscriptions'), 0);
    socket.socket.terminate();
    await nothingIsLeft(app);
    expect(lines.filter((line) => line.includes('"msg":"subscription"')).length).toBeGreaterThan(80);
  });

  it('whose client stops reading is cut off, and goes on from its place without a gap', async () => {
    const user = newUser();
    const since = await tokenOf(user);
    const slow = await connected(app, user);
    slow.send(followFrom(since));
    slow.socket.pause();
    const titles = await writeLargeTasks(app, user);
    await becomes(() => gauge(app, 'live_connections_ended_total{transport="websocket",reason="slow"}'), 1);
    await nothingIsLeft(app);
    slow.socket.resume();
    await slow.closed;
    const last = slow.messages.at(-1)?.payload?.data.taskChanged.syncToken ?? since;
    const seen = slow.messages.filter(({ type }) => type === 'next').length;
    const again = await connected(app, user);
    again.send(followFrom(last));
    const told: string[] = [];
    while (seen + told.length < titles.length) {
      told.push((await again.next()).payload.data.taskChanged.task.title);
    }
    expect(told).toEqual(titles.slice(seen));
    again.socket.terminate();
  }, 90_000);

  it('gets what nobody expected masked, which is in the log whole', async () => {
    const thrown = new Error('secret of the table');
    const failing = await startTestApp({
      beside: app,
      overrides: {
        syncStore: { changed: () => Promise.reject(thrown), current: () => Promise.reject(thrown) },
        logger: createLogger({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) }),
      },
    });
    const socket = await connected(failing, newUser());
    socket.send(subscribeMessage('1'));
    const { payload } = await socket.next();
    expect(payload.errors).toMatchObject([{ message: 'An unexpected error occurred' }]);
    expect(payload.errors[0].extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) });
    const { requestId } = payload.errors[0].extensions;
    expect(lines.filter((line) => line.includes(thrown.message) && line.includes(requestId))).toHaveLength(1);
    socket.socket.terminate();
    await failing.close();
  });

  it('leaves no token, place, document or word of a task in the log', () => {
    expect(lines.filter((line) => /Bearer|eyJ|marmalade|large|taskChanged\(|xxx/.test(line))).toEqual([]);
  });
});

it('a server that closes ends its WebSockets with 1012 and its streams without their completion, in time', async () => {
  const logged: string[] = [];
  const logger = createLogger({ level: 'info', format: 'json' }, { write: (line) => void logged.push(line) });
  const closing = await startTestApp({ beside: app, overrides: { logger, liveTiming: TIMING } });
  const user = newUser();
  const [idle, active] = [await connected(closing, user), await connected(closing, user)];
  active.send(subscribeMessage('1'));
  const deaf = await connected(closing, user);
  deaf.socket.pause();
  const stream = await fetch(`${closing.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...(await closing.credentials(user)) },
    body: JSON.stringify({ query: 'subscription { taskChanged { type } }' }),
  });
  const closed = closing.close();
  expect(await idle.closed).toMatchObject({ code: 1012 });
  expect(await active.closed).toMatchObject({ code: 1012 });
  expect(await stream.text()).not.toContain('complete');
  await closed;
  const step = logged.map((line) => JSON.parse(line)).find((line) => line.step === 'live connections');
  expect(step.milliseconds).toBeLessThan(TIMING.drain + TIMING.farewell + 1000);
  deaf.socket.terminate();
});
