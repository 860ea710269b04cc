import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectedActor } from '../../src/core/actor.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const MAXIMUM = 3;
const ORIGIN = 'https://app.example.com';
const ACTOR: ConnectedActor = {
  userId: 'ann',
  email: null,
  name: null,
  issuedAt: 0,
  expiresAt: Number.POSITIVE_INFINITY,
};

/** Who sends this user is held until the test lets everybody go on. */
let entered: (() => void)[] = [];
let gate = Promise.withResolvers<void>();

let app: TestApp;
beforeAll(async () => {
  const authenticate = async () => {
    entered.shift()?.();
    await gate.promise;
    return ACTOR;
  };
  const authenticator = { authenticate, authenticateConnection: () => Promise.reject(new Error('not used here')) };
  const environment = { MAX_CONCURRENT_REQUESTS: String(MAXIMUM), CORS_ORIGINS: ORIGIN };
  app = await startTestApp({ environment, overrides: { authenticator } });
});
afterAll(() => app.close());

const headers = { 'content-type': 'application/json', origin: ORIGIN };
const ask = (path: string) => fetch(app.url + path, { headers });
const operate = (accept = 'application/json') =>
  fetch(`${app.url}/graphql`, { method: 'POST', headers: { ...headers, accept }, body: '{"query":"{viewer{id}}"}' });

/** As many requests as may be under way, all of them waiting. */
let waiting: Promise<Response>[] = [];
beforeEach(async () => {
  gate = Promise.withResolvers();
  const allEntered = Array.from({ length: MAXIMUM }, () => Promise.withResolvers<void>());
  entered = allEntered.map(({ resolve }) => resolve);
  waiting = [ask('/api/tasks'), operate(), ask('/api/auth/me')];
  await Promise.all(allEntered.map(({ promise }) => promise));
});
afterEach(async () => {
  gate.resolve();
  await Promise.all(waiting.map(async (response) => (await response).arrayBuffer()));
});

describe('a server with all the requests under way that it may have', () => {
  it('refuses another one of REST with a problem document', async () => {
    const response = await ask('/api/tasks');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toMatchObject({
      status: 503,
      code: 'SERVICE_UNAVAILABLE',
      retryAfter: 1,
      requestId: response.headers.get('x-request-id'),
    });
  });

  it.each(['application/json', 'application/graphql-response+json'])(
    'refuses another operation in the form of GraphQL, as %s',
    async (type) => {
      const response = await operate(type);
      expect(response.status).toBe(503);
      expect(response.headers.get('content-type')).toMatch(type);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', requestId: response.headers.get('x-request-id') } }],
      });
    },
  );

  it.each(['/api/tasks', '/graphql', '/api/docs', '/no/such/route'])(
    'says at %s when to try again, and lets pages of allowed origins read it',
    async (path) => {
      const response = await ask(path);
      await response.arrayBuffer();
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each(['/health/live', '/health/ready', '/metrics', '/health/live?probe=1'])('still answers %s', async (path) => {
    const response = await ask(path);
    await response.arrayBuffer();
    expect(response.status).toBe(200);
  });

  it('answers those under way', async () => {
    await (await ask('/api/tasks')).arrayBuffer();
    gate.resolve();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('takes new ones as soon as one of them has ended', async () => {
    gate.resolve();
    await Promise.all(waiting.map(async (response) => (await response).arrayBuffer()));
    waiting = [];
    expect((await ask('/api/tasks')).status).toBe(200);
  });

  it('is not kept busy by those it has refused', async () => {
    await Promise.all(Array.from({ length: 50 }, async () => (await ask('/api/tasks')).arrayBuffer()));
    gate.resolve();
    await Promise.all(waiting);
    expect((await operate()).status).toBe(200);
  });
});
