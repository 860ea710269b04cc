import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';

/** GraphQL over HTTP: methods, media types, batches. Bodies and headers that break are in test/http. */

let app: TestApp;
let closed: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  closed = await startTestApp({ environment: { GRAPHQL_INTROSPECTION: 'false', GRAPHQL_BATCH_LIMIT: '3' } });
});

afterAll(async () => {
  await app.close();
  await closed.close();
});

const JSON_TYPE = { 'content-type': 'application/json' };
const NEW = 'application/graphql-response+json';

async function send(
  target: TestApp,
  {
    method = 'POST',
    query = '',
    body,
    headers = {},
  }: { method?: string; query?: string; body?: unknown; headers?: Record<string, string> },
) {
  const response = await fetch(`${target.url}/graphql${query}`, {
    method,
    headers: { ...(await target.credentials('ann')), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  return { status: response.status, type, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

const post = (body: unknown, headers: Record<string, string> = {}, target = app) =>
  send(target, { body, headers: { ...JSON_TYPE, ...headers } });

const get = (
  parameters: Record<string, string>,
  headers: Record<string, string> = { 'apollo-require-preflight': 'true' },
) => send(app, { method: 'GET', query: `?${new URLSearchParams(parameters)}`, headers });

const codes = (body: { errors?: { extensions: { code: string } }[] }) =>
  body.errors?.map((error) => error.extensions.code);

describe('POST', () => {
  it('answers an operation with variables', async () => {
    const query = 'query ($first: Int) { tasks(first: $first) { totalCount } }';
    const { status, type, body } = await post({ query, variables: { first: 5 } });
    expect({ status, type, body }).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
      body: { data: { tasks: { totalCount: 0 } } },
    });
  });

  it('carries out the operation that is named', async () => {
    const query = 'query A { a: __typename } query B { b: __typename }';
    expect((await post({ query, operationName: 'B' })).body).toEqual({ data: { b: 'Query' } });
    for (const operationName of [undefined, null, 'C']) {
      const { status, body } = await post({ query, operationName });
      expect({ operationName, status, codes: codes(body) }).toEqual({
        operationName,
        status: 400,
        codes: ['BAD_USER_INPUT'],
      });
    }
  });

  it.each([
    ['a syntax error', { query: '{' }],
    ['an unknown field', { query: '{ nothing }' }],
    ['an unknown argument', { query: '{ tasks(nothing: 1) { totalCount } }' }],
    ['a missing argument', { query: '{ task { id } }' }],
    ['a selection on a scalar', { query: '{ viewer { id { id } } }' }],
    ['an unused fragment', { query: '{ __typename } fragment F on Task { id }' }],
    ['a fragment that holds itself', { query: '{ ...F } fragment F on Query { ...F }' }],
    ['an unknown directive', { query: '{ __typename @nothing }' }],
    ['a variable that is not defined', { query: '{ tasks(first: $first) { totalCount } }' }],
    [
      'a variable of a wrong value',
      { query: 'query ($first: Int!) { tasks(first: $first) { totalCount } }', variables: { first: 'x' } },
    ],
    ['an empty document', { query: '' }],
    ['a document of comments', { query: '# nothing' }],
    ['definitions of types', { query: 'type A { b: Int }' }],
    ['a query that is a number', { query: 5 }],
    ['variables that are a list', { query: '{ __typename }', variables: [] }],
    ['variables that are text', { query: '{ __typename }', variables: '{}' }],
    ['extensions that are text', { query: '{ __typename }', extensions: 'x' }],
  ])('answers 400 with BAD_USER_INPUT to %s', async (_name, request) => {
    for (const accept of ['application/json', NEW]) {
      const { status, type, body } = await post(request, { accept });
      expect({ status, type }).toEqual({ status: 400, type: `${accept}; charset=utf-8` });
      for (const { message, extensions } of body.errors) {
        expect(extensions).toEqual({
          code: 'BAD_USER_INPUT',
          requestId: expect.any(String),
          fields: expect.any(Array),
        });
        expect(message).not.toMatch(/\n\s+at |node_modules|\.ts\b/);
      }
    }
  });

  it('answers a failure of a field with 200, whatever type the client takes', async () => {
    for (const accept of ['application/json', NEW, `${NEW}, application/json;q=0.9`, '*/*']) {
      const { status, body } = await post({ query: '{ task(id: "x") { id } }' }, { accept });
      expect({ accept, status, data: body.data, codes: codes(body) }).toEqual({
        ...{ accept, status: 200, data: null, codes: ['BAD_USER_INPUT'] },
      });
    }
  });

  it.each([
    [NEW, `${NEW}; charset=utf-8`],
    ['application/json', 'application/json; charset=utf-8'],
    [`${NEW}, application/json;q=0.9`, `${NEW}; charset=utf-8`],
    ['*/*', 'application/json; charset=utf-8'],
  ])('answers in the type that the client accepts: %s', async (accept, expected) => {
    expect((await post({ query: '{ __typename }' }, { accept })).type).toBe(expected);
  });

  it('answers 401 in the type that the client accepts', async () => {
    for (const accept of [NEW, 'application/json']) {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { ...JSON_TYPE, accept },
        body: '{"query":"{ __typename }"}',
      });
      expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
        ...{ status: 401, type: `${accept}; charset=utf-8` },
      });
    }
  });
});

describe('GET', () => {
  it('answers a query with variables', async () => {
    const query = 'query Count($first: Int) { tasks(first: $first) { totalCount } }';
    const { status, body } = await get({ query, variables: '{"first":5}', operationName: 'Count' });
    expect({ status, body }).toEqual({ status: 200, body: { data: { tasks: { totalCount: 0 } } } });
  });

  it('never carries out a mutation', async () => {
    const user = newUser();
    const query = 'mutation { createTask(input: { title: "By a link" }) { task { id } } }';
    const headers = { ...(await app.credentials(user)), 'apollo-require-preflight': 'true' };
    const response = await fetch(`${app.url}/graphql?${new URLSearchParams({ query })}`, { headers });
    expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
    expect((await app.rest(user, 'GET', '/api/tasks')).body.total).toBe(0);
  });

  it('refuses what a page of another origin could send without asking first', async () => {
    for (const headers of [
      {},
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
    ]) {
      const { status, body } = await get({ query: '{ __typename }' }, headers as Record<string, string>);
      expect({ status, codes: codes(body) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] });
    }
  });

  it.each([
    ['no query', {}],
    ['variables that are no JSON', { query: '{ __typename }', variables: '{' }],
    ['variables that are a list', { query: '{ __typename }', variables: '[]' }],
    ['a syntax error', { query: '{' }],
  ])('answers 400 to %s', async (_name, parameters) => {
    const { status, body } = await get(parameters as Record<string, string>);
    expect({ status, codes: codes(body) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] });
  });

  it('needs a token like any other request', async () => {
    const response = await fetch(`${app.url}/graphql?query=%7B__typename%7D`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(response.status).toBe(401);
  });
});

describe('another method', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])('such as %s is answered with 405 and those that are allowed', async (method) => {
    const { status, headers, body } = await send(app, {
      method,
      body: { query: '{ __typename }' },
      headers: JSON_TYPE,
    });
    expect({ status, allow: headers.get('allow'), codes: codes(body) }).toEqual({
      ...{ status: 405, allow: 'GET, POST', codes: ['BAD_USER_INPUT'] },
    });
  });
});

describe('a batch', () => {
  const operations = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ query: `{ a${index}: __typename }` }));

  it('is refused unless batches are switched on', async () => {
    for (const batch of [[], operations(1), operations(2)]) {
      const { status, body } = await post(batch);
      expect({ status, codes: codes(body) }).toEqual({ status: 400, codes: ['BAD_USER_INPUT'] });
    }
  });

  it('is answered in order where it is allowed', async () => {
    const { status, body } = await post(operations(3), {}, closed);
    expect({ status, body }).toEqual({
      status: 200,
      body: [{ data: { a0: 'Query' } }, { data: { a1: 'Query' } }, { data: { a2: 'Query' } }],
    });
  });

  it('is refused as a whole when it has more operations than allowed', async () => {
    for (const count of [4, 1000]) {
      const { status, body } = await post(operations(count), {}, closed);
      expect({ status, errors: body.errors.map((error: { extensions: object }) => error.extensions) }).toEqual({
        status: 400,
        errors: [{ code: 'QUERY_TOO_COMPLEX', limit: 3, value: count, requestId: expect.any(String) }],
      });
    }
  });

  it('answers each operation by itself: one that fails leaves the others alone', async () => {
    const batch = [{ query: '{ nothing }' }, { query: '{ __typename }' }, { query: '{ task(id: "x") { id } }' }];
    const { body } = await post(batch, {}, closed);
    expect(body.map((answer: { data?: unknown; errors?: [] }) => [answer.data, codes(answer as never)])).toEqual([
      [undefined, ['BAD_USER_INPUT']],
      [{ __typename: 'Query' }, undefined],
      [null, ['BAD_USER_INPUT']],
    ]);
  });
});

describe('the schema', () => {
  const INTROSPECTION = '{ __schema { queryType { name } } __type(name: "Task") { name } }';

  it('can be asked for where introspection is on', async () => {
    const { body } = await post({ query: INTROSPECTION });
    expect(body).toEqual({ data: { __schema: { queryType: { name: 'Query' } }, __type: { name: 'Task' } } });
  });

  it('cannot be asked for where introspection is off, but __typename can', async () => {
    for (const query of [INTROSPECTION, '{ ...F } fragment F on Query { __type(name: "Task") { name } }']) {
      const { status, body } = await post({ query }, {}, closed);
      expect(status).toBe(400);
      expect(new Set(codes(body))).toEqual(new Set(['BAD_USER_INPUT']));
    }
    expect((await post({ query: '{ __typename }' }, {}, closed)).body).toEqual({ data: { __typename: 'Query' } });
  });
});
