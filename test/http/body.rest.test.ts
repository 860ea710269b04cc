import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { rawRequest } from '../support/raw-request.ts';

const LIMIT = 4096;
const JSON_TYPE = { 'content-type': 'application/json' };

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { BODY_LIMIT: String(LIMIT) } });
});
afterAll(() => app.close());

interface Refused {
  status: number;
  code: string;
  limit: number | undefined;
  text: string;
}

/** How either API puts it. */
function refusedBy(status: number, text: string): Refused {
  const body = JSON.parse(text) as {
    errors?: { extensions: { code: string; limit?: number } }[];
    code: string;
    limit?: number;
  };
  const { code, limit } = body.errors?.[0]?.extensions ?? body;
  return { status, code, limit, text };
}

async function send(
  target: string,
  body: string | Buffer,
  headers: Record<string, string> = JSON_TYPE,
): Promise<Refused> {
  const response = await fetch(app.url + target, {
    method: 'POST',
    headers: { ...(await app.credentials('ann')), ...headers },
    body: body as string,
  });
  return refusedBy(response.status, await response.text());
}

/** A body that works, padded by white space to so many bytes. */
function bodyOf(path: string, bytes: number): string {
  return (path === '/graphql' ? '{"query":"{viewer{id}}"}' : '{"title":"a"}').padEnd(bytes, ' ');
}

describe.each(['/graphql', '/api/tasks'])('a body for %s', (path) => {
  const authenticated = async () => `authorization: ${(await app.credentials('ann')).authorization}`;
  const head = async (...lines: string[]) => [`POST ${path} HTTP/1.1`, ...lines, await authenticated()];

  it('may have as many bytes as the limit says', async () => {
    expect((await send(path, bodyOf(path, LIMIT))).status).toBe(path === '/graphql' ? 200 : 201);
  });

  it('with one byte more is too large, and the connection ends', async () => {
    const lines = await head('content-type: application/json', `content-length: ${LIMIT + 1}`);
    const answer = await rawRequest(app.url, lines, bodyOf(path, LIMIT + 1));
    const [headers = '', text = ''] = answer.split('\r\n\r\n');
    expect(headers).toMatch(/^HTTP\/1\.1 413 /);
    expect(headers).toMatch(/^connection: close\r?$/im);
    expect(refusedBy(413, text)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', limit: LIMIT });
  });

  it('that says itself that it is too large is refused before it comes', async () => {
    const lines = await head('content-type: application/json', 'content-length: 1000000000');
    expect(await rawRequest(app.url, lines)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('that does not say its length is refused where it passes the limit', async () => {
    const lines = await head('content-type: application/json', 'transfer-encoding: chunked');
    // No end: the server must not wait for it.
    const chunk = `1000\r\n${' '.repeat(0x1000)}\r\n`;
    const answer = await rawRequest(app.url, lines, chunk + chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('PAYLOAD_TOO_LARGE');
  });

  it('is counted in bytes, not in characters', async () => {
    const body =
      path === '/graphql' ? { query: `{viewer{id}} # ${'ä'.repeat(LIMIT / 2)}` } : { title: 'ä'.repeat(LIMIT / 2) };
    expect(await send(path, JSON.stringify(body))).toMatchObject({ status: 413 });
  });

  it.each(['{', '{"a":', '{"a":1}}', '{a:1}', "{'a':1}", '[1,]', 'undefined', 'NaN', '{"a":1} x', '\u0000', '"\n"'])(
    'that is not JSON is refused: %j',
    async (text) => {
      const refused = await send(path, text);
      expect(refused).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect(refused.text).toContain('The body is not valid JSON');
    },
  );

  it('that is empty is refused', async () => {
    expect(await send(path, '')).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(await send(path, ' \n')).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect((await rawRequest(app.url, await head('content-length: 0'))).slice(0, 12)).toBe('HTTP/1.1 400');
  });

  it.each(['null', '5', '"text"', 'true', '[]', '[1]', '{}', '{"query":{}}'])(
    'of another shape is refused: %s',
    async (text) => {
      expect(await send(path, text)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    },
  );

  it.each([
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'json',
    ],
    ...['application/json; charset=utf-16', 'application/json; charset=utf-7', 'application/json; charset=latin1'],
    ...['application/json; charset=utf-8; charset=utf-16', 'application/json, text/plain', 'application/json;x=y'],
    ...['application/jsonp', 'application/json-seq', 'text/json', 'application/octet-stream', '*/*', ''],
  ])('of the type "%s" is refused, though it holds JSON', async (type) => {
    const refused = await send(path, bodyOf(path, 30), { 'content-type': type });
    expect(refused).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset="UTF-8"'])(
    'of the type %s is read',
    async (type) => {
      expect((await send(path, bodyOf(path, 30), { 'content-type': type })).status).toBeLessThan(300);
    },
  );

  it.each([
    ['an overlong form', [0xc0, 0xa2]],
    ['half of a character', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['another encoding', [0xff, 0xfe]],
  ])('that is not UTF-8 is refused: %s', async (_name, bytes) => {
    const [before, after] = path === '/graphql' ? ['{"query":"{viewer{id}} #', '"}'] : ['{"title":"a', '"}'];
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
    expect(await send(path, body)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  it.each(['gzip', 'deflate', 'br', 'GZIP', 'gzip, identity', 'x-gzip'])(
    'that is compressed (%s) is refused',
    async (encoding) => {
      const bytes = gzipSync(bodyOf(path, 30));
      const refused = await send(path, bytes, { ...JSON_TYPE, 'content-encoding': encoding });
      expect(refused).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    },
  );

  it('with a key called __proto__ changes no object of the server', async () => {
    const pollution = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    await send(path, `{"title":"a",${pollution},"query":"{viewer{id}}","variables":{${pollution}}}`);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('a body that is 5,000 levels deep', () => {
  const lists = '['.repeat(5000) + ']'.repeat(5000);
  const objects = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  let roomy: TestApp;
  beforeAll(async () => {
    roomy = await startTestApp();
  });
  afterAll(() => roomy.close());

  it.each([
    ['/api/tasks', lists],
    ['/api/tasks', objects],
    ['/api/tasks', `{"title":${lists}}`],
    ['/api/tasks', `{"title":"a","description":${objects}}`],
    ['/graphql', lists],
    ['/graphql', objects],
    ['/graphql', `{"query":"query($id:ID!){task(id:$id){id}}","variables":{"id":${objects}}}`],
    ['/graphql', `{"query":"query($input:CreateTaskInput!){task(id:1){id}}","variables":{"input":${objects}}}`],
  ])('is refused at %s like any other that does not fit', async (path, body) => {
    const headers = { ...JSON_TYPE, ...(await roomy.credentials('ann')) };
    const response = await fetch(roomy.url + path, { method: 'POST', headers, body });
    expect(refusedBy(response.status, await response.text())).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });
});

describe('a request for no route', () => {
  const JSON_LINE = 'content-type: application/json';

  /** Opens a connection, sends the text and answers what comes back first. */
  async function firstAnswer(text: string): Promise<string> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname).setEncoding('latin1');
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [string];
    socket.destroy();
    return answer;
  }

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
    ['/nothing', [JSON_LINE, `content-length: ${LIMIT}`]],
    ['/nothing', [JSON_LINE, `content-length: ${LIMIT + 1}`]],
    ['/api/nothing', [JSON_LINE, 'transfer-encoding: chunked']],
  ])('is answered before its body has come: %s, %j', async (path, lines) => {
    const answer = await firstAnswer([`POST ${path} HTTP/1.1`, 'host: localhost', ...lines, '', ''].join('\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('leaves the connection usable for the request that follows its body', async () => {
    const lines = ['POST /nothing HTTP/1.1', 'host: localhost', JSON_LINE, 'content-length: 1', ''];
    const answers = await rawRequest(app.url, [...lines, '{GET /health/live HTTP/1.1']);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it.each([
    ['larger than the limit', `content-length: ${LIMIT + 1}`],
    ['of unknown length', 'transfer-encoding: chunked'],
  ])('ends the connection instead of reading a body %s', async (_what, line) => {
    const lines = ['POST /nothing HTTP/1.1', 'host: localhost', JSON_LINE, line, '', ''];
    expect(await firstAnswer(lines.join('\r\n'))).toMatch(/^connection: close\r$/im);
  });
});
