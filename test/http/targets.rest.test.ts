import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { rawRequest } from '../support/raw-request.ts';

const OPERATION = '{"query":"{viewer{id}}"}';

let app: TestApp;
let taskId: string;
beforeAll(async () => {
  app = await startTestApp();
  taskId = (await app.rest('ann', 'POST', '/api/tasks', { title: 'a' })).body.id;
});
afterAll(() => app.close());

/** A request of somebody with a good token, by its very first line. */
async function ask(target: string, lines: string[] = [], body = ''): Promise<{ status: number; text: string }> {
  const authorization = `authorization: ${(await app.credentials('ann')).authorization}`;
  const length = body === '' ? [] : [`content-length: ${body.length}`, 'content-type: application/json'];
  const text = await rawRequest(app.url, [`${target} HTTP/1.1`, authorization, ...length, ...lines], body);
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]), text };
}

describe('a path', () => {
  it.each([
    ...['//graphql', '/graphql/../graphql', '/./graphql', '/graphql%2f', '/graphql%00', '/graphql;x', '/GRAPHQL'],
    ...['/%67raphql/x', '/graphql/x', '/graphql.json', '/graphqlx', '/api/../graphql', '/api/%2e%2e/graphql'],
  ])('that only resembles that of GraphQL leads nowhere: %s', async (path) => {
    expect(await ask(`POST ${path}`, [], OPERATION)).toMatchObject({ status: 404 });
  });

  it.each([
    ...['//api/tasks', '/api//tasks', '/api/./tasks', '/api/x/../tasks', '/api/%2e/tasks', '/api%2ftasks'],
    ...['/api/tasks%00', '/api/tasks;jsessionid=1', '/API/tasks', '/api/TASKS', '/graphql/../api/tasks', '/tasks'],
    ...['/api/docs/../../package.json', '/api/docs/..%2f..%2fpackage.json', '/api/docs/%2e%2e/%2e%2e/package.json'],
    ...['/api/docs/static/..%2f..%2fpackage.json', '/api/docs/static/%2e%2e/%2e%2e/package.json'],
    ...[
      '/api/docs/static/..%5c..%5cpackage.json',
      '/api/docs/static/%00',
      '/api/docs/static/.env',
      '/.env',
      '/.git/HEAD',
    ],
    ...['/graphql/playground/../../package.json', '/graphql/playground/..%2f..%2fpackage.json'],
  ])('that only resembles another one leads nowhere: %s', async (path) => {
    const { status, text } = await ask(`GET ${path}`);
    expect(status).toBe(404);
    expect(text).toContain('"NOT_FOUND"');
  });

  it.each(['%00', '..%2f..%2fetc%2fpasswd', "'%20or%201=1", '%F0%9F%98%80', '0', '-1', 'null', '[object Object]'])(
    'names no task by %s',
    async (id) => {
      expect([400, 404]).toContain((await ask(`GET /api/tasks/${id.replaceAll(' ', '%20')}`)).status);
    },
  );

  it.each(['/api/\\tasks', '/api/ tasks', '/api/\ttasks'])('that is none is no HTTP: %j', async (path) => {
    expect((await ask(`GET ${path}`)).status).toBeGreaterThanOrEqual(400);
  });

  it.each(['GET http://evil.example/api/tasks', 'GET HTTPS://evil.example:1/api/tasks?limit=1'])(
    'with a host before it is the same path: %s',
    async (target) => {
      expect((await ask(target)).status).toBe(200);
    },
  );

  it('with a host before it is the same path for GraphQL', async () => {
    const { status, text } = await ask('POST http://evil.example/graphql', [], OPERATION);
    expect(status).toBe(200);
    expect(text).toContain('{"data":{"viewer":{"id":"ann"}}}');
    expect(text).not.toContain('evil.example');
  });
});

describe('a method', () => {
  it.each(['TRACE', 'PROPFIND', 'LINK', 'PURGE', 'MKCOL', 'SEARCH', 'PUT', 'OPTIONS'])(
    'that a route does not have is answered as a route that does not exist: %s',
    async (method) => {
      expect((await ask(`${method} /api/tasks`)).status).toBe(404);
    },
  );

  it.each(['TRACE', 'PROPFIND', 'PURGE', 'QUERY', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
    'that GraphQL does not have is refused: %s',
    async (method) => {
      expect((await ask(`${method} /graphql?query={viewer{id}}`)).status).toBe(405);
    },
  );

  it.each(['TRACE /api/tasks', 'TRACE /graphql', 'TRACE /'])('echoes nothing of the request: %s', async (target) => {
    const { text } = await ask(target, ['x-secret: echoed']);
    expect(text).not.toMatch(/echoed|Bearer ey/);
  });

  it.each(['FOO', 'get', 'G3T', 'GETS', 'GET\0'])('that HTTP does not know is no HTTP: %j', async (method) => {
    expect((await ask(`${method} /api/tasks`)).status).toBe(400);
  });

  it('CONNECT opens no tunnel', async () => {
    expect((await ask('CONNECT evil.example:443')).text).toBe('');
  });

  it.each(['x-http-method-override', 'x-http-method', 'x-method-override', '_method'])(
    'is not changed by the header %s',
    async (name) => {
      for (const target of [
        `GET /api/tasks/${taskId}`,
        `POST /api/tasks/${taskId}`,
        `GET /api/tasks/${taskId}?_method=DELETE`,
      ]) {
        await ask(target, [`${name}: DELETE`], target.startsWith('POST') ? '{}' : '');
      }
      expect((await app.rest('ann', 'GET', `/api/tasks/${taskId}`)).status).toBe(200);
    },
  );
});

describe('headers', () => {
  it.each([
    ['one of 20,000 bytes', [`x-long: ${'a'.repeat(20_000)}`]],
    ['10,000 of them', Array.from({ length: 10_000 }, (_, index) => `x-${index}: 1`)],
  ])('beyond 16 KiB are refused: %s', async (_name, lines) => {
    const { status, text } = await ask('GET /api/tasks', lines);
    expect(status).toBe(431);
    expect(text).not.toMatch(/aaa|x-1:/);
  });

  it('that name another host, scheme or path change nothing of the answer', async () => {
    const misleading = ['x-forwarded-host: evil.example', 'x-forwarded-proto: gopher', 'x-original-url: /metrics'];
    const { status, text } = await ask('GET /api/tasks?limit=1', [...misleading, 'x-rewrite-url: /metrics']);
    expect(status).toBe(200);
    expect(text).not.toMatch(/evil\.example|gopher|process_cpu/);
  });

  it.each([
    ['two lengths', ['content-length: 3', 'content-length: 4']],
    ['a length and chunks', ['content-length: 3', 'transfer-encoding: chunked']],
    ['chunks by another name', ['transfer-encoding: xchunked', 'content-length: 3']],
    ['a length that is no number', ['content-length: 3x']],
    ['a negative length', ['content-length: -1']],
    ['white space before the colon', ['content-length : 3']],
  ])('about the length that proxies could read otherwise are refused: %s', async (_name, lines) => {
    for (const path of ['/api/tasks', '/graphql']) {
      expect((await ask(`POST ${path}`, ['content-type: application/json', ...lines])).status).toBe(400);
    }
  });

  it.each(['h2c', 'websocket', 'TLS/1.0'])('that ask for another protocol are passed over: %s', async (protocol) => {
    expect((await ask('GET /api/tasks', [`upgrade: ${protocol}`])).status).toBe(200);
  });

  it('that expect what nobody knows get an answer like any other', async () => {
    const { status, text } = await ask('GET /api/tasks', ['expect: the-unexpected']);
    expect(status).toBe(200);
    expect(text).toMatch(/^x-request-id: /im);
  });
});
