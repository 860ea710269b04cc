import { createHash } from 'node:crypto';
import { CombinedGraphQLErrors, type Reference, ServerError } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DocumentNode } from 'graphql';
import { filter, firstValueFrom } from 'rxjs';
import type { ReadTaskQuery } from '../generated/graphql.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type ApolloOptions, createApolloClient, createGate } from './support/apollo.ts';
import { CREATE_TASK, LIST_TASKS, READ_TASK, TOGGLE_TASK, UPDATE_TASK, WHO_AM_I } from './support/task.documents.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

function clientOf(user: string, options: Partial<ApolloOptions> = {}) {
  return createApolloClient({ uri: `${app.url}/graphql`, token: () => app.token(user), ...options });
}

/** A user with so many open tasks, named 1, 2, 3 … from the newest on. */
async function userWithTasks(count: number): Promise<{ user: string; ids: string[] }> {
  const user = newUser('apollo');
  const createdAt = (index: number) => new Date(Date.UTC(2026, 5, 1) - index * 1000).toISOString();
  const tasks = Array.from({ length: count }, (_, index) => ({ title: `${index + 1}`, createdAt: createdAt(index) }));
  return { user, ids: await storeTasks(app.databaseUrl, user, tasks) };
}

/** What a mutation fails with, as the client reports it. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a list in the cache', () => {
  test('grows by the pages that are fetched, and ends', async () => {
    const { user } = await userWithTasks(5);
    const list = clientOf(user).watchQuery({ query: LIST_TASKS, variables: { first: 2 } });
    const titles = () => list.getCurrentResult().data?.tasks?.edges?.map((edge) => edge?.node?.title);
    const pageInfo = () => list.getCurrentResult().data?.tasks?.pageInfo;
    await firstValueFrom(list.pipe(filter(({ loading }) => !loading)));
    expect(titles()).toEqual(['1', '2']);
    await list.fetchMore({ variables: { after: pageInfo()?.endCursor } });
    expect(titles()).toEqual(['1', '2', '3', '4']);
    expect(pageInfo()?.hasNextPage).toBe(true);
    await list.fetchMore({ variables: { after: pageInfo()?.endCursor } });
    expect(titles()).toEqual(['1', '2', '3', '4', '5']);
    expect(pageInfo()?.hasNextPage).toBe(false);
  });

  test('is another one for another filter', async () => {
    const { user, ids } = await userWithTasks(3);
    const client = clientOf(user);
    await client.mutate({ mutation: TOGGLE_TASK, variables: { id: String(ids[0]) } });
    const all = await client.query({ query: LIST_TASKS, variables: { first: 10 } });
    const open = await client.query({ query: LIST_TASKS, variables: { first: 10, filter: { completed: false } } });
    const byTitle = await client.query({
      query: LIST_TASKS,
      variables: { first: 10, orderBy: [{ field: 'TITLE', direction: 'DESC' }] },
    });
    expect(all.data?.tasks.totalCount).toBe(3);
    expect(open.data?.tasks.edges.map((edge) => edge.node.title)).toEqual(['2', '3']);
    expect(byTitle.data?.tasks.edges.map((edge) => edge.node.title)).toEqual(['3', '2', '1']);
  });

  test('shows a created task without being read again', async () => {
    const { user } = await userWithTasks(1);
    const gate = createGate();
    const client = clientOf(user, { fetch: gate.fetch });
    await client.query({ query: LIST_TASKS, variables: { first: 2 } });

    await client.mutate({
      mutation: CREATE_TASK,
      variables: { input: { title: 'new' } },
      update(cache, { data }) {
        const task = data?.createTask.task;
        if (!task) return;
        cache.modify<{ tasks: { totalCount: number; edges: { cursor: string; node: Reference }[] } }>({
          fields: {
            tasks: (list, { toReference }) => {
              if ('__ref' in list) return list;
              const node = toReference({ __typename: 'Task', id: task.id });
              if (!node) return list;
              const edge = { __typename: 'TaskEdge', cursor: '', node };
              return { ...list, totalCount: list.totalCount + 1, edges: [edge, ...list.edges] };
            },
          },
        });
      },
    });

    const { data } = await client.query({ query: LIST_TASKS, variables: { first: 2 } });
    expect(data?.tasks.edges.map((edge) => edge.node.title)).toEqual(['new', '1']);
    expect(data?.tasks.totalCount).toBe(2);
    expect(gate.sent).toHaveLength(2);
  });
});

describe('an optimistic toggle', () => {
  /** Shows a task as a page does, and toggles it while the server is out of reach. */
  async function toggleBehindGate(user: string, id: string) {
    const gate = createGate();
    const client = clientOf(user, { fetch: gate.fetch });
    const page = client.watchQuery({ query: READ_TASK, variables: { id } });
    const { data } = await firstValueFrom(page.pipe(filter(({ dataState }) => dataState === 'complete')));
    if (!data?.task) throw new Error('The task could not be read');
    const task = data.task as ReadTaskQuery['task'];
    const watching = page.subscribe(() => {});
    gate.close();
    const answer = failureOf(
      client.mutate({
        mutation: TOGGLE_TASK,
        variables: { id },
        optimisticResponse: {
          toggleTask: { __typename: 'ToggleTaskPayload', task: { ...task, completed: !task.completed } },
        },
      }),
    );
    const shown = () => page.getCurrentResult().data?.task;
    return { gate, shown, answer: answer.finally(() => watching.unsubscribe()) };
  }

  test('shows before the server has answered, and keeps what it then answers', async () => {
    const { user, ids } = await userWithTasks(1);
    const { gate, shown, answer } = await toggleBehindGate(user, String(ids[0]));
    expect(shown()).toMatchObject({ completed: true, completedAt: null, version: 1 });
    gate.open();
    expect(await answer).toBeUndefined();
    expect(shown()).toMatchObject({ completed: true, completedAt: expect.any(String), version: 2 });
  });

  test('is taken back when the server refuses it', async () => {
    const { user, ids } = await userWithTasks(1);
    const { gate, shown, answer } = await toggleBehindGate(user, String(ids[0]));
    expect(shown()?.completed).toBe(true);
    await app.rest(user, 'DELETE', `/api/tasks/${ids[0]}`);
    gate.open();
    expect(codesOf(await answer)).toEqual(['NOT_FOUND']);
    expect(shown()?.completed).toBe(false);
  });
});

function codesOf(error: unknown): unknown[] {
  if (!CombinedGraphQLErrors.is(error)) throw new Error(`Not an answer of the server: ${String(error)}`);
  return error.errors.map(({ extensions }) => extensions?.code);
}

describe('errors', () => {
  test('reach the client with their codes and what they carry', async () => {
    const { user, ids } = await userWithTasks(1);
    const id = String(ids[0]);
    const client = clientOf(user);

    const invalid = await failureOf(client.mutate({ mutation: CREATE_TASK, variables: { input: { title: '  ' } } }));
    expect(codesOf(invalid)).toEqual(['BAD_USER_INPUT']);
    expect(invalid).toHaveProperty('errors.0.extensions.fields.0.field', 'title');

    await client.mutate({ mutation: UPDATE_TASK, variables: { id, input: { title: 'changed' } } });
    const stale = await failureOf(
      client.mutate({ mutation: UPDATE_TASK, variables: { id, input: { title: 'lost' }, expectedVersion: 1 } }),
    );
    expect(codesOf(stale)).toEqual(['CONFLICT']);
    expect(stale).toHaveProperty('errors.0.extensions.version', 2);

    const foreign = await failureOf(clientOf(newUser()).query({ query: READ_TASK, variables: { id } }));
    expect(codesOf(foreign)).toEqual(['FORBIDDEN']);
  });

  test.each([
    ['no token', undefined],
    ['a token that is none', 'nonsense'],
  ])('with %s are a 401 of the whole request, with its code', async (_case, token) => {
    const gate = createGate();
    const client = clientOf('nobody', { token: async () => token, fetch: gate.fetch });
    const error = await failureOf(client.query({ query: WHO_AM_I }));
    expect(codesOf(error)).toEqual(['UNAUTHENTICATED']);
    expect(gate.answered[0]?.status).toBe(401);
    expect(gate.answered[0]?.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('are a ServerError for clients that accept nothing but application/json', async () => {
    const client = clientOf('nobody', {
      token: async () => undefined,
      fetch: (url, options) => fetch(url, { ...options, headers: { ...options?.headers, accept: 'application/json' } }),
    });
    const error = await failureOf(client.query({ query: WHO_AM_I }));
    if (!ServerError.is(error)) throw new Error(`Not a ServerError: ${String(error)}`);
    expect(error.statusCode).toBe(401);
    expect(JSON.parse(error.bodyText).errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('over HTTP', () => {
  test('queries go by GET where the client wants that, mutations never', async () => {
    const { user, ids } = await userWithTasks(1);
    const gate = createGate();
    const client = clientOf(user, { fetch: gate.fetch, useGETForQueries: true });
    const { data } = await client.query({ query: WHO_AM_I });
    await client.mutate({ mutation: TOGGLE_TASK, variables: { id: String(ids[0]) } });
    expect(data?.viewer).toMatchObject({ id: user, taskStats: { total: 1, completed: 0 } });
    expect(gate.sent.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test('a persisted query is sent whole once, afterwards by its hash alone, also by others', async () => {
    const { user } = await userWithTasks(2);
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const isWhole = async (request: Request) => /query[^{]*ListTasks/.test(`${request.url} ${await request.text()}`);

    async function askTwice(useGETForHashedQueries: boolean) {
      const gate = createGate();
      const links = [new PersistedQueryLink({ sha256, useGETForHashedQueries })];
      const client = clientOf(user, { fetch: gate.fetch, links });
      for (const first of [2, 3]) {
        const { data } = await client.query({ query: LIST_TASKS, variables: { first }, fetchPolicy: 'network-only' });
        expect(data?.tasks.totalCount).toBe(2);
      }
      return Promise.all(gate.sent.map(async (request) => [request.method, await isWhole(request)]));
    }

    expect(await askTwice(true)).toEqual([
      ['GET', false],
      ['POST', true],
      ['GET', false],
    ]);
    expect(await askTwice(false)).toEqual([
      ['POST', false],
      ['POST', false],
    ]);
  });
});

describe('where listed operations only are accepted', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startTestApp({ beside: app, environment: { PERSISTED_ONLY: 'true' } });
  });
  afterAll(() => strict.close());

  /** Codegen put the hash into each document, and Apollo Client keeps it when it adds `__typename`. */
  function hashOf(document: DocumentNode): string {
    return (document as DocumentNode & { __meta__: { hash: string } }).__meta__.hash;
  }

  test.each([[false], [true]])(
    'Apollo Client works with listed operations only, queries by GET: %s',
    async (useGETForHashedQueries) => {
      const { user, ids } = await userWithTasks(1);
      const gate = createGate();
      const client = clientOf(user, {
        uri: `${strict.url}/graphql`,
        links: [new PersistedQueryLink({ generateHash: hashOf, useGETForHashedQueries })],
        fetch: gate.fetch,
      });

      const { data } = await client.query({ query: LIST_TASKS, variables: { first: 10 } });
      expect(data?.tasks.edges.map(({ node }) => [node.__typename, node.title])).toEqual([['Task', '1']]);
      await client.mutate({ mutation: TOGGLE_TASK, variables: { id: String(ids[0]) } });
      const { data: viewer } = await client.query({ query: WHO_AM_I });
      expect(viewer?.viewer).toMatchObject({ id: user, taskStats: { total: 1, completed: 1 } });

      const sent = await Promise.all(gate.sent.map(async (request) => `${request.url}${await request.text()}`));
      expect(sent).toHaveLength(3);
      expect(sent.filter((request) => request.includes('"query"') || request.includes('query='))).toEqual([]);
    },
  );
});
