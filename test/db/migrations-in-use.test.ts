import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrations } from '../../migrations/index.ts';
import type { Database } from '../../src/db/database.ts';
import { migrate, revertLast } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openOwnersDatabase } from '../support/owners-database.ts';

const USERS = 20;
const TASKS = 5000;
const WRITERS = 3;

/** As the server does: what PostgreSQL has taken back in favour of another is sent again. */
async function send(client: Client, text: string, values: unknown[], tries = 3): Promise<void> {
  try {
    await client.query(text, values);
  } catch (error) {
    if ((error as { code?: string }).code !== '40P01' || tries === 1) throw error;
    await send(client, text, values, tries - 1);
  }
}

/** What every version since the first has written, as one statement of a server's each. */
const WRITES = [
  `insert into users (id) values ('user ' || $1::int % ${USERS} + 1) on conflict (id) do update set name = 'Seen again'`,
  `insert into tasks (id, user_id, title) values ($2, 'user ' || $1::int % ${USERS} + 1, 'Written meanwhile')`,
  `update tasks set completed = not completed where id = $2 and $1::int >= 0`,
  'insert into idempotency_keys (user_id, key, fingerprint, task_id)' +
    ` values ('user ' || $1::int % ${USERS} + 1, $2::uuid::text, 'fingerprint', $2)`,
  'update tasks set deleted_at = now() where id = $2 and $1::int % 7 = 0',
];

describe('migrations of a database with rows', () => {
  let test: TestDatabase;
  let database: Database;
  let client: Client;

  beforeEach(async () => {
    test = await createTestDatabase();
    database = await openOwnersDatabase(test.url);
    client = new Client({ connectionString: test.url });
    await client.connect();
    await client.query(
      `insert into users (id, email, name) select 'user ' || n, n || '@example.com', 'Name' from generate_series(1, ${USERS}) n`,
    );
    await client.query(
      `insert into tasks (id, user_id, title, description, completed, deleted_at)
       select gen_random_uuid(), 'user ' || n % ${USERS} + 1, 'Task ' || n, 'Words “of” any kind, ' || repeat('x', n % 300),
         n % 3 = 0, case when n % 11 = 0 then now() end
       from generate_series(1, ${TASKS}) n`,
    );
    await client.query(
      `insert into idempotency_keys (user_id, key, fingerprint, task_id)
       select user_id, 'key of ' || id, 'fingerprint', id from tasks limit 500`,
    );
  });
  afterEach(async () => {
    await client.end();
    await database.close();
    await test.drop();
  });

  async function revertToFirst(): Promise<void> {
    for (const { name } of migrations.slice(1).reverse()) expect(await revertLast(database, test.url)).toBe(name);
  }

  /** Whole rows as JSON, by table. */
  async function contents() {
    const { rows } = await client.query(
      `select (select json_agg(to_jsonb(t) order by id) from tasks t) as tasks,
         (select json_agg(to_jsonb(u) order by id) from users u) as users,
         (select json_agg(to_jsonb(k) order by key) from idempotency_keys k) as keys`,
    );
    return rows[0] as Record<'tasks' | 'users' | 'keys', Record<string, unknown>[]>;
  }

  it('leave every row of the first one as it was, on the way down and up again', async () => {
    const before = await contents();
    await revertToFirst();
    const first = await contents();
    for (const table of ['tasks', 'users', 'keys'] as const) {
      expect(before[table]).toEqual(first[table].map((row) => expect.objectContaining(row)));
    }
    expect(await migrate(database, test.url)).toEqual(migrations.slice(1).map(({ name }) => name));
    const after = await contents();
    expect(after.tasks).toEqual(before.tasks);
    expect(after.users.map(({ import_salt: _, ...row }) => row)).toEqual(
      before.users.map(({ import_salt: _, ...row }) => row),
    );
    expect(after.keys).toEqual(before.keys);
  });

  it('fail none of the writes that go on meanwhile, and lose none of them', async () => {
    await revertToFirst();
    const stop = new AbortController();
    const written: string[] = [];
    const writers = Array.from({ length: WRITERS }, (_, index) => write(index, written, stop.signal));
    await migrate(database, test.url).finally(() => stop.abort());
    const counts = await Promise.all(writers);
    for (const count of counts) expect(count).toBeGreaterThan(0);
    const { rows } = await client.query<{ id: string }>("select id from tasks where title = 'Written meanwhile'");
    expect(rows.map(({ id }) => id).sort()).toEqual(written.sort());
    const { rowCount } = await client.query("select from idempotency_keys where fingerprint = 'fingerprint'");
    expect(rowCount).toBe(500 + written.length);
  });

  /** Writes until it is told to stop, and answers how many rounds it got done; throws with the first write that fails. */
  async function write(index: number, written: string[], signal: AbortSignal): Promise<number> {
    const writer = new Client({ connectionString: test.url });
    await writer.connect();
    let rounds = 0;
    try {
      for (; !signal.aborted; rounds++) {
        const number = rounds * WRITERS + index;
        const id = crypto.randomUUID();
        for (const text of WRITES) await send(writer, text, text.includes('$2') ? [number, id] : [number]);
        written.push(id);
      }
    } finally {
      await writer.end();
    }
    return rounds;
  }
});
