import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrations } from '../../migrations/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const METRICS_TOKEN = 'a token for prometheus';

describe('what operators ask for', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ environment: { METRICS_TOKEN } });
  });
  afterAll(() => app.close());

  it('is alive without asking the database', async () => {
    expect(await app.rest(undefined, 'GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is ready when database, migrations and keys are there', async () => {
    expect(await app.rest(undefined, 'GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('counts requests by API and status', async () => {
    await app.graphql('ann', '{ viewer { id } }');
    await app.rest(undefined, 'GET', '/api/tasks');
    const response = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('http_request_duration_seconds_count{api="graphql",status="200"}');
    expect(text).toContain('http_request_duration_seconds_count{api="rest",status="401"}');
    expect(text).toContain('process_cpu_user_seconds_total');
  });

  it('shows the metrics to nobody without their token', async () => {
    for (const authorization of ['', 'Bearer another token here', `Basic ${METRICS_TOKEN}`]) {
      const response = await fetch(`${app.url}/metrics`, { headers: { authorization } });
      expect(response.status).toBe(401);
    }
  });

  it('answers a request that is under way when the server is closed', async () => {
    const underWay = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const wait = () => {
      underWay.resolve();
      return gate.promise;
    };
    const own = await startTestApp({ overrides: { wait } });
    const answer = own.rest('ann', 'POST', '/api/auth/revoke');
    await underWay.promise;
    const closed = own.close();
    gate.resolve();
    expect((await answer).status).toBe(204);
    await closed;
  });
});

describe('health of a server whose database is away', () => {
  let database: TestDatabase;
  let proxy: ChaosProxy;
  let app: TestApp;
  let owner: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await startChaosProxy(database.url);
    app = await startTestApp({
      environment: { DATABASE_URL: proxy.through(database.url), DATABASE_URL_DIRECT: database.url },
    });
    owner = new Client({ connectionString: database.url });
    await owner.connect();
  });
  beforeEach(async () => {
    await proxy.pass();
    await eventually('ready', async () => (await health('ready')).status === 200);
  });
  afterAll(async () => {
    await proxy.pass();
    await owner.end();
    await app.close();
    await proxy.close();
    await database.drop();
  });

  const health = (route: 'live' | 'ready') => app.rest(undefined, 'GET', `/health/${route}`);

  it('is alive and not ready while no byte comes back', async () => {
    proxy.blackHole();
    await eventually('not ready', async () => (await health('ready')).status === 503);
    expect(await health('ready')).toMatchObject({ body: { status: 'unavailable', missing: ['database'] } });
    expect(await health('live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('is alive and not ready while nobody accepts connections, and ready again by itself', async () => {
    await proxy.refuse();
    proxy.cut();
    await eventually('not ready', async () => (await health('ready')).status === 503);
    expect((await health('live')).status).toBe(200);
    await proxy.pass();
    await eventually('ready again', async () => (await health('ready')).status === 200);
  });

  it('stays ready when a newer version has migrated, since what it adds does not break this one', async () => {
    await owner.query("insert into migrations (name) values ('29990101000000-future')");
    await expect(staysFor(200, 2)).resolves.toBe(true);
    await owner.query("delete from migrations where name = '29990101000000-future'");
  });

  it('is not ready any more when a migration is taken back', async () => {
    const name = migrations.at(-1)?.name;
    await owner.query('delete from migrations where name = $1', [name]);
    await eventually('not ready', async () => (await health('ready')).body.missing?.[0] === 'migrations');
    await owner.query('insert into migrations (name) values ($1)', [name]);
  });

  /** Whether the next so many looks at the database end with this status. */
  async function staysFor(status: number, looks: number): Promise<boolean> {
    for (let look = 0; look < looks; look++) {
      const before = await lookedAt();
      await eventually('a look', async () => {
        if ((await health('ready')).status !== status) throw new Error('it changed');
        return (await lookedAt()) !== before;
      });
    }
    return true;
  }

  /** when the server asked for its migrations */
  async function lookedAt(): Promise<string | undefined> {
    const { rows } = await owner.query<{ at: string }>(
      `select max(query_start)::text as at from pg_stat_activity
       where datname = current_database() and query like 'select count(*)::int as applied%'`,
    );
    return rows[0]?.at;
  }
});
