import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { applicationUrl, isolationOf, provideLogin, RoleError } from '../../src/db/application-role.ts';
import { createDatabase, type Database } from '../../src/db/database.ts';
import { ENTITIES } from '../../src/entities.ts';
import { Task } from '../../src/tasks/task.entity.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser, storeTasks } from '../support/factories.ts';

const PASSWORD = 'only for the tests of the login';

let testDatabase: TestDatabase;
let owner: Client;
let login: Database;
let switching: Database;
let unnamed: Database;

async function open(url: string, prepared = true): Promise<Database> {
  const isolation = await isolationOf(url);
  // One connection, so that whatever a statement left behind meets the next one.
  const limits = { poolMaximum: 1, poolTimeout: 5000, statementTimeout: 5000 };
  return createDatabase({ url, isolation, ...limits, prepared, entities: ENTITIES, log: () => {} });
}

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  owner = new Client({ connectionString: testDatabase.url });
  await owner.connect();
  await provideLogin(testDatabase.url, PASSWORD);
  login = await open(applicationUrl(testDatabase.url, PASSWORD));
  switching = await open(testDatabase.url);
  unnamed = await open(testDatabase.url, false);
});
afterAll(async () => {
  await Promise.all([login.close(), switching.close(), unnamed.close(), owner.end()]);
  await testDatabase.drop();
});

async function userWithTasks(count = 2): Promise<{ user: string; ids: string[] }> {
  const user = newUser();
  const ids = await storeTasks(
    testDatabase.url,
    user,
    Array.from({ length: count }, () => ({ title: user })),
  );
  return { user, ids };
}

describe.each([
  ['its own login', () => login],
  ['a role that owns the tables', () => switching],
  ['a role that owns the tables and no named statements', () => unnamed],
])('a server with %s', (_name, database) => {
  it('reads the rows of the user only, whatever the statement forgets', async () => {
    const [mine, others] = [await userWithTasks(), await userWithTasks()];
    const rows = await database().as(mine.user).query<{ id: string }>('select id from tasks', []);
    expect(rows.map(({ id }) => id).sort()).toEqual(mine.ids.sort());
    const users = await database().as(mine.user).query('select id from users where id <> $1', [others.user]);
    expect(users).toEqual([{ id: mine.user }]);
  });

  it('changes and deletes the rows of the user only, whatever the statement forgets', async () => {
    const [mine, others] = [await userWithTasks(), await userWithTasks()];
    const changed = await database().as(mine.user).query("update tasks set title = 'changed' returning id", []);
    expect(changed).toHaveLength(2);
    expect(await database().as(mine.user).query('delete from tasks returning id', [])).toHaveLength(2);
    const { rows } = await owner.query('select title from tasks where id = any($1)', [others.ids]);
    expect(rows).toEqual([{ title: others.user }, { title: others.user }]);
  });

  it('adds no row to another user', async () => {
    const [mine, others] = [await userWithTasks(0), await userWithTasks(0)];
    const insert = "insert into tasks (id, user_id, title) values ($1, $2, 'planted')";
    await expect(database().as(mine.user).query(insert, [uuidv7(), others.user])).rejects.toMatchObject({
      code: expect.stringMatching(/UNAUTHENTICATED|FORBIDDEN/),
    });
    const { rowCount } = await owner.query('select from tasks where user_id = $1', [others.user]);
    expect(rowCount).toBe(0);
  });

  it('gives no row to another user', async () => {
    const [mine, others] = [await userWithTasks(1), await userWithTasks(0)];
    const gift = database().as(mine.user).query('update tasks set user_id = $1', [others.user]);
    await expect(gift).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const { rows } = await owner.query('select user_id from tasks where id = any($1)', [mine.ids]);
    expect(rows).toEqual([{ user_id: mine.user }]);
  });

  it('sees no rows at all where it acts for nobody', async () => {
    await userWithTasks();
    expect(await database().asServer().query('select id from tasks', [])).toEqual([]);
    expect(await database().asServer().query('select id from users', [])).toEqual([]);
    expect(await database().orm.em.fork().execute('select id from tasks')).toEqual([]);
    expect(
      await database()
        .orm.em.fork()
        .transactional((manager) => manager.find(Task, {})),
    ).toEqual([]);
  });

  it('acts for the user in a unit of work and in a transaction too', async () => {
    const [mine] = [await userWithTasks(), await userWithTasks()];
    const user = database().as(mine.user);
    const [flushed, together] = await Promise.all([
      user.unitOfWork((manager) => manager.find(Task, {})),
      user.transaction(async (manager) => [
        ...(await manager.find(Task, {})),
        ...(await manager.execute('select id, user_id from tasks')),
      ]),
    ]);
    expect(flushed.map((task) => task.userId)).toEqual([mine.user, mine.user]);
    expect(together).toHaveLength(4);
  });

  it('leaves nothing of the user behind on the connection, after a failure neither', async () => {
    const { user, ids } = await userWithTasks();
    const taken = database()
      .as(user)
      .query("insert into tasks (id, user_id, title) values ($1, $2, 'x')", [ids[0], user]);
    await expect(taken).rejects.toMatchObject({ code: 'CONFLICT' });
    const { rows } = await database().pool.query(
      "select current_setting('app.user_id', true) as user, current_user as role",
    );
    expect(rows[0].user ?? '').toBe('');
    expect(rows[0].role).toBe(new URL(database().orm.config.get('clientUrl')!).username);
  });

  it('keeps its connection when PostgreSQL refuses a statement', async () => {
    const { user } = await userWithTasks();
    const pid = () => database().as(user).query<{ pid: number }>('select pg_backend_pid() as pid', []);
    const before = await pid();
    for (const text of ['select 1 / $1::int', 'insert into users (id) select null where $1 = 0', 'select $1::uuid']) {
      await expect(database().as(user).query(text, [0])).rejects.toThrow();
    }
    expect(await pid()).toEqual(before);
  });

  it('serves on after a statement that cannot be parsed', async () => {
    const { user } = await userWithTasks();
    for (let tries = 0; tries < 2; tries++) {
      await expect(database().as(user).query('select nothing from tasks', [])).rejects.toThrow('nothing');
    }
    expect(await database().as(user).query('select count(*)::int from tasks', [])).toEqual([{ count: 2 }]);
  });

  it('never mixes up users whose statements follow each other closely', async () => {
    const people = await Promise.all([1, 2, 3].map(userWithTasks));
    const turns = fc.array(fc.record({ who: fc.nat(2), fails: fc.boolean(), together: fc.boolean() }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(turns, async (sequence) => {
        const results = await Promise.allSettled(
          sequence.map(({ who, fails, together }) => {
            const user = database().as(people[who]!.user);
            if (fails) return user.query('select 1 / 0', []);
            if (together) return user.transaction((manager) => manager.execute('select user_id from tasks'));
            return user.query('select user_id from tasks', []);
          }),
        );
        results.forEach((result, index) => {
          const { who, fails } = sequence[index]!;
          expect(result.status).toBe(fails ? 'rejected' : 'fulfilled');
          if (result.status !== 'fulfilled') return;
          expect(result.value).toEqual(people[who]!.ids.map(() => ({ user_id: people[who]!.user })));
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe("the application's role", () => {
  it.each([
    ['alter the tables', 'alter table tasks add column x int'],
    ['switch row-level security off', 'alter table tasks disable row level security'],
    ['pass row-level security by', 'set row_security = off; select * from tasks'],
    ['drop a policy', 'drop policy tasks_own on tasks'],
    ['empty a table', 'truncate tasks'],
    ['erase users', 'delete from users'],
    ['switch triggers off', 'set session_replication_role = replica'],
    ['become the owner', 'set role postgres'],
    ['make a table', 'create table public.mine (id int)'],
    ['change what was migrated', 'delete from migrations'],
  ])('may not %s', async (_name, text) => {
    const client = new Client({ connectionString: applicationUrl(testDatabase.url, PASSWORD) });
    await client.connect();
    await expect(client.query(text)).rejects.toMatchObject({ code: expect.stringMatching(/^42501$/) });
    await client.end();
  });

  it('is told nothing of others but which of some ids are theirs', async () => {
    const [mine, others] = [await userWithTasks(), await userWithTasks()];
    const ids = [...mine.ids, ...others.ids, uuidv7()];
    const rows = await login.as(mine.user).query<{ id: string }>('select tasks_of_others($1) as id', [ids]);
    expect(rows.map(({ id }) => id).sort()).toEqual(others.ids.sort());
  });
});

describe('a role that is neither bound by the policies nor may change to the one that is', () => {
  it('is refused with what to do about it', async () => {
    await owner.query("create role stranger login password 'stranger'");
    const url = new URL(testDatabase.url);
    [url.username, url.password] = ['stranger', 'stranger'];
    const refusal = await isolationOf(url.href).catch((error: unknown) => error);
    await owner.query('drop role stranger');
    expect(refusal).toBeInstanceOf(RoleError);
    expect(String(refusal)).toContain('grant premium_todo_app to "stranger"');
  });
});
