import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { pullGraphQL } from './support/pull.ts';

const WAITING = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";

let app: TestApp;
let owner: Client;
beforeAll(async () => {
  app = await startTestApp();
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await app.close();
});

const pull = (user: string, since?: string, first?: number) => pullGraphQL(app, user, since, first);
const create = async (user: string, title: string): Promise<string> =>
  (await app.rest(user, 'POST', '/api/tasks', { title })).body.id;

describe('a slow transaction and a fast one of the same user', () => {
  it('cannot pass each other: what commits late has the higher number, so that no pull skips it', async () => {
    const user = newUser();
    const [slow, fast] = [await create(user, 'slow'), await create(user, 'fast')];
    const { syncToken } = await pull(user);
    const other = new Client({ connectionString: app.databaseUrl });
    await other.connect();
    try {
      // The first to write takes its number, and then takes its time.
      await owner.query('begin');
      await owner.query("update tasks set title = 'written first' where id = $1", [slow]);
      const quick = other.query("update tasks set title = 'written second' where id = $1", [fast]);
      // It waits for the owner's row: seen from outside, since nothing of it can be seen from inside.
      await eventually('the second write waits', async () => (await owner.query(WAITING)).rowCount === 1);
      const meanwhile = await pull(user, syncToken);
      expect(meanwhile).toMatchObject({ changed: [], hasMore: false });
      await owner.query('commit');
      await quick;
      const later = await pull(user, meanwhile.syncToken);
      expect(later.changed.map(({ title }) => title)).toEqual(['written first', 'written second']);
    } finally {
      await other.end();
    }
  });

  it('hides nothing from devices that pull all the time beside twenty writers', async () => {
    const user = newUser();
    const made = await Promise.all(Array.from({ length: 10 }, (_, index) => create(user, `task ${index}`)));
    let token = (await pull(user)).syncToken;
    const seen = new Map<string, number>();
    let writing = true;
    const writers = Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        const client = new Client({ connectionString: app.databaseUrl });
        await client.connect();
        for (let turn = 0; turn < 5; turn++) {
          await client.query('begin');
          await client.query('update tasks set completed = not completed where id = $1', [made[(writer + turn) % 10]]);
          // Some take longer than others until they commit.
          await client.query('select pg_sleep($1)', [(writer % 4) / 200]);
          await client.query('commit');
        }
        await client.end();
      }),
    ).finally(() => {
      writing = false;
    });
    for (let last = false; !last; ) {
      last = !writing;
      const page = await pull(user, token, 3);
      for (const { id, version } of page.changed) {
        expect(version).toBeGreaterThan(seen.get(id) ?? 1);
        seen.set(id, version);
      }
      token = page.syncToken;
      last &&= !page.hasMore;
    }
    await writers;
    const { rows } = await owner.query('select id, version from tasks where user_id = $1', [user]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(rows.map(({ id, version }) => [id, version])));
  });
});
