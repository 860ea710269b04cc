import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';

const LIST = 'tasks { edges { cursor node { id title } } }';
/** What graphql-js, Apollo Server and V8 say, and nobody needs to know. */
const LIBRARY_TEXT = /apollo|graphql-js|graphql\.org|call stack|node_modules|at \w+ \(/i;

let app: TestApp;
/** accepts batches of three, and documents larger than the guard's other limits allow */
let wide: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  wide = await startTestApp({
    environment: { GRAPHQL_BATCH_LIMIT: '3', GRAPHQL_MAX_TOKENS: '100000', GRAPHQL_MAX_COST: '1000' },
  });
});
afterAll(async () => {
  await app.close();
  await wide.close();
});

function many(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join(' ');
}

async function refusalOf(query: string, server = app, variables?: Record<string, unknown>) {
  const { status, data, errors } = await server.graphql('ann', query, variables);
  const [error] = errors;
  expect([status, data, errors.length]).toEqual([400, undefined, 1]);
  expect(error?.message).not.toMatch(LIBRARY_TEXT);
  const { code, limit, value }: Record<string, unknown> = error?.extensions ?? {};
  expect(value).toBeGreaterThan(Number(limit));
  return { code, limit };
}

const DOUBLING = many(24, (index) => `fragment f${index} on Viewer { ...f${index + 1} ...f${index + 1} }`);
const CHAIN = many(5000, (index) => `fragment f${index} on Viewer { ...f${index + 1} }`);

describe('a document is refused with the limit that it is over', () => {
  it.each<[string, string, number]>([
    ['10,000 times the same field', `{ viewer { ${'id '.repeat(10_000)} } }`, 2000],
    ['10,000 aliases', `{ ${many(10_000, (index) => `a${index}: __typename`)} }`, 100_000],
    ['1,000 aliases', `{ ${many(1000, (index) => `a${index}: __typename`)} }`, 2000],
    ['5,000 fragments in a chain', `{ viewer { ...f0 } } ${CHAIN} fragment f5000 on Viewer { id }`, 100_000],
    ['10,000 directives', `{ viewer { id ${'@skip(if: false) '.repeat(10_000)} } }`, 100_000],
    ['5,000 directives', `{ viewer { id ${'@skip(if: false) '.repeat(5000)} } }`, 2000],
    ['a literal of 200,000 characters', `{ tasks(search: "${'a'.repeat(200_000)}") { totalCount } }`, 100_000],
    ['a comment of 200,000 characters', `#${'a'.repeat(200_000)}\n{ viewer { id } }`, 100_000],
    ['100,000 comments', `${'#\n'.repeat(100_000)}{ viewer { id } }`, 100_000],
    ['24 fragments that double each other', `{ viewer { ...f0 } } ${DOUBLING} fragment f24 on Viewer { id }`, 1000],
    ['fields in 13 levels', `{ viewer { ${'id { '.repeat(11)} id ${'}'.repeat(11)} } }`, 12],
    ['51 aliases', `{ viewer { ${many(51, (index) => `a${index}: id`)} } }`, 50],
    ['51 aliases of __typename', `{ ${many(51, (index) => `a${index}: __typename`)} }`, 50],
    ['51 mutations', `mutation { ${many(51, (index) => `a${index}: revokeTokens { revoked }`)} }`, 50],
    ['51 directives', `{ viewer { ${many(51, () => 'id @skip(if: false)')} } }`, 50],
    ['51 times one directive', `{ viewer { id ${'@skip(if: false) '.repeat(51)} } }`, 50],
    ['51 directives on fragments', `{ viewer { ${many(51, () => '... @include(if: true) { id }')} } }`, 50],
    ['300 times one field', `{ viewer { ${'id '.repeat(300)} } }`, 250],
    ['300 times one field in fragments', `{ viewer { ${'... { id } '.repeat(300)} } }`, 250],
    [
      '300 times one field in a fragment that nothing spreads',
      `{ __typename } fragment F on Viewer { ${'id '.repeat(300)} }`,
      250,
    ],
    [
      'as many lists as aliases',
      `{ ${many(50, (index) => `a${index}: tasks(first: 100) { nodes { id title } }`)} }`,
      10_000,
    ],
  ])('%s', async (_name, query, limit) => {
    for (const _time of [1, 2]) expect(await refusalOf(query)).toEqual({ code: 'QUERY_TOO_COMPLEX', limit });
  });

  it.each<[string, string]>([
    ['levels of fields', `{ viewer { ${'id { '.repeat(20_000)} id ${'}'.repeat(20_000)} } }`],
    ['lists', `{ tasks(orderBy: ${'['.repeat(40_000)}${']'.repeat(40_000)}) { totalCount } }`],
    ['objects', `{ tasks(filter: ${'{not:'.repeat(15_000)}{}${'}'.repeat(15_000)}) { totalCount } }`],
  ])('20,000 %s within each other where so many tokens are allowed', async (_name, query) => {
    const { status, data, errors } = await wide.graphql('ann', query);
    expect([status, data]).toEqual([400, undefined]);
    for (const { message, extensions } of errors) {
      expect(['QUERY_TOO_COMPLEX', 'BAD_USER_INPUT']).toContain(extensions.code);
      expect(message).not.toMatch(LIBRARY_TEXT);
    }
  });
});

describe('fragments that hold themselves', () => {
  it.each([
    ['directly', '{ viewer { ...A } } fragment A on Viewer { ...A }'],
    ['through others', '{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { id ...A }'],
    ['without being used', '{ viewer { id } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }'],
    [
      'doubling each other',
      '{ viewer { ...A } } fragment A on Viewer { ...B ...B } fragment B on Viewer { ...A ...A }',
    ],
    ['in a field', '{ ...A } fragment A on Query { viewer { ...B } } fragment B on Viewer { id ... { ...B } }'],
  ])('%s are refused', async (_name, query) => {
    const { status, data, errors } = await app.graphql('ann', query);
    expect({ status, data, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
      status: 400,
      data: undefined,
      codes: ['BAD_USER_INPUT'],
    });
  });
});

describe('the cost of a list', () => {
  const fields = `${LIST.slice('tasks '.length)}`;
  const query = `query ($first: Int, $last: Int, $usual: Int = 90) {
    a: tasks(first: $first) ${fields} b: tasks(last: $last) ${fields} c: tasks(first: $usual) ${fields}
  }`;
  const accepted = (variables: Record<string, unknown>) => wide.graphql('ann', query, variables);

  it('grows with the page size in variables and their defaults, in fragments too', async () => {
    expect((await accepted({ first: 5, last: 5, usual: 5 })).status).toBe(200);
    expect((await accepted({ usual: 5 })).status).toBe(200);
    for (const variables of [
      { first: 100, last: 100 },
      { first: 100, last: 100, usual: 90 },
    ]) {
      expect(await refusalOf(query, wide, variables)).toEqual({ code: 'QUERY_TOO_COMPLEX', limit: 1000 });
    }
    const nested = `query ($first: Int) { ...A } fragment A on Query { ...B a: tasks(first: $first) ${fields} }
      fragment B on Query { b: tasks(first: $first) ${fields} c: tasks(first: $first) ${fields} }`;
    expect((await wide.graphql('ann', nested, { first: 5 })).status).toBe(200);
    expect(await refusalOf(nested, wide, { first: 100 })).toEqual({ code: 'QUERY_TOO_COMPLEX', limit: 1000 });
  });

  it.each([[-1_000_000], [0], [101], [1e9], [1e308], ['5'], [[5]], [{ first: 5 }], [true], [5.5]])(
    'is not made less by a page size of %j',
    async (size) => {
      expect(await refusalOf(query, wide, { first: size, last: size, usual: size })).toEqual({
        code: 'QUERY_TOO_COMPLEX',
        limit: 1000,
      });
    },
  );

  it('counts for all operations of a batch together', async () => {
    const operation = { query: `{ tasks(first: 90) ${fields} }` };
    const post = async (body: unknown) =>
      fetch(`${wide.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await wide.credentials('ann')) },
        body: JSON.stringify(body),
      });
    expect((await post([operation, operation])).status).toBe(200);
    const refused = await post([operation, operation, operation]);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX', limit: 1000 } }],
    });
  });
});
