import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser, storeTasks } from '../support/factories.ts';

/** milliseconds; a purge that waits for anybody is ended after so long */
const PROMPTLY = 2000;

let test: TestDatabase;
let holder: Client;
let purger: Client;
beforeAll(async () => {
  test = await createTestDatabase();
  [holder, purger] = [await connect(), await connect()];
});
afterAll(async () => {
  await Promise.all([holder.end(), purger.end()]);
  await test.drop();
});

let held: string;
let others: string[];
beforeEach(async () => {
  await holder.query('delete from users');
  [held, ...others] = [await userWithTombstones(2), await userWithTombstones(2), await userWithTombstones(1)] as const;
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: test.url, statement_timeout: PROMPTLY });
  await client.connect();
  return client;
}

async function userWithTombstones(count: number): Promise<string> {
  const user = newUser();
  await storeTasks(
    test.url,
    user,
    Array.from({ length: count }, () => ({})),
  );
  await holder.query("update tasks set deleted_at = now() - interval '40 days' where user_id = $1", [user]);
  return user;
}

async function purge(client = purger): Promise<number> {
  const { rows } = await client.query<{ removed: number }>('select purge_tombstones(30) as removed');
  return rows[0]!.removed;
}

async function ownersLeft(): Promise<string[]> {
  const { rows } = await holder.query<{ owner: string }>('select distinct user_id as owner from tasks');
  return rows.map(({ owner }) => owner);
}

/** While the holder's transaction has done this and is open. */
async function whileHolding(statement: string, work: () => Promise<void>): Promise<void> {
  await holder.query('begin');
  try {
    await holder.query(statement, [held]);
    await work();
  } finally {
    await holder.query('rollback');
  }
}

describe('purging tombstones', () => {
  it.each([
    ["a task of one owner's is written", "insert into tasks (id, user_id, title) values (gen_random_uuid(), $1, 'a')"],
    ["an owner's row is written", "update users set name = 'Held' where id = $1"],
    ['the tombstones of one owner are held', 'select from tasks where user_id = $1 for update'],
  ])('waits for nobody while %s: those of the others go, and these with the next purge', async (_what, statement) => {
    await whileHolding(statement, async () => {
      expect(await purge()).toBe(3);
      // Whoever comes behind does not wait either.
      await purger.query('update users set name = $2 where id = $1', [others[0], 'Not kept waiting']);
    });
    expect(await ownersLeft()).toEqual([held]);
    expect(await purge()).toBe(2);
    expect(await ownersLeft()).toEqual([]);
  });

  it('waits for no other purge, not even for one of the same owners, so that two of them cannot end in a deadlock', async () => {
    const other = await connect();
    try {
      await other.query('begin');
      await whileHolding('select from tasks where user_id = $1 limit 1 for update', async () => {
        expect(await purge(other)).toBe(4);
      });
      expect(await purge()).toBe(0);
      await other.query('commit');
      expect(await purge()).toBe(1);
    } finally {
      await other.end();
    }
  });

  it('goes on while an account is read to be referred to, as by a key that is kept', async () => {
    await whileHolding('select from users where id = $1 for key share', async () => expect(await purge()).toBe(5));
  });

  it('takes those of an erased account along', async () => {
    await holder.query('update users set deleted_at = now() where id = $1', [held]);
    expect(await purge()).toBe(5);
  });

  it('tells by the numbers of all owners what is known no more', async () => {
    await purge();
    const { rows } = await holder.query('select rev::int, purged_rev::int as purged from users order by rev');
    // One number for each deletion, of which the last is the highest that is gone, and one for the purge.
    expect(rows).toEqual([
      { rev: 2, purged: 1 },
      { rev: 3, purged: 2 },
      { rev: 3, purged: 2 },
    ]);
  });
});
