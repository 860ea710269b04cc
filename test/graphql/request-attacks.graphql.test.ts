import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

const VIEWER = '{ viewer { id } }';
/** What graphql-js, Apollo Server and V8 say of themselves. */
const LIBRARY_TEXT = /apollo|graphql-js|graphql\.org|call stack|node_modules|is not a function|undefined/i;
const MEGABYTE = 1_048_576;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function send(path: string, body?: string) {
  const headers = { 'content-type': 'application/json', ...(await app.credentials('ann')) };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body };
  const response = await fetch(`${app.url}${path}`, init);
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  return { status: response.status, text, body: JSON.parse(text) as any };
}

const post = (body: unknown) => send('/graphql', JSON.stringify(body));

function expectBadInput({ status, text, body }: Awaited<ReturnType<typeof send>>): void {
  expect([status, body.data]).toEqual([400, undefined]);
  expect(body.errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toContain(
    'BAD_USER_INPUT',
  );
  expect(text).not.toMatch(LIBRARY_TEXT);
}

const VALUES = {
  text: 'text',
  'empty text': '',
  number: 5,
  true: true,
  false: false,
  list: [],
  'list of lists': [[[]]],
};

describe('a request whose members have another type', () => {
  const wrong = (member: string, names: (keyof typeof VALUES)[]) =>
    names.map((name): [string, string, unknown] => [member, name, VALUES[name]]);

  it.each([
    ...wrong('query', ['number', 'true', 'false', 'list', 'list of lists', 'empty text']),
    ...wrong('variables', ['text', 'empty text', 'number', 'true', 'false', 'list', 'list of lists']),
    ...wrong('extensions', ['text', 'empty text', 'number', 'true', 'false', 'list', 'list of lists']),
    ...wrong('operationName', ['number', 'true', 'false', 'list', 'list of lists']),
  ])('is refused: %s is a %s', async (member, _name, value) => {
    expectBadInput(await post({ query: VIEWER, [member]: value }));
  });

  it.each<[string, unknown]>([
    ['query', { kind: 'Document', definitions: [] }],
    ['query', { toString: 'x' }],
    ['operationName', { toString: 'x' }],
  ])('is refused: %s is the object %j', async (member, value) => {
    expectBadInput(await post({ query: VIEWER, [member]: value }));
  });

  it.each([['text'], [5], [true], [null], [[]], [[[]]], [[null]], [{}]])('is refused: the body is %j', async (body) => {
    expectBadInput(await post(body));
  });

  it.each([
    ['{"query":"{ viewer { id } }","__proto__":{"a":1}}'],
    ['{"query":"{ viewer { id } }","variables":{"__proto__":{"a":1}}}'],
    ['{"query":"{ viewer { id } }","extensions":{"persistedQuery":{"constructor":{"prototype":{}}}}}'],
  ])('is refused: a prototype in %s', async (body) => {
    expectBadInput(await send('/graphql', body));
  });
});

describe('variables', () => {
  const orders = 'query ($order: [TaskOrder!]) { tasks(orderBy: $order) { totalCount } }';

  it('with a million faults are told the first of them, compiled or not', async () => {
    const body = `{"query":"${orders}","variables":{"order":[${'1,'.repeat(MEGABYTE / 2 - 200)}1]}}`;
    for (const _time of [1, 2, 3]) {
      const answer = await send('/graphql', body);
      expectBadInput(answer);
      expect(answer.body.errors.length).toBeLessThan(60);
      expect(answer.text.length).toBeLessThan(50_000);
    }
  });

  it.each<[string, unknown]>([
    [
      '60,000 members that nobody knows',
      Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`m${index}`, index])),
    ],
    ['a member with a name of a million characters', { ['m'.repeat(1_000_000)]: 1 }],
    ['a text of a million characters for an object', 'x'.repeat(1_000_000)],
    ['a text of a million characters beside what nobody knows', { title: 'x'.repeat(1_000_000), a: 1, b: 2, c: 3 }],
    ['a list of 100,000 texts for an object', Array.from({ length: 100_000 }, () => 'x')],
    [
      'objects in objects',
      { title: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`m${index}`, {}])) },
    ],
  ])('are not repeated in the answer: %s', async (_name, input) => {
    const query = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }';
    for (const _time of [1, 2, 3]) {
      const answer = await post({ query, variables: { input } });
      expectBadInput(answer);
      expect(answer.text.length).toBeLessThan(10_000);
    }
  });

  it('of the greatest size that is allowed are taken as they are', async () => {
    const query = 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { description } } }';
    const description = '🌲'.repeat(32_768);
    for (const _time of [1, 2, 3]) {
      const { body } = await post({ query, variables: { input: { title: 'long', description } } });
      expect(body).toEqual({ data: { createTask: { task: { description } } } });
    }
  });

  it('that nobody declared are left alone, however many', async () => {
    const variables = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`v${index}`, index]));
    expect((await post({ query: VIEWER, variables })).body).toEqual({ data: { viewer: { id: 'ann' } } });
  });

  it.each([
    ['lists', '['.repeat(5000), ']'.repeat(5000)],
    ['objects', '{"not":'.repeat(500), `{}${'}'.repeat(500)}`],
  ])('may be nested so deeply only: %s', async (_name, open, close) => {
    const query = 'query ($filter: TaskFilter) { tasks(filter: $filter) { totalCount } }';
    const variables = `{"filter":${open}${close}}`;
    expectBadInput(await send('/graphql', `{"query":"${query}","variables":${variables}}`));
    const { body, text } = await send(`/graphql?${new URLSearchParams({ query })}&variables=${encoded(variables)}`);
    expect([body.data ?? null, body.errors[0].extensions.code]).toEqual([null, 'BAD_USER_INPUT']);
    expect(text).not.toMatch(LIBRARY_TEXT);
  });
});

/** As short as a URL allows: brackets stay as they are. */
function encoded(json: string): string {
  return json.replaceAll('"', '%22').replaceAll('{', '%7B').replaceAll('}', '%7D');
}

describe('operations', () => {
  it.each<[string, Record<string, unknown>]>([
    ['several without a name of the one', { query: 'query A { viewer { id } } query B { viewer { id } }' }],
    ['an unknown one', { query: 'query A { viewer { id } }', operationName: 'C' }],
    ['one with an empty name', { query: 'query A { viewer { id } }', operationName: '' }],
    [
      'two of one name',
      { query: 'query A { viewer { id } } mutation A { revokeTokens { revoked } }', operationName: 'A' },
    ],
    ['one without a name beside another', { query: '{ viewer { id } } query B { viewer { id } }', operationName: 'B' }],
    ['one named as a method', { query: '{ viewer { id } }', operationName: 'toString' }],
    ['a subscription', { query: 'subscription { viewer { id } }' }],
    ['none', { query: 'fragment A on Viewer { id }' }],
    ['definitions of types', { query: 'type A { a: Int } directive @a on FIELD scalar B' }],
  ])('are refused: %s', async (_name, request) => {
    for (const _time of [1, 2, 3]) expectBadInput(await post(request));
  });
});

/** A filter before the server may read such a request the other way round. */
describe('keys that come twice in one JSON object', () => {
  const tooDeep = `{ ${'viewer { '.repeat(13)} id ${'}'.repeat(13)} }`;

  it('the document that is judged is the one that is executed', async () => {
    const { status, body } = await send('/graphql', `{"query":"${tooDeep}","query":"${VIEWER}"}`);
    expect({ status, body }).toEqual({ status: 200, body: { data: { viewer: { id: 'ann' } } } });
    expect(await send('/graphql', `{"query":"${VIEWER}","query":"${tooDeep}"}`)).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
    });
  });

  it('the page size that is judged is the one that is executed', async () => {
    const query = 'query ($n: Int) { a: tasks(first: $n) { edges { cursor node { id title version } } } }';
    const aliases = Array.from({ length: 30 }, (_, index) => query.slice(18, -2).replace('a:', `a${index}:`));
    const document = `query ($n: Int) { ${aliases.join(' ')} }`;
    expect(await send('/graphql', `{"query":"${document}","variables":{"n":100,"n":1}}`)).toMatchObject({
      status: 200,
    });
    expect(await send('/graphql', `{"query":"${document}","variables":{"n":1,"n":100}}`)).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }] },
    });
  });
});

describe('a flood of distinct documents', () => {
  const COUNT = 3000;

  it('leaves the server as it was, and answers each', async () => {
    const list = `query ($first: Int) { tasks(first: $first) { edges { cursor node { id title version } } } }`;
    const before = await post({ query: list, variables: { first: 5 } });
    for (let sent = 0; sent < COUNT; sent += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => post({ query: `{ a${sent + index}: viewer { id } }` })),
      );
      for (const [index, { body }] of answers.entries()) {
        expect(body).toEqual({ data: { [`a${sent + index}`]: { id: 'ann' } } });
      }
    }
    expect(await post({ query: list, variables: { first: 5 } })).toEqual(before);
  });
});

it('batches are refused where nobody switched them on', async () => {
  for (const length of [0, 1, 1000]) {
    expectBadInput(await post(Array.from({ length }, () => ({ query: VIEWER }))));
  }
});
