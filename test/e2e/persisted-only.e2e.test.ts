import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DocumentNode } from 'graphql';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { createApolloClient, createGate } from './support/apollo.ts';
import { LIST_TASKS, TOGGLE_TASK, WHO_AM_I } from './support/task.documents.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { PERSISTED_ONLY: 'true' } });
});
afterAll(() => app.close());

/** Codegen put the hash into each document, and Apollo Client keeps it when it adds `__typename`. */
function hashOf(document: DocumentNode): string {
  return (document as DocumentNode & { __meta__: { hash: string } }).__meta__.hash;
}

test.each([[false], [true]])(
  'Apollo Client works with listed operations only, queries by GET: %s',
  async (useGETForHashedQueries) => {
    const user = newUser('apollo');
    const [id = ''] = await storeTasks(app.databaseUrl, user, [{ title: 'one' }]);
    const gate = createGate();
    const client = createApolloClient({
      uri: `${app.url}/graphql`,
      token: () => app.token(user),
      links: [new PersistedQueryLink({ generateHash: hashOf, useGETForHashedQueries })],
      fetch: gate.fetch,
    });

    const { data } = await client.query({ query: LIST_TASKS, variables: { first: 10 } });
    expect(data?.tasks.edges.map(({ node }) => [node.__typename, node.title])).toEqual([['Task', 'one']]);
    await client.mutate({ mutation: TOGGLE_TASK, variables: { id } });
    const { data: viewer } = await client.query({ query: WHO_AM_I });
    expect(viewer?.viewer).toMatchObject({ id: user, taskStats: { total: 1, completed: 1 } });

    const sent = await Promise.all(gate.sent.map(async (request) => `${request.url}${await request.text()}`));
    expect(sent).toHaveLength(3);
    expect(sent.filter((request) => request.includes('"query"') || request.includes('query='))).toEqual([]);
  },
);
