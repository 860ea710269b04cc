import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser, storeTasks } from '../support/factories.ts';

/** What is under way when a statement is cancelled, by a time limit or an operator, must keep nobody from listening. */

const HELD_ALONE = `select from pg_locks join pg_database on pg_database.oid = pg_locks.database
  where locktype = 'advisory' and mode = 'ExclusiveLock' and datname = current_database()`;
const INSERT = `insert into tasks (id, user_id, title)
  select gen_random_uuid(), $1, 'Cancelled' from generate_series(1, $2::int)`;
const CANCELLED = '57014';
/** With two steps in place of one, one in forty tries left the lock behind. */
const TRIES = 200;
const LONGEST_MS = 8000;

let test: TestDatabase;
let watcher: Client;
beforeAll(async () => {
  test = await createTestDatabase();
  watcher = await connect();
});
afterAll(async () => {
  await watcher.end();
  await test.drop();
});

let user: string;
beforeEach(async () => {
  user = newUser();
  await storeTasks(test.url, user, [{}, {}]);
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: test.url });
  await client.connect();
  return client;
}

async function cancelled(statement: Promise<unknown>): Promise<boolean> {
  try {
    await statement;
    return false;
  } catch (error) {
    if ((error as { code?: string }).code !== CANCELLED) throw error;
    return true;
  }
}

describe('a write that is cancelled', () => {
  /** A connection that is cancelled in the very moment in which it has got the lock: PostgreSQL's own function comes second. */
  async function connectUnlucky(): Promise<Client> {
    const client = await connect();
    await client.query('create schema if not exists unlucky');
    // Of one expression, so that PostgreSQL puts it in the place of the call, and no step of a function ends with it.
    await client.query(`
      create or replace function unlucky.pg_try_advisory_lock(bigint) returns boolean language sql as
        'select pg_catalog.pg_try_advisory_lock($1) and pg_catalog.pg_cancel_backend(pg_catalog.pg_backend_pid())'`);
    await client.query('set search_path = unlucky, pg_catalog, public');
    return client;
  }

  it.each([
    ['an insert', `insert into tasks (id, user_id, title) values (gen_random_uuid(), $1, 'Unlucky')`],
    ['an update', `update tasks set title = 'Unlucky' where user_id = $1`],
    ['a deletion for good', 'delete from tasks where user_id = $1'],
  ])('as %s, when it has just asked whether anybody listens, holds no lock afterwards', async (_kind, statement) => {
    const unlucky = await connectUnlucky();
    try {
      expect(await cancelled(unlucky.query(statement, [user]))).toBe(true);
      expect((await watcher.query(HELD_ALONE)).rowCount).toBe(0);
    } finally {
      await unlucky.end();
    }
  });

  it('at whatever moment, holds no lock afterwards', async () => {
    const writer = await connect();
    try {
      const { rows } = await writer.query<{ pid: number }>('select pg_backend_pid() as pid');
      const begin = performance.now();
      let cancels = 0;
      for (let tries = 0; tries < TRIES && performance.now() - begin < LONGEST_MS; tries++) {
        const write = cancelled(writer.query(INSERT, [user, 5000]));
        await delay(Math.random() * 20);
        await watcher.query('select pg_cancel_backend($1)', [rows[0]?.pid]);
        if (await write) cancels += 1;
        // Whatever of it comes too late has come before the next write.
        await cancelled(writer.query('select pg_sleep(0.001)'));
        expect((await watcher.query(HELD_ALONE)).rowCount).toBe(0);
      }
      expect(cancels).toBeGreaterThan(0);
    } finally {
      await writer.end();
    }
  });
});
