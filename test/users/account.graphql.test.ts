import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, taskInput } from '../support/factories.ts';
import { TEST_SECRET } from '../support/test-secret.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

afterAll(() => app.close());

const VIEWER = '{ viewer { id email name createdAt taskStats { total completed open } } }';

function tokenOf(userId: string, claims: { email?: string; name?: string } = {}): Promise<string> {
  return signToken({ userId, lifetime: 3600, ...claims }, TEST_SECRET, systemClock);
}

/** What each API says to the bearer of a token. */
async function statusesOf(token: string): Promise<{ graphql: number; rest: number; challenges: (string | null)[] }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ query: VIEWER });
  const graphql = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
  const rest = await fetch(`${app.url}/api/auth/me`, { headers });
  const challenges = [graphql, rest].map((response) => response.headers.get('www-authenticate'));
  return { graphql: graphql.status, rest: rest.status, challenges };
}

async function viewerOf(token: string) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: VIEWER }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the answer of the query above
  return ((await response.json()) as any).data.viewer;
}

async function me(token: string) {
  const response = await fetch(`${app.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } });
  return response.json();
}

async function rowOf(userId: string) {
  const rows = await app.owner('select * from users where id = $1', [userId]);
  return rows[0];
}

describe('the user', () => {
  it('appears in the database with the first request and not before', async () => {
    const user = newUser();
    const token = await tokenOf(user);
    expect(await rowOf(user)).toBeUndefined();
    await viewerOf(token);
    expect(await rowOf(user)).toMatchObject({ id: user, email: null, name: null, deleted_at: null });
  });

  it('is the same in both APIs', async () => {
    const user = newUser();
    const token = await tokenOf(user, { email: 'ann@example.com', name: 'Ann' });
    const viewer = await viewerOf(token);
    expect(viewer).toMatchObject({ id: user, email: 'ann@example.com', name: 'Ann' });
    const { createdAt, taskStats: _taskStats, ...same } = viewer;
    expect(await me(token)).toEqual({ ...same, created_at: createdAt, time_zone: null });
  });

  it('keeps e-mail and name when a later token does not tell them', async () => {
    const user = newUser();
    await viewerOf(await tokenOf(user, { email: 'ann@example.com', name: 'Ann' }));
    expect(await viewerOf(await tokenOf(user))).toMatchObject({ email: 'ann@example.com', name: 'Ann' });
  });

  it('takes e-mail and name over when a later token tells new ones', async () => {
    const user = newUser();
    await viewerOf(await tokenOf(user, { email: 'old@example.com', name: 'Old' }));
    const token = await tokenOf(user, { name: 'New' });
    expect(await viewerOf(token)).toMatchObject({ email: 'old@example.com', name: 'New' });
    expect(await rowOf(user)).toMatchObject({ email: 'old@example.com', name: 'New' });
  });

  it('has an id of any letters', async () => {
    for (const id of ['a', ' ', "o'brien@example.com", 'ünïcode-\u{1f600}', '../../etc/passwd', 'x'.repeat(255)]) {
      expect(await me(await tokenOf(id))).toMatchObject({ id });
      expect(await viewerOf(await tokenOf(id))).toMatchObject({ id });
    }
  });

  it('has numbers of tasks, without the deleted ones', async () => {
    const user = newUser();
    const token = await app.token(user);
    expect((await viewerOf(token)).taskStats).toEqual({ total: 0, completed: 0, open: 0 });
    for (const completed of [true, true, false]) await app.rest(user, 'POST', '/api/tasks', taskInput({ completed }));
    const { body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    await app.rest(user, 'DELETE', `/api/tasks/${body.id}`);
    expect((await viewerOf(token)).taskStats).toEqual({ total: 3, completed: 2, open: 1 });
  });
});

describe.each([
  ['revokeTokens', (user: string) => app.graphql(user, 'mutation { revokeTokens { revoked } }')],
  ['POST /api/auth/revoke', (user: string) => app.rest(user, 'POST', '/api/auth/revoke')],
])('%s', (_name, revoke) => {
  it('ends every token issued before in both APIs, and lets one issued after the answer in at once', async () => {
    const user = newUser();
    const [used, other] = [await app.token(user), await tokenOf(user, { name: 'Another device' })];
    expect(await statusesOf(other)).toMatchObject({ graphql: 200, rest: 200 });
    await revoke(user);
    const fresh = await tokenOf(user);
    expect(await statusesOf(fresh)).toMatchObject({ graphql: 200, rest: 200 });
    for (const token of [used, other]) {
      const { challenges, ...statuses } = await statusesOf(token);
      expect(statuses).toEqual({ graphql: 401, rest: 401 });
      for (const challenge of challenges) expect(challenge).toMatch(/^Bearer error="invalid_token"/);
    }
  });

  it('leaves tasks and other users alone', async () => {
    const [user, other] = [newUser(), newUser()];
    const { body: task } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    await app.rest(other, 'GET', '/api/auth/me');
    await revoke(user);
    const headers = { authorization: `Bearer ${await tokenOf(user)}` };
    expect((await app.rest(undefined, 'GET', `/api/tasks/${task.id}`, undefined, headers)).body).toEqual(task);
    expect(await statusesOf(await app.token(other))).toMatchObject({ graphql: 200, rest: 200 });
  });
});

describe('deleteAccount', () => {
  const DELETE = 'mutation ($confirm: String!) { deleteAccount(confirm: $confirm) { deletedUserId } }';

  it('wants the id of the user repeated', async () => {
    const user = newUser();
    await app.rest(user, 'POST', '/api/tasks', taskInput());
    for (const confirm of ['', 'yes', user.toUpperCase(), `${user} `, newUser()]) {
      const { errors } = await app.graphql(user, DELETE, { confirm });
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'confirm' }] });
    }
    expect((await app.rest(user, 'GET', '/api/tasks')).body.total).toBe(1);
    const { data } = await app.graphql(user, DELETE, { confirm: user });
    expect(data).toEqual({ deleteAccount: { deletedUserId: user } });
  });

  it.each([
    ['GraphQL', (user: string) => app.graphql(user, DELETE, { confirm: user })],
    ['REST', (user: string) => app.rest(user, 'DELETE', '/api/auth/me')],
  ])('over %s leaves nothing of the user but the id that must not come back', async (_api, erase) => {
    const user = newUser();
    const token = await tokenOf(user, { email: 'ann@example.com', name: 'Ann' });
    await viewerOf(token);
    for (const key of ['1', '2']) {
      await app.rest(user, 'POST', '/api/tasks', { title: 'Secret plan' }, { 'idempotency-key': key });
    }
    const { body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    await app.rest(user, 'DELETE', `/api/tasks/${body.id}`);
    await erase(user);
    expect(await rowOf(user)).toMatchObject({ email: null, name: null, deleted_at: expect.any(Date) });
    for (const table of ['tasks', 'idempotency_keys']) {
      const rows = await app.owner(`select count(*)::int as count from ${table} where user_id = $1`, [user]);
      expect({ table, rows }).toEqual({ table, rows: [{ count: 0 }] });
    }
  });

  it('ends every token, those that are made later too', async () => {
    const user = newUser();
    const token = await app.token(user);
    await app.rest(user, 'DELETE', '/api/auth/me');
    expect(await statusesOf(token)).toMatchObject({ graphql: 401, rest: 401 });
    const later = await signToken({ userId: user, lifetime: 3600, name: 'Back' }, TEST_SECRET, systemClock);
    expect(await statusesOf(later)).toMatchObject({ graphql: 401, rest: 401 });
    expect(await rowOf(user)).toMatchObject({ name: null });
  });

  it('leaves other users, their tasks and the ids of erased tasks alone', async () => {
    const [user, other] = [newUser(), newUser()];
    const { body: gone } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    const { body: kept } = await app.rest(other, 'POST', '/api/tasks', taskInput());
    await app.rest(user, 'DELETE', '/api/auth/me');
    expect((await app.rest(other, 'GET', '/api/tasks')).body.items).toEqual([kept]);
    expect((await app.rest(other, 'GET', `/api/tasks/${gone.id}`)).status).toBe(404);
  });
});
