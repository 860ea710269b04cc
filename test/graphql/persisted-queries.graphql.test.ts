import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

const QUERY = 'query ($first: Int) { tasks(first: $first) { edges { cursor node { id title } } } }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (text: string, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash: sha256(text) } });

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { GRAPHQL_MAX_COST: '300', GRAPHQL_BATCH_LIMIT: '3' } });
});
afterAll(() => app.close());

async function answerOf(response: Response) {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return { status: response.status, body: (await response.json()) as any };
}

async function post(body: unknown) {
  const headers = { 'content-type': 'application/json', ...(await app.credentials('ann')) };
  return answerOf(await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function get(parameters: Record<string, string>) {
  const headers = await app.credentials('ann');
  return answerOf(await fetch(`${app.url}/graphql?${new URLSearchParams(parameters)}`, { headers }));
}

const NOT_FOUND = { status: 200, body: { errors: [{ message: 'PersistedQueryNotFound' }] } };
const TOO_COSTLY = { status: 400, body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX', limit: 300 } }] } };
const EMPTY = { status: 200, body: { data: { tasks: { edges: [] } } } };

describe('a query that was sent with its hash', () => {
  const extensions = persisted(QUERY);
  beforeAll(async () => {
    expect(await post({ extensions, variables: { first: 1 } })).toMatchObject(NOT_FOUND);
    expect(await post({ query: QUERY, extensions, variables: { first: 1 } })).toEqual(EMPTY);
  });

  it('is known by its hash alone, over GET and in a batch too', async () => {
    const unknown = { extensions: persisted('{ __typename }') };
    expect(await post({ extensions, variables: { first: 2 } })).toEqual(EMPTY);
    expect(await get({ extensions: JSON.stringify(extensions), variables: '{"first":2}' })).toEqual(EMPTY);
    expect(await post([{ extensions }, unknown])).toMatchObject({ body: [EMPTY.body, NOT_FOUND.body] });
  });

  it('is as dear by its hash as with its text', async () => {
    expect(await post({ query: QUERY, variables: { first: 100 } })).toMatchObject(TOO_COSTLY);
    expect(await post({ extensions, variables: { first: 100 } })).toMatchObject(TOO_COSTLY);
    expect(await get({ extensions: JSON.stringify(extensions), variables: '{"first":100}' })).toMatchObject(TOO_COSTLY);
    expect(
      await post([
        { extensions, variables: { first: 50 } },
        { extensions, variables: { first: 50 } },
      ]),
    ).toMatchObject(TOO_COSTLY);
  });
});

it('a mutation that is named by its hash is not executed over GET', async () => {
  const query = 'mutation { createTask(input: { title: "by hash" }) { task { title } } }';
  const extensions = persisted(query);
  expect((await post({ query, extensions })).body).toEqual({ data: { createTask: { task: { title: 'by hash' } } } });
  expect(await get({ extensions: JSON.stringify(extensions) })).toMatchObject({ status: 405 });
});

it.each<[string, unknown]>([
  ['a hash of another text', { query: QUERY, extensions: persisted('{ __typename }') }],
  ['another version', { extensions: persisted(QUERY, 2) }],
  ['no version', { extensions: { persistedQuery: { sha256Hash: sha256(QUERY) } } }],
  ['text in the place of an object', { extensions: { persistedQuery: 'x' } }],
  ['a list', { extensions: { persistedQuery: [] } }],
  ['no document, of which the hash is asked', { query: '{', extensions: persisted('{') }],
])('a persisted query with %s is refused', async (_name, body) => {
  const { status, body: answer } = await post(body);
  expect(status).toBe(400);
  expect(answer).toEqual({ errors: [expect.objectContaining({ message: expect.not.stringMatching(/apollo/i) })] });
  expect(answer.errors[0].extensions.code).toBe('BAD_USER_INPUT');
});

it.each<[string, unknown]>([
  ['a number', 5],
  ['null', null],
  ['a list', []],
  ['an object', { a: 1 }],
  ['the name of a prototype', '__proto__'],
  ['the name of a method', 'toString'],
  ['long', 'x'.repeat(100_000)],
])('no query has a hash that is %s', async (_name, sha256Hash) => {
  expect(await post({ extensions: { persistedQuery: { version: 1, sha256Hash } } })).toMatchObject(NOT_FOUND);
});

it('remembers no document that is not valid', async () => {
  const query = '{ nothing }';
  expect(await post({ query, extensions: persisted(query) })).toMatchObject({ status: 400 });
  expect(await post({ extensions: persisted(query) })).toMatchObject(NOT_FOUND);
});

it('remembers so many at most: a flood of others drives one out, and it is sent whole again', async () => {
  const own = '{ own: __typename }';
  await post({ query: own, extensions: persisted(own) });
  expect((await post({ extensions: persisted(own) })).body).toEqual({ data: { own: 'Query' } });
  for (let other = 0; other < 1002; other += 3) {
    const queries = [0, 1, 2].map((index) => `{ a${other + index}: __typename }`);
    await post(queries.map((query) => ({ query, extensions: persisted(query) })));
  }
  expect(await post({ extensions: persisted(own) })).toMatchObject(NOT_FOUND);
  expect((await post({ query: own, extensions: persisted(own) })).body).toEqual({ data: { own: 'Query' } });
});
