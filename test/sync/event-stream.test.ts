import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createLogger } from '../../src/core/logger.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { becomes, gauge, nothingIsLeft } from './support/gauges.ts';
import { writeLargeTasks } from './support/large-tasks.ts';

const ORIGIN = 'https://todo.example';
const QUERY = 'subscription Follow($since: String) { taskChanged(since: $since) { type syncToken task { title } } }';

let app: TestApp;
const lines: string[] = [];
beforeAll(async () => {
  const environment = {
    CORS_ORIGINS: ORIGIN,
    MAX_SUBSCRIPTIONS_PER_USER: '2',
    MAX_CONCURRENT_REQUESTS: '3',
    GRAPHQL_BATCH_LIMIT: '2',
    SLOW_REQUEST_MS: '500',
  };
  const logger = createLogger({ level: 'trace', format: 'json' }, { write: (line) => void lines.push(line) });
  const liveTiming = { tick: 25, ping: 100, patience: 2000, farewell: 200 };
  app = await startTestApp({ environment, overrides: { logger, liveTiming } });
});
afterAll(() => app.close());

const tokenOf = async (user: string): Promise<string> =>
  (await app.graphql(user, '{ taskSync { syncToken } }')).data.taskSync.syncToken;
const create = (user: string, title: string, description?: string) =>
  app.rest(user, 'POST', '/api/tasks', { title, description });

/** An answer as it comes, and a way to leave it. */
interface Stream {
  response: Response;
  /** Resolves with what has come so far, once it holds this text. */
  until(text: string): Promise<string>;
  rest(): Promise<string>;
  leave(): Promise<void>;
}

type Ask = (user: string, options?: { since?: string; headers?: Record<string, string> }) => Promise<Stream>;

async function read(path: string, init: RequestInit): Promise<Stream> {
  const leaving = new AbortController();
  const response = await fetch(`${app.url}${path}`, { ...init, signal: leaving.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const more = async () => {
    const { value, done } = await reader.read();
    text += value ?? '';
    return !done;
  };
  return {
    response,
    async until(wanted) {
      while (!text.includes(wanted)) if (!(await more())) throw new Error(`it has ended: ${text}`);
      return text;
    },
    async rest() {
      while (await more());
      return text;
    },
    async leave() {
      leaving.abort();
    },
  };
}

const askRest: Ask = async (user, { since, headers = {} } = {}) =>
  read(`/api/tasks/events${since === undefined ? '' : `?since=${since}`}`, {
    headers: { ...(await app.credentials(user)), ...headers },
  });
const askGraphQL: Ask = async (user, { since, headers = {} } = {}) =>
  read('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(await app.credentials(user)),
      ...headers,
    },
    body: JSON.stringify({ query: QUERY, variables: { since } }),
  });
const APIS: [string, Ask][] = [
  ['REST', askRest],
  ['GraphQL', askGraphQL],
];

/** A client that asks for a stream and reads what comes only when it is told to. */
async function rawStream(user: string, since: string): Promise<Socket> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.on('error', () => {});
  const { authorization } = await app.credentials(user);
  socket.write(`GET /api/tasks/events?since=${since} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  return socket;
}

describe.each(APIS)('an event stream of %s', (_api, ask) => {
  it('tells changes from a place on, shows that it lives, and leaves nothing when its client goes', async () => {
    const user = newUser();
    const since = await tokenOf(user);
    await create(user, 'milk');
    const stream = await ask(user, { since, headers: { origin: ORIGIN } });
    expect(stream.response.status).toBe(200);
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': expect.stringContaining('no-store'),
      'access-control-allow-origin': ORIGIN,
      'x-request-id': expect.any(String),
    });
    await stream.until('milk');
    await stream.until('\n\n:\n\n');
    await stream.leave();
    await nothingIsLeft(app);
  });

  it('is an ordinary answer when it is refused', async () => {
    const user = newUser();
    const unknown = await ask(user, { headers: { authorization: 'Bearer a.b.c' } });
    expect(unknown.response.status).toBe(401);
    expect(unknown.response.headers.get('content-type')).toMatch(/json/);
    expect(unknown.response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const streams = [await ask(user), await ask(user)];
    const third = await ask(user);
    expect(await third.rest()).toContain('RATE_LIMITED');
    for (const stream of streams) await stream.leave();
    await nothingIsLeft(app);
  });

  it('ends with its token', async () => {
    const user = newUser();
    const token = await signToken({ userId: user, lifetime: 1 }, TEST_SECRET, systemClock);
    const stream = await ask(user, { headers: { authorization: `Bearer ${token}` } });
    const text = await stream.rest();
    expect(text).toMatch(/^(:|event: (next|end))/);
    expect(text).toContain('UNAUTHENTICATED');
    expect(text).not.toContain('event: complete');
  });

  it('ends when the tokens of its user are revoked', async () => {
    const user = newUser();
    const stream = await ask(user);
    await becomes(() => gauge(app, 'subscriptions'), 1);
    await app.graphql(user, 'mutation { revokeTokens { revoked } }');
    expect(await stream.rest()).toContain('UNAUTHENTICATED');
    await nothingIsLeft(app);
  });

  it('is no request in progress, and none that was slow', async () => {
    const streams: Stream[] = [];
    for (let number = 1; number <= 4; number++) streams.push(await ask(newUser()));
    expect((await app.rest(newUser(), 'GET', '/api/tasks')).status).toBe(200);
    for (const stream of streams) await stream.until(':\n\n');
    for (const stream of streams) await stream.leave();
    await nothingIsLeft(app);
    expect(lines.filter((line) => line.includes('slow request') && line.includes('openSeconds'))).toEqual([]);
  });
});

describe('an event stream', () => {
  it('begins at Last-Event-ID, before what the URL says', async () => {
    const user = newUser();
    const first = await tokenOf(user);
    await create(user, 'milk');
    const second = await tokenOf(user);
    await create(user, 'bread');
    const stream = await askRest(user, { since: first, headers: { 'last-event-id': second } });
    expect(await stream.until('bread')).not.toContain('milk');
    await stream.leave();
  });

  it.each([
    ['HEAD', '/api/tasks/events', undefined, [400, 404, 405]],
    ['HEAD', '/graphql', undefined, [400, 405]],
    ['POST', '/graphql', JSON.stringify([{ query: QUERY }]), [400]],
    ['POST', '/graphql', JSON.stringify({ query: '{ viewer { id } }' }), [400]],
    ['POST', '/graphql', 'null', [400]],
  ])('is not what %s %s is answered with, %j', async (method, path, body, statuses) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(await app.credentials(newUser())),
    };
    const response = await fetch(`${app.url}${path}`, { method, headers, ...(body ? { body } : {}) });
    expect(statuses).toContain(response.status);
    expect(response.headers.get('content-type') ?? 'json').toMatch(/json/);
    await response.text();
  });

  it('is what a subscription gets from who accepts both, and a query its JSON', async () => {
    const user = newUser();
    const headers = { accept: 'application/json, text/event-stream' };
    const stream = await askGraphQL(user, { headers });
    expect(stream.response.headers.get('content-type')).toMatch(/event-stream/);
    await stream.leave();
    const body = JSON.stringify({ query: '{ viewer { id } }' });
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', ...(await app.credentials(user)) },
      body,
    });
    expect(await response.json()).toEqual({ data: { viewer: { id: user } } });
    const { errors } = await app.graphql(user, QUERY);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is refused behind an answer that is not over', async () => {
    const user = newUser();
    const socket = await rawStream(user, await tokenOf(user));
    const { authorization } = await app.credentials(user);
    socket.write(`GET /api/tasks/events HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    await becomes(() => gauge(app, 'live_connections{transport="rest_sse"}'), 1);
    socket.destroy();
    await nothingIsLeft(app);
  });

  it('whose client goes in the middle of being let in leaves nothing', async () => {
    const user = newUser();
    const { authorization } = await app.credentials(user);
    for (let times = 0; times < 30; times++) {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(`GET /api/tasks/events HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`, () =>
        setTimeout(() => socket.resetAndDestroy(), times % 10),
      );
    }
    await nothingIsLeft(app);
  });

  it('whose client stops reading is cut off, and goes on from its place without a gap', async () => {
    const user = newUser();
    const since = await tokenOf(user);
    const socket = await rawStream(user, since);
    const titles = await writeLargeTasks(app, user);
    await becomes(() => gauge(app, 'live_connections_ended_total{transport="rest_sse",reason="slow"}'), 1);
    await nothingIsLeft(app);
    socket.destroy();
    const stream = await askRest(user, { since });
    const text = await stream.until(titles.at(-1)!);
    expect([...text.matchAll(/"title":"(large \d+)"/g)].map(([, title]) => title)).toEqual(titles);
    await stream.leave();
    await nothingIsLeft(app);
  }, 90_000);

  it('leaves no token, place or word of a task in the log', () => {
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => /Bearer|eyJ|since=|milk|bread|large|Follow\(/.test(line))).toEqual([]);
  });
});
