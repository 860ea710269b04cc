import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { movableClock, statusesOf } from '../auth/support/both-apis.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

describe('an erasure', () => {
  let app: TestApp;
  beforeAll(async () => {
    // A busy machine may be slow; what stands in the way of each other is what these tests are about.
    app = await startTestApp({ environment: { DATABASE_POOL_TIMEOUT: '30000' } });
  });
  afterAll(() => app.close());

  async function rowsOf(userId: string): Promise<number> {
    const [row] = await app.owner(
      `select (select count(*) from tasks where user_id = $1) + (select count(*) from idempotency_keys where user_id = $1) as count`,
      [userId],
    );
    return Number(row.count);
  }

  // What was under way when the account was erased made new rows for it, which nobody could ever delete.
  it('leaves nothing of requests that come together with the erasure', async () => {
    await app.rest('ann', 'GET', '/api/auth/me');
    const creations = Array.from({ length: 30 }, (_, index) =>
      app.rest(
        'ann',
        'POST',
        '/api/tasks',
        { title: `late ${index}` },
        index % 2 === 0 ? { 'idempotency-key': `k${index}` } : {},
      ),
    );
    const [erased, ...created] = await Promise.all([app.rest('ann', 'DELETE', '/api/auth/me'), ...creations]);
    expect(erased.status).toBe(204);
    expect(created.map(({ status }) => status).filter((status) => status !== 201 && status !== 401)).toEqual([]);
    expect(await rowsOf('ann')).toBe(0);
  });

  it('refuses what follows the erasure in the same operation', async () => {
    const { errors } = await app.graphql(
      'bob',
      'mutation { deleteAccount(confirm: "bob") { deletedUserId } createTask(input: { title: "x" }) { task { id } } }',
    );
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(await rowsOf('bob')).toBe(0);
  });

  // The erasure locked the user first and then the tasks, a toggle the other way round: one of them ended in a 503.
  it('goes through beside changes of many tasks', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 20; index++) {
      ids.push((await app.rest('cy', 'POST', '/api/tasks', { title: `task ${index}` })).body.id);
    }
    const toggles = ids.map((id) => app.rest('cy', 'PATCH', `/api/tasks/${id}/toggle`));
    const [erased, ...toggled] = await Promise.all([app.rest('cy', 'DELETE', '/api/auth/me'), ...toggles]);
    expect(erased.status).toBe(204);
    expect(toggled.every(({ status }) => [200, 401, 404].includes(status))).toBe(true);
    expect(await rowsOf('cy')).toBe(0);
  });
});

/** On two instances of the server that tell each other nothing. */
describe("an erasure where the accounts are the server's own", () => {
  const WRITES = 50;
  const clock = movableClock();
  let app: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    app = await startTestApp({ environment: { AUTH_EMBEDDED: 'true' }, overrides: { clock } });
    const environment = { AUTH_EMBEDDED: 'true', DATABASE_URL: app.databaseUrl };
    other = await startTestApp({ environment, overrides: { clock } });
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const password = 'correct horse';

  async function newcomer(email: string) {
    const { body } = await app.rest(undefined, 'POST', '/api/auth/sign-up/email', { email, name: 'A', password });
    const session = { authorization: `Bearer ${body.token}` };
    const answer = await app.rest(undefined, 'GET', '/api/auth/token', undefined, session);
    return { userId: body.user.id as string, session, token: answer.body.token as string };
  }

  /** Every row of every table of the database, apart from the tombstone, that names the user. */
  async function rowsOf(userId: string): Promise<Record<string, number>> {
    const [row] = await app.owner(
      `select (select count(*) from auth."user" where id = $1)::int as "user",
         (select count(*) from auth.session where "userId" = $1)::int as session,
         (select count(*) from auth.account where "userId" = $1)::int as account,
         (select count(*) from tasks where user_id = $1)::int as tasks,
         (select count(*) from idempotency_keys where user_id = $1)::int as keys,
         (select count(*) from users where id = $1 and (email is not null or name is not null))::int as profile`,
      [userId],
    );
    return row;
  }

  it('leaves nothing of the user in any table, whatever is written meanwhile on either instance', async () => {
    const { userId, token, session } = await newcomer('leaving@example.com');
    const headers = { authorization: `Bearer ${token}` };
    const created = await app.rest(undefined, 'POST', '/api/tasks', { title: 'first' }, headers);
    expect(await statusesOf(other, token)).toEqual([200, 200]);
    expect(await rowsOf(userId)).toMatchObject({ user: 1, account: 1, tasks: 1, profile: 1 });

    const writes = Array.from({ length: WRITES }, (_, index) => {
      const server = index % 2 === 0 ? app : other;
      const key = { ...headers, ...(index % 3 === 0 && { 'idempotency-key': `k${index}` }) };
      if (index % 5 === 0)
        return server.rest(undefined, 'PATCH', `/api/tasks/${created.body.id}/toggle`, undefined, key);
      return server.rest(undefined, 'POST', '/api/tasks', { title: `late ${index}` }, key);
    });
    const [erased, ...written] = await Promise.all([
      app.rest(undefined, 'DELETE', '/api/auth/me', undefined, headers),
      ...writes,
    ]);
    expect(erased.status).toBe(204);
    for (const { status } of written) expect([200, 201, 401, 404]).toContain(status);

    expect(await rowsOf(userId)).toEqual({ user: 0, session: 0, account: 0, tasks: 0, keys: 0, profile: 0 });
    expect(await statusesOf(app, token)).toEqual([401, 401]);
    clock.advance(5000);
    expect(await statusesOf(other, token)).toEqual([401, 401]);
    expect((await app.rest(undefined, 'GET', '/api/auth/token', undefined, session)).status).toBe(401);
  });

  it('lets the same address sign up again, as somebody new', async () => {
    const first = await newcomer('again@example.com');
    const headers = { authorization: `Bearer ${first.token}` };
    await app.rest(undefined, 'POST', '/api/tasks', { title: 'of the first' }, headers);
    await app.rest(undefined, 'DELETE', '/api/auth/me', undefined, headers);
    const second = await newcomer('again@example.com');
    expect(second.userId).not.toBe(first.userId);
    const tasks = await app.rest(undefined, 'GET', '/api/tasks', undefined, {
      authorization: `Bearer ${second.token}`,
    });
    expect(tasks.body.total).toBe(0);
  });
});
