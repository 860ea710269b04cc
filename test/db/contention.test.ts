import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

const WRITERS = 50;
const INSERT = `insert into tasks (id, user_id, title) values (gen_random_uuid(), $1, 'a') returning rev::int`;

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function newUsers(count: number): Promise<string[]> {
  const users = Array.from({ length: count }, () => newUser());
  for (const user of users) await storeTasks(database.url, user, []);
  return users;
}

const insert = (user: string) => database.as(user).query<{ rev: number }>(INSERT, [user]);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it('loses nothing of fifty writers of one user, and gives each its own revision', async () => {
  const [user] = await newUsers(1);
  const revisions = (await Promise.all(upTo(WRITERS).map(() => insert(user!)))).map(([row]) => row!.rev);
  expect(revisions.sort((left, right) => left - right)).toEqual(upTo(WRITERS));
});

it('loses nothing of fifty writers of as many users', async () => {
  const users = await newUsers(WRITERS);
  const rounds = await Promise.all(users.flatMap((user) => [insert(user), insert(user)]));
  expect(rounds.flat().filter(({ rev }) => rev === 1)).toHaveLength(WRITERS);
  expect(rounds.flat().filter(({ rev }) => rev === 2)).toHaveLength(WRITERS);
});

it('runs a transaction again that a deadlock has ended, and counts each change once', async () => {
  const [user] = await newUsers(1);
  const ids = await storeTasks(database.url, user!, [{ title: 't' }, { title: 't' }]);
  const locked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let tries = 0;
  const change = (order: readonly string[], mine: number) =>
    database.as(user!).transaction(async (manager) => {
      tries += 1;
      const lock = (id: string) => manager.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [id]);
      await lock(order[0]!);
      // Each holds what the other one wants next.
      locked[mine]!.resolve();
      await locked[1 - mine]!.promise;
      await lock(order[1]!);
      await manager.execute('update tasks set title = title || ?', [String(mine)]);
    });
  await Promise.all([change(ids, 0), change(ids.toReversed(), 1)]);
  const rows = await database.as(user!).query<{ title: string }>('select title from tasks', []);
  expect(rows.map(({ title }) => [...title].sort().join(''))).toEqual(['01t', '01t']);
  expect(tries).toBe(3);
});
