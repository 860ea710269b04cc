import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: [TaskOrder!]) {
  tasks(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    edges { cursor node { id title } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}`;

async function page(user: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await app.graphql(user, PAGE, variables);
  expect(errors).toEqual([]);
  return data.tasks;
}

async function refusedField(user: string, variables: Record<string, unknown>): Promise<string[]> {
  const { status, data, errors } = await app.graphql(user, PAGE, variables);
  expect({ status, data, codes: errors.map((error) => error.extensions.code) }).toEqual({
    status: 200,
    data: null,
    codes: ['BAD_USER_INPUT'],
  });
  return (errors[0]!.extensions.fields as { field: string }[]).map(({ field }) => field);
}

async function userWith(count: number): Promise<string> {
  const user = newUser();
  await app.graphql(user, '{ viewer { id } }');
  await storeTasks(
    app.databaseUrl,
    user,
    Array.from({ length: count }, (_, index) => ({ title: `Task ${index}` })),
  );
  return user;
}

describe('a connection', () => {
  it('pages through 1,000 tasks in both directions by the cursors of its pages', async () => {
    const user = await userWith(1000);
    const orderBy = [
      { field: 'COMPLETED', direction: 'ASC' },
      { field: 'TITLE', direction: 'DESC' },
    ];
    const forwards: string[] = [];
    for (let after = null, more = true; more; ) {
      const { nodes, pageInfo } = await page(user, { first: 100, after, orderBy });
      forwards.push(...nodes.map((node: { id: string }) => node.id));
      more = pageInfo.hasNextPage;
      after = pageInfo.endCursor;
    }
    const backwards: string[] = [];
    for (let before = null, more = true; more; ) {
      const { nodes, pageInfo } = await page(user, { last: 100, before, orderBy });
      backwards.unshift(...nodes.map((node: { id: string }) => node.id));
      more = pageInfo.hasPreviousPage;
      before = pageInfo.startCursor;
    }
    expect(new Set(forwards).size).toBe(1000);
    expect(backwards).toEqual(forwards);
  });

  it('shows the same tasks as edges and as nodes, and the cursors of its ends', async () => {
    const user = await userWith(3);
    const { edges, nodes, pageInfo, totalCount } = await page(user, { first: 2 });
    expect(edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(
      nodes.map((node: { id: string }) => node.id),
    );
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0].cursor,
      endCursor: edges[1].cursor,
    });
    expect(totalCount).toBe(3);
  });

  it('has no cursors when it is empty', async () => {
    const none = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
    expect(await page(newUser())).toEqual({ edges: [], nodes: [], pageInfo: none, totalCount: 0 });
  });

  it('counts the whole list, whatever part of it the page shows', async () => {
    const user = await userWith(30);
    const { edges } = await page(user, { first: 5 });
    const { totalCount } = await page(user, { first: 1, after: edges[4].cursor });
    expect(totalCount).toBe(30);
  });

  it('refuses cursors that are malformed, cut, lengthened or of another order', async () => {
    const user = await userWith(2);
    const byTitle = [{ field: 'TITLE', direction: 'ASC' }];
    const { edges } = await page(user);
    const { cursor } = edges[0];
    const wrong = [
      '',
      'x',
      '!',
      'bnVsbA',
      cursor.slice(0, -1),
      cursor.slice(1),
      `${cursor}A`,
      `${cursor}=`,
      'x'.repeat(3000),
    ];
    for (const bad of wrong) {
      expect([bad, await refusedField(user, { after: bad })]).toEqual([bad, ['after']]);
      expect([bad, await refusedField(user, { before: bad })]).toEqual([bad, ['before']]);
    }
    expect(await refusedField(user, { after: cursor, orderBy: byTitle })).toEqual(['after']);
    expect(await refusedField(user, { before: cursor, orderBy: [{ field: 'CREATED_AT', direction: 'ASC' }] })).toEqual([
      'before',
    ]);
    expect(
      (await page(user, { after: cursor, orderBy: [{ field: 'CREATED_AT', direction: 'DESC' }] })).nodes,
    ).toHaveLength(1);
  });

  it('refuses a cursor whose keys look right and are no moment', async () => {
    const user = await userWith(1);
    const { edges } = await page(user);
    const [sort, , id] = Buffer.from(edges[0].cursor, 'base64url').toString().split('\0');
    for (const moment of ['2026-13-45T99:99:99.999Z', '0000-00-00T00:00:00.000Z', '9999-99-99T00:00:00.000Z']) {
      const after = Buffer.from([sort, moment, id].join('\0')).toString('base64url');
      const { errors } = await app.graphql(user, PAGE, { after });
      expect(errors.map((error) => error.extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('shows with a forged cursor nothing but a place in the own list', async () => {
    const user = await userWith(3);
    await userWith(3);
    const { edges, nodes } = await page(user);
    const [sort, , id] = Buffer.from(edges[0].cursor, 'base64url').toString().split('\0');
    const after = Buffer.from([sort, '9999-12-31T23:59:59.999Z', id].join('\0')).toString('base64url');
    expect((await page(user, { after })).nodes).toEqual(nodes);
  });

  it('refuses first and last together, an order that names a field twice, and more than 3 keys', async () => {
    const user = newUser();
    expect(await refusedField(user, { first: 1, last: 1 })).toEqual(['last']);
    const key = (field: string) => ({ field, direction: 'ASC' });
    expect(await refusedField(user, { orderBy: [key('TITLE'), key('TITLE')] })).toEqual(['orderBy']);
    const all = ['TITLE', 'COMPLETED', 'CREATED_AT', 'UPDATED_AT'].map(key);
    expect(await refusedField(user, { orderBy: all })).toEqual(['orderBy']);
  });

  it('takes null for an argument as none', async () => {
    const user = await userWith(1);
    const query =
      '{ tasks(first: null, after: null, last: null, before: null, filter: null, search: null, orderBy: null) { totalCount nodes { id } } }';
    const { data } = await app.graphql(user, query);
    expect(data.tasks).toEqual({ totalCount: 1, nodes: [{ id: expect.any(String) }] });
  });
});
