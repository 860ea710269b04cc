import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { originPolicy } from '../../src/http/cors.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const ALLOWED = 'https://app.example.com';
const ALSO_ALLOWED = 'http://localhost:5173';
const PATHS = ['/graphql', '/api/tasks', '/health/live', '/no/such/route'];

/** Origins that resemble an allowed one. */
const FOREIGN = [
  ...['https://app.example.com.evil.com', 'https://evil-app.example.com', 'https://evil.com/https://app.example.com'],
  ...['http://app.example.com', 'https://app.example.com:8443', 'https://app.example.co', 'https://example.com'],
  ...['https://sub.app.example.com', 'https://app.example.com/', 'https://APP.example.com', 'https://appXexample.com'],
  ...['http://localhost:5174', 'http://localhost', 'null', '*', 'https://app.example.com, https://evil.com'],
];

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { CORS_ORIGINS: `${ALLOWED},${ALSO_ALLOWED}` } });
});
afterAll(() => app.close());

async function ask(origin: string | undefined, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(app.url + path, { method, headers: { ...(origin ? { origin } : {}), ...headers } });
  await response.arrayBuffer();
  return response;
}

function preflight(origin: string, path: string): Promise<Response> {
  const wanted = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  return ask(origin, path, wanted, 'OPTIONS');
}

function corsHeaders(response: Response): string[] {
  return [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
}

describe('a page of an allowed origin', () => {
  it.each(PATHS)('may read every answer of %s, errors too', async (path) => {
    for (const origin of [ALLOWED, ALSO_ALLOWED]) {
      const { headers } = await ask(origin, path);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('vary')).toMatch(/\borigin\b/i);
    }
  });

  it.each(PATHS)(
    'may send its token and JSON to %s, as the preflight says without being asked for a token',
    async (path) => {
      const { status, headers } = await preflight(ALLOWED, path);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
      expect(headers.get('vary')).toMatch(/\borigin\b/i);
      const methods = headers.get('access-control-allow-methods')?.split(', ');
      expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']));
      const allowed = headers.get('access-control-allow-headers')?.split(', ');
      expect(allowed).toEqual(
        expect.arrayContaining([
          ...['authorization', 'content-type', 'if-match', 'if-none-match', 'idempotency-key', 'last-event-id'],
        ]),
      );
      expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0);
    },
  );

  it('may read the headers that the contract names', async () => {
    const exposed = (await ask(ALLOWED, '/api/tasks')).headers.get('access-control-expose-headers')?.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining([
        'etag',
        'link',
        'location',
        'retry-after',
        'undo-token',
        'www-authenticate',
        'x-request-id',
        'ratelimit',
      ]),
    );
  });

  it('never gets cookies or other credentials of the browser allowed', async () => {
    for (const path of [...PATHS, '/api/auth/me', '/api/auth/sign-in/email']) {
      for (const response of [await ask(ALLOWED, path), await preflight(ALLOWED, path)]) {
        expect(response.headers.has('access-control-allow-credentials')).toBe(false);
      }
    }
  });

  it('may read the answer to an operation', async () => {
    const headers = { 'content-type': 'application/json', origin: ALLOWED, ...(await app.credentials('ann')) };
    const body = JSON.stringify({ query: '{ viewer { id } }' });
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
    expect(await response.json()).toEqual({ data: { viewer: { id: 'ann' } } });
    expect(response.headers.get('access-control-allow-origin')).toBe(ALLOWED);
  });
});

describe('a page of an allowed origin, where the server has sessions of its own', () => {
  it('may send its cookies to them, and nowhere else', async () => {
    const embedded = await startTestApp({ environment: { CORS_ORIGINS: ALLOWED, AUTH_EMBEDDED: 'true' } });
    const credentials = async (path: string, origin: string) => {
      const response = await fetch(embedded.url + path, { headers: { origin } });
      await response.arrayBuffer();
      return response.headers.get('access-control-allow-credentials');
    };
    const allowed = [];
    for (const path of ['/api/auth/get-session', ...PATHS, '/api/authors'])
      allowed.push(await credentials(path, ALLOWED));
    const foreign = await credentials('/api/auth/get-session', 'https://evil.example');
    await embedded.close();
    expect(allowed).toEqual(['true', ...PATHS.map(() => null), null]);
    expect(foreign).toBeNull();
  });
});

describe('a page of another origin', () => {
  it.each(FOREIGN)('such as %s is told nothing', async (origin) => {
    for (const path of PATHS) {
      const response = await ask(origin, path);
      expect(corsHeaders(response)).toEqual([]);
      expect(response.headers.get('vary')).toMatch(/\borigin\b/i);
    }
  });

  it.each(FOREIGN)('such as %s gets a preflight that allows nothing', async (origin) => {
    const response = await preflight(origin, '/graphql');
    expect(corsHeaders(response)).toEqual([]);
    expect(await response.text()).toBe('');
  });
});

it('nobody who is no browser sees any of it', async () => {
  for (const path of PATHS) expect(corsHeaders(await ask(undefined, path))).toEqual([]);
});

it('an OPTIONS request that is no preflight is answered as any other route', async () => {
  expect((await ask(ALLOWED, '/no/such/route', {}, 'OPTIONS')).status).toBe(404);
});

describe('without a list of origins', () => {
  const isAllowed = originPolicy(undefined);

  it.each([
    ...['http://localhost', 'https://localhost', 'http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:8080'],
  ])('%s is allowed in development', (origin) => {
    expect(isAllowed(origin)).toBe(true);
  });

  it.each([
    ...['http://localhost.evil.com', 'http://evil-localhost', 'http://evil.com/localhost', 'http://localhost@evil.com'],
    ...['http://localhost:3000.evil.com', 'http://localhost:3000/', 'http://localhost:', 'http://localhost:123456'],
    ...['http://127.0.0.1.evil.com', 'http://127.0.0.11', 'http://192.168.0.1', 'http://0.0.0.0', 'http://[::2]'],
    ...['file://localhost', 'null', '', 'localhost', 'http://localhost:3000\nhttp://evil.com', 'https://example.com'],
  ])('%j is not, not even in development', (origin) => {
    expect(isAllowed(origin)).toBe(false);
  });

  it('nobody is allowed when the list is empty, as in production', () => {
    const none = originPolicy([]);
    for (const origin of ['http://localhost', ALLOWED, 'null', '', '*']) expect(none(origin)).toBe(false);
  });
});
