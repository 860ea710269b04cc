import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditStore, createAuditStore } from '../../src/audit/audit.store.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { storedEvent } from './support.ts';

/** How users read what the log says of them, over GraphQL and over REST. */

/** Lately: what is older than the retention may be removed at any moment. */
const START = Date.now() - 3_600_000;
const FIRST = new Date(START).toISOString();

let database: OpenTestDatabase;
let store: AuditStore;
let app: TestApp;

beforeAll(async () => {
  database = await openTestDatabase();
  store = createAuditStore(database);
  app = await startTestApp({ beside: { databaseUrl: database.url } });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

/** A user whose first token is known already, so that the log says nothing but what the test puts there. */
async function userWith(count: number): Promise<{ user: string; ids: string[] }> {
  const user = newUser();
  await database.owner('insert into users (id) values ($1)', [user]);
  const events = Array.from({ length: count }, (_, index) => storedEvent(user, START + index * 1000));
  await store.insert(events);
  return { user, ids: events.map((event) => event.id).reverse() };
}

const FIELDS = 'id event outcome detail address requestId occurrences occurredAt lastAt';
const QUERY = `query ($first: Int, $after: String) {
  viewer { securityEvents(first: $first, after: $after) {
    nodes { ${FIELDS} } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}`;

describe('viewer.securityEvents', () => {
  it('answers events with everything that is known of them', async () => {
    const { user, ids } = await userWith(1);
    const { data } = await app.graphql(user, QUERY);
    expect(data.viewer.securityEvents.nodes).toEqual([
      {
        id: ids[0],
        event: 'TOKEN_REFUSED',
        outcome: 'REFUSED',
        detail: 'INVALID_TOKEN',
        address: '192.0.2.9',
        requestId: 'request-1',
        occurrences: 1,
        occurredAt: FIRST,
        lastAt: FIRST,
      },
    ]);
  });

  it('leads through all pages by their cursors', async () => {
    const { user, ids } = await userWith(5);
    const first = (await app.graphql(user, QUERY, { first: 3 })).data.viewer.securityEvents;
    const after = first.pageInfo.endCursor;
    const second = (await app.graphql(user, QUERY, { first: 3, after })).data.viewer.securityEvents;
    const seen = [...first.edges, ...second.edges].map(({ node }: { node: { id: string } }) => node.id);
    expect(seen).toEqual(ids);
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect([first.pageInfo.startCursor, after]).toEqual([first.edges[0].cursor, first.edges[2].cursor]);
  });

  it('has an empty page for whom nothing happened to', async () => {
    const { user } = await userWith(0);
    const { data } = await app.graphql(user, QUERY);
    expect(data.viewer.securityEvents).toEqual({
      nodes: [],
      edges: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it.each([
    ['first', { first: 101 }],
    ['after', { after: 'no-cursor' }],
  ])('refuses a wrong %s', async (field, variables) => {
    const { errors } = await app.graphql(newUser(), QUERY, variables);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: [{ field }] } }]);
  });

  it('refuses a cursor of a list of tasks', async () => {
    const user = newUser();
    await app.rest(user, 'POST', '/api/tasks', { title: 'One' });
    const tasks = await app.graphql(user, '{ tasks { pageInfo { endCursor } } }');
    const { errors } = await app.graphql(user, QUERY, { after: tasks.data.tasks.pageInfo.endCursor });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is counted as a read each time that it stands in a document', async () => {
    const limited = await startTestApp({
      environment: { RATE_LIMIT_SCALE: '0.01' },
      beside: { databaseUrl: database.url },
    });
    const fields = Array.from({ length: 6 }, (_, index) => `a${index}: securityEvents { nodes { id } }`).join(' ');
    const { errors } = await limited.graphql(newUser(), `{ viewer { ${fields} } }`);
    await limited.close();
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  });
});

describe('GET /api/auth/events', () => {
  it('answers events with everything that is known of them', async () => {
    const { user, ids } = await userWith(1);
    const { status, body } = await app.rest(user, 'GET', '/api/auth/events');
    expect([status, body]).toEqual([
      200,
      {
        items: [
          {
            id: ids[0],
            event: 'TOKEN_REFUSED',
            outcome: 'REFUSED',
            detail: 'INVALID_TOKEN',
            address: '192.0.2.9',
            request_id: 'request-1',
            occurrences: 1,
            occurred_at: FIRST,
            last_at: FIRST,
          },
        ],
        total: 1,
        page: 1,
        limit: 20,
      },
    ]);
  });

  it('leads to the other pages by its Link header', async () => {
    const { user, ids } = await userWith(5);
    const { body, headers } = await app.rest(user, 'GET', '/api/auth/events?page=2&limit=2');
    expect(body.items.map((item: { id: string }) => item.id)).toEqual(ids.slice(2, 4));
    expect(headers.get('link')).toBe(
      [
        '</api/auth/events?page=1&limit=2>; rel="first"',
        '</api/auth/events?page=1&limit=2>; rel="prev"',
        '</api/auth/events?page=3&limit=2>; rel="next"',
        '</api/auth/events?page=3&limit=2>; rel="last"',
      ].join(', '),
    );
  });

  it.each([['page=0'], ['limit=101'], ['limit=x'], ['user_id=somebody'], ['page=1&page=2']])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await app.rest(newUser(), 'GET', `/api/auth/events?${query}`);
      expect([status, body.code]).toEqual([400, 'BAD_USER_INPUT']);
    },
  );

  it('asks for a token', async () => {
    expect((await app.rest(undefined, 'GET', '/api/auth/events')).status).toBe(401);
  });
});

it('neither API shows anything of another user', async () => {
  const { user: other } = await userWith(3);
  const { user } = await userWith(0);
  const { data } = await app.graphql(user, QUERY, { first: 100 });
  const { body } = await app.rest(user, 'GET', '/api/auth/events?limit=100');
  expect([data.viewer.securityEvents.nodes, body.items, body.total]).toEqual([[], [], 0]);
  expect((await app.rest(other, 'GET', '/api/auth/events')).body.total).toBe(3);
});
