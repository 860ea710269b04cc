import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { explained } from '../../src/main/explained.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { bouncerSuite, keepsStatements, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';

const SERVER_CONNECTIONS = 2;
const POOL_MAXIMUM = 10;
const TURNS = 8;
/** How many of each user are at it at the same time. */
const CLIENTS = 5;

bouncerSuite('behind PgBouncer in transaction mode', () => {
  let bouncer: PgBouncer;

  beforeAll(async () => {
    bouncer = await startPgBouncer(process.env.TEST_DATABASE_URL ?? '', {
      pool_mode: 'transaction',
      default_pool_size: SERVER_CONNECTIONS,
      ...(keepsStatements && { max_prepared_statements: 200 }),
    });
  });
  afterAll(() => bouncer?.stop());

  it.each(keepsStatements ? ['false', 'true'] : ['false'])(
    'users that read and write at the same time get no errors and see nothing of each other, with DATABASE_PREPARED=%s',
    async (prepared) => {
      const app = await startTestApp({
        through: bouncer.through,
        environment: {
          DATABASE_PREPARED: prepared,
          DATABASE_STATEMENT_TIMEOUT: '0',
          DATABASE_POOL_MAX: String(POOL_MAXIMUM),
          RESULT_CACHE_SIZE: '0',
        },
      });
      const users = [newUser('ann'), newUser('bob')];
      await Promise.all(users.flatMap((user) => Array.from({ length: CLIENTS }, () => work(app, user))));

      const client = new Client({ connectionString: bouncer.through(app.databaseUrl) });
      await client.connect();
      const { rows: foreign } = await client.query('select from tasks where title not like user_id || $1', ['%']);
      expect(foreign).toEqual([]);
      for (let asked = 0; asked < 2 * SERVER_CONNECTIONS; asked++) {
        const { rows } = await client.query(
          `select current_user as role, nullif(current_setting('app.user_id', true), '') as user`,
        );
        expect(rows).toEqual([{ role: new URL(app.databaseUrl).username, user: null }]);
      }
      await client.end();
      await app.close();
    },
  );

  it('a statement timeout as a start-up option, which it refuses, ends the start with what to do', async () => {
    const failure = await startTestApp({ through: bouncer.through }).catch((error: unknown) => error);
    expect(explained(failure)).toMatch(/startup parameter.*: set DATABASE_STATEMENT_TIMEOUT=0/);
  });
});

/** What one client of a user does: everything it reads is its own, and every answer is a good one. */
async function work(app: TestApp, user: string): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const created = await app.rest(
      user,
      'POST',
      '/api/tasks',
      { title: `${user} ${turn}` },
      { 'idempotency-key': key() },
    );
    expect(created.status).toBe(201);
    const toggled = await app.rest(user, 'PATCH', `/api/tasks/${created.body.id}/toggle`);
    expect(toggled).toMatchObject({ status: 200, body: { completed: true } });
    const { errors, data } = await app.graphql(user, '{ tasks(first: 100) { nodes { title } totalCount } }');
    expect(errors).toEqual([]);
    for (const { title } of data.tasks.nodes) expect(title).toContain(user);
    if (turn % 2 === 0) expect((await app.rest(user, 'DELETE', `/api/tasks/${created.body.id}`)).status).toBe(204);
  }
}

const key = () => crypto.randomUUID();
