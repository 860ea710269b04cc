import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrations } from '../../migrations/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

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
