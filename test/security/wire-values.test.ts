import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../src/core/logger.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, taskInput } from '../support/factories.ts';
import { rawRequest } from '../support/raw-request.ts';

/** Values that only the wire can carry: JSON that no serialiser writes, moments, cursors and headers made by hand. */

let app: TestApp;
let lines: string[] = [];

beforeAll(async () => {
  const logger = createLogger({ level: 'debug', format: 'json' }, { write: (line) => void lines.push(line) });
  app = await startTestApp({ overrides: { logger } });
});
afterAll(() => app.close());

async function post(user: string, path: string, body: string) {
  const headers = { 'content-type': 'application/json', ...(await app.credentials(user)) };
  const response = await fetch(app.url + path, { method: 'POST', headers, body });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const LIST = `query ($first: Int, $after: String, $before: String, $filter: TaskFilter) {
  tasks(first: $first, after: $after, before: $before, filter: $filter) { nodes { id } pageInfo { endCursor } } }`;

async function codesOf(user: string, variables: Record<string, unknown>): Promise<string[]> {
  const { errors } = await app.graphql(user, LIST, variables);
  return errors.map(({ extensions }) => extensions.code);
}

describe('JSON that no serialiser writes', () => {
  it.each(['1e400', '-1e400', '2147483648', '9007199254740993', '1.5', '-0.5', '"1e3"', '[1]', '{"a":1}', 'true'])(
    'is refused as a page size: %s',
    async (first) => {
      const { body } = await post(
        newUser(),
        '/graphql',
        `{"query":${JSON.stringify(LIST)},"variables":{"first":${first}}}`,
      );
      expect(body.errors.map((error: { extensions: { code: string } }) => error.extensions.code)).toEqual([
        'BAD_USER_INPUT',
      ]);
    },
  );

  it.each(['1e400', '-1', '0', '2147483648', '9007199254740993', '1.5', '"1"', 'null', '[]', '{}'])(
    'is refused as a version: %s',
    async (version) => {
      const user = newUser();
      const { body: task } = await app.rest(user, 'POST', '/api/tasks', taskInput());
      const { status, body } = await app.rest(user, 'PUT', `/api/tasks/${task.id}`, `{"version":${version}}`);
      expect([400, 409]).toContain(status);
      expect(['BAD_USER_INPUT', 'CONFLICT']).toContain(body.code);
    },
  );

  it('names a member twice and means the last one, in both APIs', async () => {
    const user = newUser();
    const input = '{"title":"First","title":"Last"}';
    expect((await post(user, '/api/tasks', input)).body.title).toBe('Last');
    const query = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { title } } }';
    const { body } = await post(user, '/graphql', `{"query":"${query}","variables":{"input":${input}}}`);
    expect(body.data.createTask.task.title).toBe('Last');
  });

  it.each([
    '{"title":"Good","\\u005f\\u005fproto\\u005f\\u005f":{"completed":true}}',
    '{"title":"Good","constructor":{"prototype":{"completed":true}}}',
    '{"__proto__":{"title":"Good"}}',
  ])('cannot reach a prototype: %s', async (input) => {
    const user = newUser();
    expect(await post(user, '/api/tasks', input)).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } });
    const query = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { title } } }';
    const { body } = await post(user, '/graphql', `{"query":"${query}","variables":{"input":${input}}}`);
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect((await app.rest(user, 'GET', '/api/tasks')).body.total).toBe(0);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('a moment in a filter', () => {
  it.each([
    ...['now', 'epoch', 'infinity', '-infinity', 'today', 'allballs', '1e3', '0', '', 'NaN'],
    ...['2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T25:00:00Z', '2026-01-01T00:00:60Z'],
    ...['+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '10000-01-01T00:00:00Z', '2026-01-01T00:00:00+99:99'],
    ...['2026-01-01', '2026-01-01T00:00:00', "2026-01-01T00:00:00Z'", '2026-01-01T00:00:00Z\0', '٢٠٢٦-01-01T00:00:00Z'],
    ...[2 ** 53, -1, 1.5, true, [], {}],
  ])('is refused when it is %j', async (gt) => {
    expect(await codesOf(newUser(), { filter: { createdAt: { gt } } })).toEqual(['BAD_USER_INPUT']);
  });

  it('may be the first or the last one that there is', async () => {
    const user = newUser();
    await app.rest(user, 'POST', '/api/tasks', taskInput());
    const filter = { createdAt: { gt: '0001-01-01T00:00:00Z', lt: '9999-12-31T23:59:59.999Z' } };
    expect((await app.graphql(user, LIST, { filter })).data.tasks.nodes).toHaveLength(1);
  });
});

describe('a cursor made by hand', () => {
  it('is refused or names a place in the own list, whatever was done to it', async () => {
    const [user, stranger] = [newUser(), newUser()];
    for (const name of [user, user, user, stranger]) await app.rest(name, 'POST', '/api/tasks', taskInput());
    const { data } = await app.graphql(user, LIST, { first: 1 });
    const cursor: string = data.tasks.pageInfo.endCursor;
    const own = (await app.graphql(user, LIST)).data.tasks.nodes.map(({ id }: { id: string }) => id);
    const text = Buffer.from(cursor, 'base64url').toString('latin1');

    const places = fc.nat({ max: text.length - 1 });
    const characters = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const changedInside = fc
      .array(fc.tuple(places, characters, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const changed = changes.reduce((all, [at, put, drop]) => all.slice(0, at) + put + all.slice(at + drop), text);
        return Buffer.from(changed, 'latin1').toString('base64url');
      });
    const changedOutside = fc
      .tuple(fc.nat({ max: cursor.length }), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([at, put]) => cursor.slice(0, at) + put + cursor.slice(at + put.length));
    const made = fc
      .array(fc.string({ unit: 'binary' }), { maxLength: 4 })
      .map((keys) => Buffer.from(['-created_at,-id', ...keys].join('\0')).toString('base64url'));

    const property = fc.asyncProperty(
      fc.oneof(changedInside, changedOutside, made),
      fc.constantFrom('after', 'before'),
      async (forged, argument) => {
        const { data, errors } = await app.graphql(user, LIST, { [argument]: forged });
        if (errors.length > 0) {
          expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
          return;
        }
        expect(own).toEqual(expect.arrayContaining(data.tasks.nodes.map(({ id }: { id: string }) => id)));
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });
});

describe('a header made by hand', () => {
  it.each(['if-match', 'if-none-match', 'idempotency-key', 'accept', 'range', 'user-agent', 'x-http-method-override'])(
    '%s is refused or changes nothing, whatever text it is',
    async (name) => {
      const user = newUser();
      const { body: task } = await app.rest(user, 'POST', '/api/tasks', taskInput());
      const printable = fc.string({
        unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      });
      const long = fc.constantFrom(
        '"a",'.repeat(2000),
        'W/'.repeat(4000),
        ','.repeat(8000),
        ' "'.repeat(4000),
        '"1"'.repeat(3000),
      );
      const property = fc.asyncProperty(fc.oneof(printable, long), async (value) => {
        const read = await app.rest(user, 'GET', `/api/tasks/${task.id}`, undefined, { [name]: value });
        expect([200, 304, 400]).toContain(read.status);
        const written = await app.rest(user, 'PUT', `/api/tasks/${task.id}`, { title: task.title }, { [name]: value });
        expect([200, 400, 412]).toContain(written.status);
        const made = await app.rest(newUser(), 'POST', '/api/tasks', { title: 'Made' }, { [name]: value });
        expect([201, 400, 409]).toContain(made.status);
      });
      await fc.assert(property, { numRuns: 40 });
      expect((await app.rest(user, 'GET', `/api/tasks/${task.id}`)).body).toEqual(task);
    },
  );
});

describe('the log', () => {
  const FORGED = '{"level":60,"msg":"forged"}';

  it.each([
    ['a request id with an escape sequence', ['GET /health/live HTTP/1.1', 'x-request-id: \u001b[31mred']],
    ['a request id with a line end', ['GET /health/live HTTP/1.1', `x-request-id: a\n${FORGED}`]],
    ['a path with an escape sequence', ['GET /\u001b[31mred HTTP/1.1']],
    ['a path with encoded line ends', [`GET /a%0d%0a${encodeURIComponent(FORGED)} HTTP/1.1`]],
    ['a path with bytes of no character', ['GET /\u00ff\u009b31m HTTP/1.1']],
    ['a user agent with a line end', ['GET /api/tasks HTTP/1.1', `user-agent: a\r\n ${FORGED}`]],
    ['a method that is none', ['\u001b[31m / HTTP/1.1']],
    ['a forwarded address with an escape sequence', ['GET /api/tasks HTTP/1.1', 'x-forwarded-for: \u001b[31m']],
  ])('keeps one line of JSON per event, with nothing that a terminal obeys: %s', async (_name, request) => {
    lines = [];
    await rawRequest(app.url, request);
    await app.rest(undefined, 'GET', '/health/live');
    for (const line of lines) {
      expect(line).toMatch(/^\{[\x20-\x7e\u00a0-\u{10ffff}]*\}\n$/u);
      expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
    }
    expect(lines.length).toBeGreaterThan(0);
  });

  it('takes no name of an operation that could break its lines', async () => {
    lines = [];
    const { body } = await post(
      newUser(),
      '/graphql',
      JSON.stringify({ query: '{ viewer { id } }', operationName: `a\n${FORGED}\u001b[31m` }),
    );
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(lines.join('')).not.toContain('forged');
  });
});
