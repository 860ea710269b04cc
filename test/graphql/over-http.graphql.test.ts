import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startTestApp, type TestApp } from '../support/app.ts';

const VIEWER = '{ viewer { id } }';
const ANN = { data: { viewer: { id: 'ann' } } };

let app: TestApp;
/** as in production, and with batches */
let production: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  production = await startTestApp({
    environment: { NODE_ENV: 'production', HOST: '127.0.0.1', GRAPHQL_BATCH_LIMIT: '3' },
  });
});
afterAll(async () => {
  await app.close();
  await production.close();
});

async function post(body: unknown, headers: Record<string, string> = {}, server = app) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await server.credentials('ann')), ...headers },
    body: JSON.stringify(body),
  });
  return answerOf(response);
}

async function get(parameters: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${app.url}/graphql?${new URLSearchParams(parameters)}`, {
    headers: { 'apollo-require-preflight': 'true', ...(await app.credentials('ann')), ...headers },
  });
  return answerOf(response);
}

async function answerOf(response: Response) {
  const { status, headers } = response;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return { status, headers, body: (await response.json()) as any };
}

describe('GET', () => {
  it('answers a query with variables', async () => {
    const query = 'query Tasks($first: Int) { tasks(first: $first) { totalCount } }';
    const { status, body } = await get({ query, variables: '{"first":1}', operationName: 'Tasks' });
    expect({ status, body }).toEqual({ status: 200, body: { data: { tasks: { totalCount: 0 } } } });
  });

  it('executes no mutation', async () => {
    const { status, headers, body } = await get({
      query: 'mutation { createTask(input: {title: "a"}) { task { id } } }',
    });
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(body).not.toHaveProperty('data');
    expect((await post({ query: '{ tasks { totalCount } }' })).body).toEqual({ data: { tasks: { totalCount: 0 } } });
  });

  it('executes no mutation behind a query that is not the one asked for', async () => {
    const query = 'query A { viewer { id } } mutation B { revokeTokens { revoked } }';
    expect((await get({ query, operationName: 'B' })).status).toBe(405);
    expect(await get({ query, operationName: 'A' })).toMatchObject({ status: 200, body: ANN });
  });

  it('is refused with variables that are no JSON', async () => {
    expect(await get({ query: VIEWER, variables: '{' })).toMatchObject({ status: 400 });
    expect(await get({ query: VIEWER, variables: '[]' })).toMatchObject({ status: 400 });
  });

  it('is refused without a query and with one that cannot be parsed', async () => {
    expect(await get({})).toMatchObject({ status: 400 });
    expect(await get({ query: '{' })).toMatchObject({ status: 400 });
  });

  it('is refused where another site could have sent it without asking first: with cookies instead of a token', async () => {
    const url = `${app.url}/graphql?query=${encodeURIComponent(VIEWER)}`;
    expect((await fetch(url, { headers: { cookie: 'session=ann' } })).status).toBe(401);
  });
});

describe('the media type of an answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json;q=0.5', 'application/json'],
  ])('for "Accept: %s" is %s', async (accept, type) => {
    const headers: Record<string, string> = accept === undefined ? {} : { accept };
    for (const [query, status] of [
      [VIEWER, 200],
      ['{ nothing }', 400],
      ['{', 400],
    ] as const) {
      const answer = await post({ query }, headers);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, `${type}; charset=utf-8`]);
    }
  });

  it('is refused when the client accepts none of them', async () => {
    expect(await post({ query: VIEWER }, { accept: 'application/xml' })).toMatchObject({ status: 406 });
  });

  it('is that of GraphQL for a missing token, too', async () => {
    const accept = 'application/graphql-response+json';
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { accept } });
    expect([response.status, response.headers.get('content-type')]).toEqual([401, `${accept}; charset=utf-8`]);
  });
});

describe('a request that is no operation', () => {
  it.each([
    ['without a query', {}],
    ['with other members only', { id: 1 }],
    ['with an empty query', { query: '' }],
    ['with a query that is no text', { query: { a: 1 } }],
    ['with variables in a text', { query: VIEWER, variables: '{}' }],
    ['with variables in a list', { query: VIEWER, variables: [] }],
    ['with an operationName that is no text', { query: VIEWER, operationName: 5 }],
    ['with a syntax error', { query: '{ viewer { id }' }],
    ['with a fragment alone', { query: 'fragment A on Viewer { id }' }],
    ['with an unknown field', { query: '{ viewer { nothing } }' }],
    ['with an unknown argument', { query: '{ tasks(nothing: 1) { totalCount } }' }],
    ['with a missing argument', { query: '{ task { id } }' }],
    ['with a selection on a scalar', { query: '{ viewer { id { id } } }' }],
    ['with an unused fragment', { query: '{ __typename } fragment F on Task { id }' }],
    ['with a fragment that holds itself', { query: '{ ...F } fragment F on Query { ...F }' }],
    ['with an unknown directive', { query: '{ __typename @nothing }' }],
    ['with a variable that is not defined', { query: '{ tasks(first: $first) { totalCount } }' }],
    ['with a wrong value', { query: 'query ($a: Int!) { tasks(first: $a) { totalCount } }', variables: { a: 'x' } }],
    ['with comments alone', { query: '# nothing' }],
    ['with definitions of types', { query: 'type A { b: Int }' }],
    ['with extensions that are text', { query: VIEWER, extensions: 'x' }],
    ['with an unknown operationName', { query: 'query A { viewer { id } }', operationName: 'B' }],
    ['with several operations and no operationName', { query: 'query A { viewer { id } } query B { viewer { id } }' }],
    [
      'with two operations of one name',
      { query: 'query A { viewer { id } } query A { viewer { id } }', operationName: 'A' },
    ],
  ])('%s is refused before anything is executed', async (_name, request) => {
    for (let times = 0; times < 3; times++) {
      const { status, headers, body } = await post(request);
      expect(status).toBe(400);
      expect(body).not.toHaveProperty('data');
      const [{ extensions }] = body.errors;
      expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', requestId: headers.get('x-request-id'), fields: [] });
    }
  });

  it('is told from one whose optional members are null', async () => {
    expect(await post({ query: VIEWER, variables: null, operationName: null, extensions: null })).toMatchObject({
      body: ANN,
    });
  });
});

it('the operation that operationName names is the one that is executed, compiled or not', async () => {
  const query = 'query A { viewer { id } } query B { tasks { totalCount } }';
  for (let times = 0; times < 4; times++) {
    expect((await post({ query, operationName: 'A' })).body).toEqual(ANN);
    expect((await post({ query, operationName: 'B' })).body).toEqual({ data: { tasks: { totalCount: 0 } } });
  }
});

it.each(['PUT', 'PATCH', 'DELETE'])('%s is answered with 405 and the methods that there are', async (method) => {
  const headers = { 'content-type': 'application/json', ...(await app.credentials('ann')) };
  const body = JSON.stringify({ query: VIEWER });
  const answer = await answerOf(await fetch(`${app.url}/graphql`, { method, headers, body }));
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
});

it.each(['application/json', 'application/graphql-response+json', '*/*'])(
  'a field that fails is answered with 200 to a client that accepts %s',
  async (accept) => {
    const { status, body } = await post({ query: '{ task(id: "x") { id } }' }, { accept });
    expect({ status, data: body.data, code: body.errors[0].extensions.code }).toEqual({
      status: 200,
      data: null,
      code: 'BAD_USER_INPUT',
    });
  },
);

describe('a batch', () => {
  it('is refused where batches are off', async () => {
    expect(await post([{ query: VIEWER }])).toMatchObject({ status: 400 });
  });

  it('is answered in order where batches are on, each operation by itself', async () => {
    const { body } = await post([{ query: VIEWER }, { query: '{ nothing }' }], {}, production);
    expect(body).toEqual([
      ANN,
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) })] },
    ]);
  });

  it('may hold as many operations as the limit says and none more', async () => {
    const batch = (length: number) => Array.from({ length }, () => ({ query: VIEWER }));
    expect((await post(batch(3), {}, production)).body).toEqual([ANN, ANN, ANN]);
    const { status, body } = await post(batch(4), {}, production);
    expect({ status, extensions: body.errors[0].extensions }).toMatchObject({
      status: 400,
      extensions: { code: 'QUERY_TOO_COMPLEX', limit: 3, value: 4 },
    });
  });

  it('must not be empty', async () => {
    expect(await post([], {}, production)).toMatchObject({ status: 400 });
  });
});

describe('the schema', () => {
  it('can be asked for in development', async () => {
    const { body } = await post({ query: getIntrospectionQuery() });
    expect(body.errors).toBeUndefined();
    expect(body.data.__schema.types.map(({ name }: { name: string }) => name)).toContain('Task');
  });

  it.each([
    ['{ __schema { types { name } } }'],
    ['{ __type(name: "Task") { name } }'],
    ['query { viewer { id } ...A } fragment A on Query { __schema { queryType { name } } }'],
    ['{ alias: __schema { queryType { name } } }'],
  ])('is not told in production to %s', async (query) => {
    const { status, body } = await post({ query }, {}, production);
    expect(status).toBe(400);
    expect(body).not.toHaveProperty('data');
    expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('still names the type of what is answered in production, as clients with a cache need it', async () => {
    expect((await post({ query: '{ viewer { __typename } }' }, {}, production)).body).toEqual({
      data: { viewer: { __typename: 'Viewer' } },
    });
  });
});

describe('a browser', () => {
  it('that asks for a page gets the playground, without a token', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const response = await fetch(`${app.url}/graphql`, { headers: { accept } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  });

  it('that follows a link with a query in it needs a token as everybody does', async () => {
    const url = `${app.url}/graphql?query=${encodeURIComponent(VIEWER)}`;
    expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(401);
  });
});

describe('without a good token', () => {
  it.each([
    ['no token', {}, 'missing_token'],
    ['another scheme', { authorization: 'Basic YTpi' }, 'invalid_request'],
    ['text that is no token', { authorization: 'Bearer nonsense' }, 'invalid_request'],
    ['a token that nobody signed', { authorization: 'Bearer e30.e30.e30' }, 'invalid_token'],
  ])('(%s) the answer is 401 and says why', async (_name, credentials: Record<string, string>, reason) => {
    for (const method of ['POST', 'GET']) {
      const response = await fetch(`${app.url}/graphql`, {
        method,
        headers: { 'content-type': 'application/json', ...credentials },
        ...(method === 'POST' ? { body: JSON.stringify({ query: VIEWER }) } : {}),
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(new RegExp(`^Bearer error="${reason}"`));
      expect(await response.json()).toEqual({
        errors: [
          {
            message: expect.any(String),
            extensions: { code: 'UNAUTHENTICATED', requestId: response.headers.get('x-request-id') },
          },
        ],
      });
    }
  });

  it('nothing of the request is looked at', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'text/plain' },
    });
    expect(response.status).toBe(401);
  });
});
