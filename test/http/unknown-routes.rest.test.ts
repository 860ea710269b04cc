import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { rawRequest } from '../support/raw-request.ts';

const LIMIT = 1024;
const JSON_TYPE = 'content-type: application/json';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { BODY_LIMIT: String(LIMIT) } });
});
afterAll(() => app.close());

/** Opens a connection, sends the text and answers what comes back first. */
async function firstAnswer(text: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [string];
  socket.destroy();
  return answer;
}

describe('a request for no route', () => {
  it.each([
    ['that is not JSON', '{'],
    ['of another type', 'title=a', 'text/plain'],
    ['that is larger than the limit', 'a'.repeat(LIMIT + 1)],
  ])('is answered as such with a body %s', async (_what, body, type = 'application/json') => {
    const lines = ['POST /nothing HTTP/1.1', `content-type: ${type}`, `content-length: ${body.length}`];
    const answer = await rawRequest(app.url, lines, body);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"NOT_FOUND"');
  });

  it.each([
    ['/nothing', [JSON_TYPE, `content-length: ${LIMIT}`]],
    ['/nothing', [JSON_TYPE, `content-length: ${LIMIT + 1}`]],
    ['/api/nothing', [JSON_TYPE, 'transfer-encoding: chunked']],
  ])('is answered before its body has come: %s, %j', async (path, lines) => {
    const answer = await firstAnswer([`POST ${path} HTTP/1.1`, 'host: localhost', ...lines, '', ''].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('leaves the connection usable for the request that follows its body', async () => {
    const lines = ['POST /nothing HTTP/1.1', 'host: localhost', JSON_TYPE, 'content-length: 1', ''];
    const answers = await rawRequest(app.url, [...lines, '{GET /health/live HTTP/1.1']);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it.each([
    ['larger than the limit', `content-length: ${LIMIT + 1}`],
    ['of unknown length', 'transfer-encoding: chunked'],
  ])('ends the connection instead of reading a body %s', async (_what, line) => {
    const lines = ['POST /nothing HTTP/1.1', 'host: localhost', JSON_TYPE, line, '', ''];
    expect(await firstAnswer(lines.join('\r\n'))).toMatch(/^connection: close\r$/im);
  });
});
