import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { gauge } from '../sync/support/gauges.ts';

const POOL_MAXIMUM = 2;
/** seconds that each creation takes: so many places serve 20 of them in a second */
const STATEMENT = 0.1;
const POOL_TIMEOUT = 2000;
/** Ten times what can be served while one waits. */
const REQUESTS = 400;
/** So many answers show how quickly connections become free. */
const PACE = 12;

let app: TestApp;
let owner: Client;

beforeAll(async () => {
  app = await startTestApp({
    environment: {
      DATABASE_POOL_MAX: String(POOL_MAXIMUM),
      DATABASE_POOL_TIMEOUT: String(POOL_TIMEOUT),
      RESULT_CACHE_SIZE: '0',
    },
  });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await app.close();
});

async function slowDown(): Promise<void> {
  await owner.query(
    `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${STATEMENT}); return new; end $$`,
  );
  await owner.query('create trigger slow before insert on tasks for each row execute function slow()');
}

it('ten times too much is refused with 503 and Retry-After, the rest is served, and nothing of it stays', async () => {
  const users = Array.from({ length: REQUESTS }, () => newUser());
  // Everybody is known before, so that all that follows is the creation itself.
  for (let index = 0; index < REQUESTS; index += 20) {
    await Promise.all(users.slice(index, index + 20).map((user) => app.rest(user, 'GET', '/api/auth/me')));
  }
  await slowDown();

  const paced = Promise.withResolvers<void>();
  let answered = 0;
  const create = async (user: string) => {
    const answer = await app.rest(user, 'POST', '/api/tasks', { title: 'a' });
    answered += 1;
    if (answered === PACE) paced.resolve();
    return answer;
  };
  const half = REQUESTS / 2;
  const early = users.slice(0, half).map(create);
  // The rest comes when the pace is known, and is refused before anything is done for it.
  await paced.promise;
  const late = users.slice(half).map(create);
  const alive = await Promise.all(Array.from({ length: 5 }, () => app.rest(undefined, 'GET', '/health/live')));
  const answers = await Promise.all([...early, ...late]);

  expect(alive.map(({ status }) => status)).toEqual(alive.map(() => 200));
  const served = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status === 503);
  expect(served.length + refused.length).toBe(REQUESTS);
  expect(served.length).toBeGreaterThan(POOL_MAXIMUM);
  for (const { headers, body } of refused) {
    expect(body.code).toBe('SERVICE_UNAVAILABLE');
    expect(headers.get('retry-after')).toBe('1');
  }
  const { rows } = await owner.query('select count(*)::int as count from tasks');
  expect(rows[0].count).toBe(served.length);
  // Whoever came to a queue that was too long already was refused at once: in vain waited only early ones.
  const inVain = await gauge(app, 'database_pool_refusals_total{reason="timeout"}');
  expect(inVain).toBeLessThan(half);
  expect(refused.length - inVain).toBeGreaterThan(half / 2);

  await owner.query('drop trigger slow on tasks');
  const after = await Promise.all(users.slice(0, 4 * POOL_MAXIMUM).map((user) => app.rest(user, 'GET', '/api/tasks')));
  expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
});
