import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';

/** milliseconds that a suspended compute takes to wake, four times what Neon names as usual */
const WAKING = 2000;

let proxy: ChaosProxy;
let app: TestApp;
let owner: Client;

beforeAll(async () => {
  proxy = await startChaosProxy(process.env.TEST_DATABASE_URL ?? '');
  app = await startTestApp({ through: proxy.through, environment: { RESULT_CACHE_SIZE: '0' } });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await app.close();
  await proxy.close();
});

/** What the server's pool holds, by its metrics, which ask no database. */
async function idleConnections(): Promise<number> {
  const metrics = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^database_pool_connections\{state="idle"\} (\d+)$/m.exec(metrics)?.[1]);
}

// Neon ends all connections when it suspends a compute, and holds the next one until it has woken.
it('the first requests after a suspended database wakes wait for it, and none fails', async () => {
  const user = newUser();
  expect((await app.rest(user, 'POST', '/api/tasks', { title: 'a' })).status).toBe(201);
  await owner.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
  // A request in the moment in between would meet a connection that is about to end, which is another test's matter.
  await eventually('the ends have arrived', async () => (await idleConnections()) === 0 && proxy.connections === 0);
  // Nobody asks, so nothing may wake it.
  expect(proxy.connections).toBe(0);

  proxy.blackHole();
  const came = proxy.next('connection');
  const answers = Promise.all([
    app.rest(user, 'GET', '/api/tasks'),
    app.rest(user, 'POST', '/api/tasks', { title: 'b' }),
    app.graphql(user, '{ tasks { totalCount } }'),
  ]);
  await came;
  await owner.query('select pg_sleep($1)', [WAKING / 1000]);
  await proxy.pass();
  expect((await answers).map(({ status }) => status)).toEqual([200, 201, 200]);
});
