import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { rawRequest } from '../support/raw-request.ts';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** For browsers that know no policy, and against pages that would load an answer as an image or into a window. */
const ISOLATION = {
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};
const JSON_TYPE = { 'content-type': 'application/json' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { BODY_LIMIT: '1024' } });
});
afterAll(() => app.close());

async function ask(path: string, init: RequestInit = {}, user?: string): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), ...(await app.credentials(user)) };
  const response = await fetch(app.url + path, { ...init, headers });
  await response.arrayBuffer();
  return response;
}

/** Every kind of answer that holds data. */
const ANSWERS: [string, number, string, RequestInit, string | undefined][] = [
  ['a list', 200, '/api/tasks', {}, 'ann'],
  ['a new task', 201, '/api/tasks', { method: 'POST', headers: JSON_TYPE, body: '{"title":"a"}' }, 'ann'],
  ['nothing', 204, '/api/auth/revoke', { method: 'POST' }, 'bob'],
  ['a refused input', 400, '/api/tasks', { method: 'POST', headers: JSON_TYPE, body: '{}' }, 'ann'],
  ['a body that is no JSON', 400, '/api/tasks', { method: 'POST', headers: JSON_TYPE, body: '{' }, 'ann'],
  ['a missing token', 401, '/api/tasks', {}, undefined],
  ['an unknown route', 404, '/no/such/route', {}, undefined],
  ['a URL that is none', 404, '/api/%ff', {}, undefined],
  ['a large body', 413, '/api/tasks', { method: 'POST', headers: JSON_TYPE, body: ' '.repeat(2000) }, 'ann'],
  ['an operation', 200, '/graphql', { method: 'POST', headers: JSON_TYPE, body: '{"query":"{viewer{id}}"}' }, 'ann'],
  ['an unknown field', 400, '/graphql', { method: 'POST', headers: JSON_TYPE, body: '{"query":"{no}"}' }, 'ann'],
  ['an operation without token', 401, '/graphql', { method: 'POST', headers: JSON_TYPE, body: '{}' }, undefined],
  ['a large operation', 413, '/graphql', { method: 'POST', headers: JSON_TYPE, body: ' '.repeat(2000) }, 'ann'],
  ['a method that there is not', 405, '/graphql', { method: 'PUT' }, 'ann'],
  ['the way to the playground', 302, '/', { redirect: 'manual' }, undefined],
  ['the health', 200, '/health/ready', {}, undefined],
  ['the metrics', 200, '/metrics', {}, undefined],
  [
    'a preflight',
    204,
    '/graphql',
    { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST', origin: 'http://localhost' } },
    undefined,
  ],
];

describe('an answer with data', () => {
  it.each(ANSWERS)(
    '(%s, %d) can be neither guessed at, run, framed nor stored',
    async (_name, status, path, init, user) => {
      const response = await ask(path, init, user);
      expect(response.status).toBe(status);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': API_POLICY,
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        ...ISOLATION,
        'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
      });
    },
  );

  it.each(ANSWERS)('(%s, %d) says nothing of what the server is made of', async (_name, _status, path, init, user) => {
    const { headers } = await ask(path, init, user);
    for (const name of ['server', 'x-powered-by', 'via', 'x-runtime']) expect(headers.has(name)).toBe(false);
    const told = [...headers].filter(([name]) => !name.startsWith('access-control-'));
    expect(JSON.stringify(told)).not.toMatch(/fastify|apollo|express|node/i);
  });
});

describe('a task by its id', () => {
  it('may be kept by its user alone, who must ask again each time', async () => {
    const { body } = await app.rest('ann', 'POST', '/api/tasks', { title: 'a' });
    const { headers } = await ask(`/api/tasks/${body.id}`, {}, 'ann');
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });
});

describe('an answer to what is no HTTP', () => {
  it.each([
    ['a line that is none', ['nonsense']],
    ['too many headers', ['GET / HTTP/1.1', `x-long: ${'a'.repeat(20_000)}`]],
    ['an expectation that nobody knows', ['GET /api/tasks HTTP/1.1', 'expect: wonders']],
  ])('has the headers of any other: %s', async (_name, lines) => {
    const answer = await rawRequest(app.url, lines);
    for (const [name, value] of Object.entries({
      ...ISOLATION,
      'x-content-type-options': 'nosniff',
      'content-security-policy': API_POLICY,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })) {
      expect(answer).toContain(`\r\n${name}: ${value}\r\n`);
    }
    expect(answer).toMatch(/^x-request-id: [\w-]{36}\r$/im);
  });
});

describe('a file of a page', () => {
  it.each(['/api/docs/static/swagger-ui.css', '/api/docs/static/swagger-ui-bundle.js', '/api/openapi.json'])(
    '%s can be neither guessed at, framed nor embedded elsewhere',
    async (path) => {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        ...ISOLATION,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );
});

describe('a page', () => {
  it.each([
    ['/graphql', { accept: 'text/html' }],
    ['/api/docs', { accept: 'text/html' }],
  ])(
    'at %s loads nothing from elsewhere, runs nothing inline and stands in no frame',
    async (path, headers: Record<string, string>) => {
      const response = await ask(path, { headers });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(Object.fromEntries(response.headers)).toMatchObject(ISOLATION);
      const policy = response.headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
        expect(policy).toContain(part);
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|https?:|\*/);
    },
  );

  it('at /graphql has another nonce each time', async () => {
    const nonces = new Set<string | undefined>();
    for (let times = 0; times < 5; times++) {
      const { headers } = await ask('/graphql', { headers: { accept: 'text/html' } });
      nonces.add(/'nonce-([\w-]{20,})'/.exec(headers.get('content-security-policy') ?? '')?.[1]);
    }
    expect(nonces.has(undefined)).toBe(false);
    expect(nonces.size).toBe(5);
  });
});

describe('HTTPS', () => {
  it('is not asked for outside of production, where it would lock browsers out of localhost', async () => {
    expect((await ask('/health/live')).headers.has('strict-transport-security')).toBe(false);
  });

  it('is asked for in production', async () => {
    const production = await startTestApp({ environment: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
    const { headers } = await fetch(`${production.url}/health/live`);
    await production.close();
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000\b/);
  });
});
