import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';

/** What Apollo Server answers the first time, and what is answered without it from the third time on. */

let app: TestApp;
let user: string;
let id: string;

beforeAll(async () => {
  app = await startTestApp({ environment: { RATE_LIMIT_SCALE: '0', GRAPHQL_BATCH_LIMIT: '3' } });
  user = newUser();
  [id] = (await storeTasks(app.databaseUrl, user, [{ title: 'one "quoted" ü 🙂' }, { title: 'two' }])) as [string];
});
afterAll(() => app.close());

interface Request {
  body: unknown;
  accept?: string;
}

const NOISE = new Set(['date', 'x-request-id', 'keep-alive', 'connection', 'content-length']);

/** A document of its own, so that Apollo Server has yet to see it. */
function renamed(body: unknown, name: string): unknown {
  if (Array.isArray(body)) return body.map((operation) => renamed(operation, name));
  const { query } = body as { query?: unknown };
  return typeof query === 'string' ? { ...(body as object), query: `${query} # ${name}` } : body;
}

/** Status, headers and body. Compiled code knows no places in the document. */
async function answerTo({ body, accept }: Request): Promise<unknown> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': 'the-same',
      ...(accept === undefined ? {} : { accept }),
      ...(await app.credentials(user)),
    },
    body: JSON.stringify(body),
  });
  const headers = [...response.headers].filter(([name]) => !NOISE.has(name));
  const text = (await response.text()).replaceAll(/"locations":\[[^\]]*\],/g, '');
  return { status: response.status, headers, text };
}

const TASK = 'query Task($id: ID!) { task(id: $id) { id title description completedAt version } }';
const LIST = 'query ($first: Int) { tasks(first: $first) { edges { cursor node { title } } pageInfo { endCursor } } }';
const MISSING = '01890a5d-ac96-774b-bcce-b302099a8057';

const REQUESTS: [string, () => Request][] = [
  ['a list', () => ({ body: { query: LIST } })],
  ['a list with variables', () => ({ body: { query: LIST, variables: { first: 1 } } })],
  [
    'variables that are null',
    () => ({ body: { query: LIST, variables: null, operationName: null, extensions: null } }),
  ],
  [
    'extensions that mean nothing here',
    () => ({ body: { query: LIST, extensions: { clientLibrary: { name: 'x' } } } }),
  ],
  ['a task', () => ({ body: { query: TASK, variables: { id } } })],
  ['the name of the operation', () => ({ body: { query: TASK, variables: { id }, operationName: 'Task' } })],
  ['a name that no operation has', () => ({ body: { query: TASK, variables: { id }, operationName: 'Other' } })],
  ['an empty name', () => ({ body: { query: TASK, variables: { id }, operationName: '' } })],
  ['one of two operations', () => ({ body: { query: `${TASK} query Other { __typename }`, operationName: 'Other' } })],
  ['two operations and no name', () => ({ body: { query: `${TASK} query Other { __typename }` } })],
  ['a task that does not exist', () => ({ body: { query: TASK, variables: { id: MISSING } } })],
  ['a task beside one that does not exist', () => ({ body: { query: `{ a: task(id: "${MISSING}") { id } }` } })],
  ['an argument that the service refuses', () => ({ body: { query: LIST, variables: { first: 0 } } })],
  ['a variable of a wrong type', () => ({ body: { query: LIST, variables: { first: 'x' } } })],
  ['a variable that is missing', () => ({ body: { query: TASK } })],
  ['variables that are a list', () => ({ body: { query: TASK, variables: [id] } })],
  ['variables that are text', () => ({ body: { query: TASK, variables: '{}' } })],
  ['extensions that are a list', () => ({ body: { query: LIST, extensions: [] } })],
  ['a document that is not valid', () => ({ body: { query: '{ nothing }' } })],
  ['a document that is none', () => ({ body: { query: '{' } })],
  ['no document', () => ({ body: { variables: {} } })],
  ['a batch', () => ({ body: [{ query: LIST }, { query: TASK, variables: { id } }] })],
  [
    'a batch for clients of the new media type',
    () => ({
      body: [{ query: LIST }],
      accept: 'application/graphql-response+json',
    }),
  ],
  [
    'a question about the schema',
    () => ({ body: { query: '{ __type(name: "Task") { name } tasks { totalCount } }' } }),
  ],
  ['the new media type', () => ({ body: { query: LIST }, accept: 'application/graphql-response+json' })],
  [
    'both media types',
    () => ({
      body: { query: LIST },
      accept: 'application/graphql-response+json,application/json;q=0.9',
    }),
  ],
  ['any media type', () => ({ body: { query: LIST }, accept: '*/*' })],
  ['a media type that is not to be had', () => ({ body: { query: LIST }, accept: 'text/plain' })],
];

describe('an operation that was executed before', () => {
  it.each(REQUESTS)('is answered as Apollo Server answers it, with %s', async (name, request) => {
    const { body, accept } = request();
    const again = { body: renamed(body, name), ...(accept === undefined ? {} : { accept }) };
    const first = await answerTo(again);
    for (let times = 2; times <= 5; times++) expect(await answerTo(again)).toEqual(first);
  });

  it('changes things once for each request, also where it fails in a part of its answer', async () => {
    const query = 'mutation ($id: ID!) { toggleTask(id: $id) { task { version } } }';
    const versions: number[] = [];
    for (let times = 0; times < 5; times++) {
      const { data } = await app.graphql(user, query, { id });
      versions.push(data.toggleTask.task.version);
    }
    expect(versions.map((version) => version - versions[0]!)).toEqual([0, 1, 2, 3, 4]);
  });

  it('fails once for each request that it fails', async () => {
    const query =
      'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input) { task { id } } }';
    for (let times = 0; times < 5; times++) {
      const { data, errors } = await app.graphql(user, query, { id, input: { title: '' } });
      expect(data).toBeNull();
      expect(errors).toEqual([
        expect.objectContaining({
          path: ['updateTask'],
          extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }),
        }),
      ]);
    }
  });

  it('needs a token each time', async () => {
    for (let times = 0; times < 4; times++) await app.graphql(user, LIST);
    expect((await app.graphql(undefined, LIST)).status).toBe(401);
  });

  it('counts the cost of its variables each time', async () => {
    const deep = `query ($first: Int) { ${Array.from({ length: 30 }, (_, n) => `a${n}: tasks(first: $first) { nodes { id title completed version } }`).join(' ')} }`;
    for (let times = 0; times < 4; times++) {
      expect((await app.graphql(user, deep, { first: 1 })).errors).toEqual([]);
    }
    expect((await app.graphql(user, deep, { first: 100 })).errors[0]).toMatchObject({
      extensions: { code: 'QUERY_TOO_COMPLEX' },
    });
  });

  it('is not changed over GET', async () => {
    const query = 'mutation { toggleTask(id: "x") { task { id } } }';
    for (let times = 0; times < 3; times++) await app.graphql(user, query);
    const { status } = await app.rest(user, 'GET', `/graphql?query=${encodeURIComponent(query)}`);
    expect(status).toBe(405);
  });
});
