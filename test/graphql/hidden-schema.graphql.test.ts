import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config.ts';
import { startMessage } from '../../src/ops/start-message.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const PRODUCTION = { NODE_ENV: 'production', HOST: '127.0.0.1' };

let development: TestApp;
let production: TestApp;
beforeAll(async () => {
  development = await startTestApp();
  production = await startTestApp({ environment: PRODUCTION });
});
afterAll(async () => {
  await development.close();
  await production.close();
});

describe('what graphql-js proposes in development, nobody is told in production:', () => {
  const order = 'query ($order: [TaskOrder!]) { tasks(orderBy: $order) { totalCount } }';
  const filter = 'query ($filter: TaskFilter) { tasks(filter: $filter) { totalCount } }';

  it.each<[string, string, Record<string, unknown>?]>([
    ['fields', '{ vieweer { id } }'],
    ['fields of a type that is found by its name only', '{ viewer { tasks } task(id: "a") { titel } }'],
    ['types', 'query ($filter: TaskFiltre) { tasks(filter: $filter) { totalCount } }'],
    ['types of fragments', '{ viewer { ...A } } fragment A on Viewre { id }'],
    ['arguments', '{ tasks(frist: 1) { totalCount } }'],
    ['arguments of directives', '{ viewer { id @include(iff: true) } }'],
    ['enum values', '{ tasks(orderBy: [{ field: TITEL }]) { totalCount } }'],
    ['enum values in the place of text', '{ tasks(orderBy: [{ field: "TITLE" }]) { totalCount } }'],
    ['input fields', '{ tasks(filter: { complete: true }) { totalCount } }'],
    ['input fields in lists', '{ tasks(filter: { and: [{ complete: true }] }) { totalCount } }'],
    ['selections', '{ viewer }'],
    ['enum values in variables', order, { order: [{ field: 'TITEL' }] }],
    ['enum values in variables that are in small letters', order, { order: [{ field: 'title' }] }],
    ['input fields in variables', order, { order: [{ feild: 'TITLE' }] }],
    ['input fields deep in variables', filter, { filter: { and: [{ not: { complete: true } }] } }],
    [
      'enum values in defaults',
      'query ($f: TaskOrderField! = TITEL) { tasks(orderBy: [{ field: $f }]) { totalCount } }',
    ],
  ])('%s', async (_name, query, variables = {}) => {
    // Compiled or not: the third time a document runs otherwise than the first time.
    for (const _time of [1, 2, 3]) {
      const shown = await development.graphql('ann', query, variables);
      expect(shown.errors.map(({ message }) => message).join()).toMatch(/Did you mean/);
      const hidden = await production.graphql('ann', query, variables);
      expect(hidden.status).toBe(400);
      expect(hidden.errors.map(({ extensions }) => extensions.code)).toContain('BAD_USER_INPUT');
      expect(JSON.stringify(hidden.errors)).not.toMatch(/did you mean|TITLE"|"viewer \{/i);
    }
  });

  it('the names of types are no secret to clients with a cache', async () => {
    const { data } = await production.graphql('ann', '{ __typename viewer { __typename } }');
    expect(data).toEqual({ __typename: 'Query', viewer: { __typename: 'Viewer' } });
  });
});

describe('the playground', () => {
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const statusOf = async (server: TestApp, path: string) =>
    (await fetch(`${server.url}${path}`, { headers: { accept }, redirect: 'manual' })).status;

  it.each([['/'], ['/graphql/assets/playground.js'], ['/graphql/playground.json']])(
    'is not there in production: %s is a route as unknown as any other',
    async (path) => {
      expect(await statusOf(development, path)).toBeLessThan(400);
      const [response, unknown] = await Promise.all(
        [path, '/nothing'].map((route) => fetch(`${production.url}${route}`, { headers: { accept } })),
      );
      expect(response?.status).toBe(404);
      const expected = { ...((await unknown?.json()) as object), requestId: expect.any(String) };
      expect(await response?.json()).toEqual(expected);
    },
  );

  it('is not there in production: a browser at /graphql is asked for its token', async () => {
    expect(await statusOf(development, '/graphql')).toBe(200);
    const response = await fetch(`${production.url}/graphql`, { headers: { accept } });
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'application/json; charset=utf-8']);
  });

  it('can be had in production, and left out elsewhere', async () => {
    const shown = await startTestApp({ environment: { ...PRODUCTION, GRAPHQL_PLAYGROUND: 'true' } });
    const hidden = await startTestApp({ environment: { GRAPHQL_PLAYGROUND: 'false' } });
    try {
      expect(await statusOf(shown, '/graphql')).toBe(200);
      expect(await statusOf(hidden, '/graphql')).toBe(401);
    } finally {
      await shown.close();
      await hidden.close();
    }
  });

  it('is named at the start where it is served, and only there', () => {
    const message = (environment: Record<string, string>) =>
      startMessage(loadConfig(environment), 'http://localhost:1');
    expect(message({})).toMatch(/GraphQL and playground +http:\/\/localhost:1\/graphql/);
    expect(message({ GRAPHQL_PLAYGROUND: 'false' })).not.toMatch(/playground/);
    expect(message({ PERSISTED_ONLY: 'true' })).not.toMatch(/playground/);
  });
});
