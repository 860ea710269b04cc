import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let id: string;
beforeAll(async () => {
  app = await startTestApp();
  id = (await app.rest('ann', 'POST', '/api/tasks', { title: 'one' })).body.id;
});
afterAll(() => app.close());

const JSON_TYPE = { 'content-type': 'application/json' };

it('takes a content type without a body for no body', async () => {
  expect((await app.rest('ann', 'PATCH', `/api/tasks/${id}/toggle`, undefined, JSON_TYPE)).status).toBe(200);
  expect((await app.rest('ann', 'POST', '/api/auth/revoke', undefined, JSON_TYPE)).status).toBe(204);
});

it('says what a creation without a body lacks', async () => {
  const { status, body } = await app.rest('bob', 'POST', '/api/tasks', undefined, JSON_TYPE);
  expect({ status, code: body.code }).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
});

it('answers 412 to an entity tag that no task ever has', async () => {
  const task = (await app.rest('bob', 'POST', '/api/tasks', { title: 'two' })).body;
  for (const tag of [
    '"0"',
    '"999999999"',
    '"abc"',
    'W/"1"',
    Array.from({ length: 50 }, (_, i) => `"${i + 2}"`).join(', '),
  ]) {
    expect((await app.rest('bob', 'PUT', `/api/tasks/${task.id}`, { title: 'x' }, { 'if-match': tag })).status).toBe(
      412,
    );
  }
});

it('keeps a question mark of the search in the links to other pages', async () => {
  for (const title of ['why?', 'why? again']) await app.rest('cy', 'POST', '/api/tasks', { title });
  const { headers } = await app.rest('cy', 'GET', '/api/tasks?search=why?&limit=1&sort=title');
  expect(headers.get('link')).toContain('</api/tasks?search=why%3F&limit=1&sort=title&page=2>; rel="next"');
});

it('composes characters that stand together once control characters are gone', async () => {
  const { body } = await app.rest('bob', 'POST', '/api/tasks', { title: 'e\u0001\u0301' });
  expect(body.title).toBe('\u00e9');
});

it('refuses a body that is not UTF-8 in both APIs', async () => {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${await app.token('bob')}` };
  const body = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff, 0xed, 0xa0, 0x80]), Buffer.from('"}')]);
  for (const path of ['/api/tasks', '/graphql']) {
    expect((await fetch(`${app.url}${path}`, { method: 'POST', headers, body })).status).toBe(400);
  }
});

it('answers what is no HTTP with a problem document and a request id', async () => {
  const { port, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write('GARBAGE\r\n\r\n');
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toMatch(/\r\nx-request-id: [\w-]{36}\r\n/);
  expect(answer).toContain('"code":"BAD_USER_INPUT"');
});
