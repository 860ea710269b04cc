import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { rawRequest } from '../support/raw-request.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function requestId(sent: string | undefined, path = '/health/live'): Promise<string | null> {
  const headers = sent === undefined ? {} : { 'x-request-id': sent };
  const response = await fetch(app.url + path, { headers });
  await response.arrayBuffer();
  return response.headers.get('x-request-id');
}

describe('the id of a request', () => {
  it.each([
    ...['1', 'abc-DEF_123', 'a.b:c/d+e=', '0af7651916cd43dd8448eb211c80319c', '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
    'x'.repeat(128),
  ])("is the client's when it is sane, such as %s", async (id) => {
    for (const path of ['/graphql', '/api/tasks', '/health/live', '/no/such/route']) {
      expect(await requestId(id, path)).toBe(id);
    }
  });

  it.each([
    ...['', 'x'.repeat(129), 'a b', '<script>', '"quoted"', "it's", '{"json":1}', 'a;b', 'a,b', '{jndi:ldap://x}', 'ä'],
    ...['%0d%0aset-cookie:a', '~[31m', 'a\tb', '\\n'],
  ])('is a new one when the client sent %j', async (id) => {
    expect(await requestId(id)).toMatch(UUID);
  });

  it('is a new one each time when the client sent none', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => requestId(undefined)));
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(10);
  });

  it('stands in the errors of both APIs', async () => {
    const headers = { 'x-request-id': 'my-request' };
    expect((await app.rest(undefined, 'GET', '/api/tasks', undefined, headers)).body.requestId).toBe('my-request');
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { requestId: 'my-request' } }] });
    const options = {
      method: 'POST',
      headers: { ...headers, ...(await app.credentials('ann')), 'content-type': 'application/json' },
    };
    const unknown = await fetch(`${app.url}/graphql`, { ...options, body: '{"query":"{ nothing }"}' });
    expect(await unknown.json()).toMatchObject({ errors: [{ extensions: { requestId: 'my-request' } }] });
  });

  it('is a new one when the client sent several', async () => {
    const answer = await rawRequest(app.url, ['GET /health/live HTTP/1.1', 'x-request-id: one', 'X-Request-ID: two']);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(/^x-request-id: (.*)\r$/im.exec(answer)?.[1]).toMatch(UUID);
  });

  it.each([
    ['CR LF', 'x-request-id: a\r\nset-cookie: b=c'],
    ['a lone LF', 'x-request-id: a\nset-cookie: b=c'],
    ['a lone CR', 'x-request-id: a\rset-cookie: b=c'],
    ['NUL', 'x-request-id: a\0set-cookie: b=c'],
    ['a folded line', 'x-request-id: a\r\n set-cookie: b=c'],
  ])('cannot bring a header into the answer by %s', async (_name, line) => {
    const answer = await rawRequest(app.url, ['GET /health/live HTTP/1.1', line]);
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400) /);
    expect(answer).not.toMatch(/^\s*set-cookie/im);
  });

  it('does not break out of the JSON of an error', async () => {
    const answer = await rawRequest(app.url, ['GET /api/tasks HTTP/1.1', 'x-request-id: a","code":"OK']);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { code: string; requestId: string };
    expect(body).toMatchObject({ code: 'UNAUTHENTICATED', requestId: expect.stringMatching(UUID) });
  });
});
