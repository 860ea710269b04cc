import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let database: Client;
beforeAll(async () => {
  // A busy machine may be slow; what stands in the way of each other is what these tests are about.
  app = await startTestApp({ environment: { DATABASE_POOL_TIMEOUT: '30000' } });
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});

async function rowsOf(userId: string): Promise<number> {
  const { rows } = await database.query(
    `select (select count(*) from tasks where user_id = $1) + (select count(*) from idempotency_keys where user_id = $1) as count`,
    [userId],
  );
  return Number(rows[0].count);
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
