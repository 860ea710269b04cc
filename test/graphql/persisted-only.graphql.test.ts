import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { loadConfig } from '../../src/config.ts';
import { createDocuments } from '../../src/graphql/documents.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const OPERATIONS: Record<string, string> = JSON.parse(readFileSync('schema/operations.json', 'utf8'));
const [hash = '', text = ''] = Object.entries(OPERATIONS).find(([, query]) => query.includes('query WhoAmI')) ?? [];
const ANSWER = { status: 200, body: { data: { viewer: { id: 'ann' } } } };
const REFUSED = {
  status: 400,
  body: { errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: [], requestId: expect.any(String) } }] },
};

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    environment: { PERSISTED_ONLY: 'true', GRAPHQL_BATCH_LIMIT: '2', GRAPHQL_PLAYGROUND: 'true' },
  });
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

async function get(parameters: [string, string][]) {
  const headers = await app.credentials('ann');
  return answerOf(await fetch(`${app.url}/graphql?${new URLSearchParams(parameters)}`, { headers }));
}

const byHash = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

describe('a listed operation is answered', () => {
  it.each<[string, unknown]>([
    ['its hash', { extensions: byHash(hash) }],
    ['its hash and its text', { query: text, extensions: byHash(hash) }],
    ['its text', { query: text }],
    ['its id', { documentId: hash }],
    ['its id with the name of the algorithm', { documentId: `sha256:${hash}` }],
  ])('by %s', async (_name, body) => {
    expect(await post(body)).toMatchObject(ANSWER);
    expect((await post([body, body])).body).toMatchObject([ANSWER.body, ANSWER.body]);
  });

  it('over GET', async () => {
    expect(await get([['extensions', JSON.stringify(byHash(hash))]])).toMatchObject(ANSWER);
    expect(await get([['documentId', hash]])).toMatchObject(ANSWER);
    expect(await get([['query', text]])).toMatchObject(ANSWER);
  });
});

describe('anything else is refused', () => {
  const other = '{ viewer { id } }';
  const hashOfOther = createHash('sha256').update(other).digest('hex');

  it.each<[string, unknown]>([
    ['another document', { query: other }],
    ['a listed document with a blank more', { query: `${text} ` }],
    ['another document with its own hash', { query: other, extensions: byHash(hashOfOther) }],
    ['another document with a listed hash', { query: other, extensions: byHash(hash) }],
    ['another document with a listed id', { query: other, documentId: hash }],
    ['an unknown hash', { extensions: byHash(hashOfOther) }],
    ['an unknown id', { documentId: hashOfOther }],
    ['an id that is no text', { documentId: { a: 1 } }],
    ['a query that is no text', { query: [text] }],
    ['questions about the schema', { query: '{ __schema { types { name } } }' }],
    ['nothing', { variables: {} }],
    ['a batch with another document', [{ query: text }, { query: other }]],
  ])('%s', async (_name, body) => {
    expect(await post(body)).toMatchObject(REFUSED);
  });

  it('over GET, also behind a parameter that comes twice', async () => {
    for (const twice of [
      [],
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ] as [string, string][][]) {
      expect(await get([['query', other], ...twice])).toMatchObject(REFUSED);
    }
    expect(
      await get([
        ['query', text],
        ['query', other],
      ]),
    ).toMatchObject({ status: 400 });
  });

  it('a listed document with the hash of another one', async () => {
    expect(await post({ query: text, extensions: byHash(hashOfOther) })).toMatchObject({ status: 400 });
  });
});

it('a browser gets no playground, which could ask for nothing', async () => {
  const response = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(response.status).toBe(401);
});

describe('the server does not start', () => {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  const sha256 = (document: string) => createHash('sha256').update(document).digest('hex');
  const listing = (document: string) => JSON.stringify({ [sha256(document)]: document });

  it.each([
    ['without the list', undefined, /cannot be read/],
    ['with a list that is no JSON', '{', /is no JSON object/],
    ['with a list of another form', '[]', /is no JSON object/],
    ['with documents that are no text', JSON.stringify({ [sha256('a')]: 5 }), /is no JSON object/],
    ['with names that are no hashes', JSON.stringify({ WhoAmI: '{ __typename }' }), /is no JSON object/],
    ['with a hash of another document', JSON.stringify({ [sha256('a')]: '{ __typename }' }), /does not match its hash/],
    ['with a document that cannot be parsed', listing('{'), /is not valid: Syntax Error/],
    ['with a document of another schema', listing('{ nothing }'), /is not valid: Cannot query field "nothing"/],
    ['with a document over the limits', listing('{ viewer { a: id b: id c: id } }'), /more than 2 aliases/],
  ])('%s', async (_name, content, reason) => {
    const directory = await mkdtemp(join(tmpdir(), 'premium-todo-manifest-'));
    const path = join(directory, 'operations.json');
    try {
      if (content !== undefined) await writeFile(path, content);
      const config = loadConfig({ PERSISTED_ONLY: 'true', PERSISTED_MANIFEST: path, GRAPHQL_MAX_ALIASES: '2' });
      await expect(createDocuments(config, schema)).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(reason),
      });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
