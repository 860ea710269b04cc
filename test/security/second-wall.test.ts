import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { openOwnersDatabase } from '../support/owners-database.ts';
import { taskStoreWithoutFirstWall } from '../support/without-first-wall.ts';
import { ATTACKS } from './support/attacks-on-a-task.ts';

/** The service's check and every WHERE are gone; both APIs stand on what row-level security leaves. */

const TITLE = 'Nobody else may know this';

let database: OpenTestDatabase;
let app: TestApp;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({
    beside: { databaseUrl: database.url },
    overrides: { taskStore: taskStoreWithoutFirstWall(database) },
  });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

async function victim(): Promise<{ id: string; row: () => Promise<unknown> }> {
  const owner = newUser('victim');
  const [id] = await storeTasks(database.url, owner, [{ title: TITLE, description: TITLE }]);
  const row = async () => (await database.owner('select * from tasks where id = $1', [id]))[0];
  return { id: id!, row };
}

describe('without the WHERE and the check of the first wall', () => {
  it.each(ATTACKS)("%s shows nothing of another user's task and leaves it as it is", async (_name, attack) => {
    const { id, row } = await victim();
    const before = await row();
    const answer = await attack(app, newUser('attacker'), id);
    expect(JSON.stringify(answer)).not.toContain(TITLE);
    expect(await row()).toEqual(before);
  });

  it('the own tasks are all that a list counts', async () => {
    await victim();
    const user = newUser();
    await app.rest(user, 'POST', '/api/tasks', { title: 'My own' });
    const { data } = await app.graphql(user, '{ tasks { totalCount nodes { title } } viewer { taskStats { total } } }');
    expect(data).toEqual({
      tasks: { totalCount: 1, nodes: [{ title: 'My own' }] },
      viewer: { taskStats: { total: 1 } },
    });
  });

  it("a key of another user's is free to use", async () => {
    const [first, second] = [newUser(), newUser()];
    const create = (user: string) =>
      app.rest(user, 'POST', '/api/tasks', { title: user }, { 'idempotency-key': 'the-same-key' });
    const answers = [await create(first), await create(second)];
    expect(answers.map(({ status, body }) => [status, body.title])).toEqual([
      [201, first],
      [201, second],
    ]);
  });

  it("a key opens no task of another user's", async () => {
    const { id, row } = await victim();
    const before = await row();
    const user = newUser();
    const send = (method: string, path: string, body?: object) =>
      app.rest(user, method, `/api/tasks/${id}${path}`, body, { 'idempotency-key': `${method}${path}` });
    const answers = [
      await send('PUT', '', { title: 'Taken' }),
      await send('PATCH', '/toggle'),
      await send('DELETE', ''),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(JSON.stringify(answers)).not.toContain(TITLE);
    expect(await row()).toEqual(before);
  });
});

describe('without both walls', () => {
  // Proves that the cases above would notice: the same store on a connection that row-level security does not bind.
  it("another user's task is read, changed and deleted", async () => {
    const unbound = await openOwnersDatabase(database.url);
    const store = taskStoreWithoutFirstWall(unbound);
    const { id } = await victim();
    const attacker = newUser('attacker');
    expect(await store.byIds(attacker, [id, uuidv7()])).toMatchObject([{ id, title: TITLE }]);
    expect(await store.toggle(attacker, id)).toMatchObject({ id, completed: true });
    expect(await store.change(attacker, id, () => ({ title: 'Taken over' }))).toMatchObject({ title: 'Taken over' });
    await unbound.close();
  });
});

describe('rows of tags, lists, histories and occurrences', () => {
  const TABLES = ['tasks', 'tags', 'lists', 'task_tags', 'task_changes', 'task_occurrences'];
  /** A user with a row in each table. */
  async function planner() {
    const user = newUser('planner');
    const ids = { user, task: uuidv7(), part: uuidv7(), tag: uuidv7(), list: uuidv7() };
    await app.graphql(user, '{ viewer { id } }');
    const insert = (table: string, columns: string, values: unknown[]) =>
      database.owner(
        `insert into ${table} (user_id, ${columns}) values ($1, ${values.map((_, i) => `$${i + 2}`).join()})`,
        [user, ...values],
      );
    await insert('tags', 'id, name', [ids.tag, TITLE]);
    await insert('lists', 'id, name', [ids.list, TITLE]);
    await insert('tasks', 'id, title, list_id, tag_ids', [ids.task, TITLE, ids.list, [ids.tag]]);
    await insert('tasks', 'id, title, parent_id', [ids.part, TITLE, ids.task]);
    await insert('task_occurrences', 'task_id, version, completed_at', [ids.task, 1, new Date()]);
    await database.owner('update tasks set description = $2 where id = $1', [ids.task, TITLE]);
    return ids;
  }

  it.each(TABLES)(
    'of another user in %s can neither be read nor changed nor deleted, whatever a statement asks for',
    async (table) => {
      const { user } = await planner();
      const attacker = database.as(newUser('attacker'));
      const kept = () => database.owner(`select * from ${table} where user_id = $1 order by 1, 2, 3`, [user]);
      const before = await kept();
      expect(before).not.toEqual([]);
      expect(await attacker.query(`select * from ${table}`, [])).toEqual([]);
      expect(await attacker.query(`delete from ${table} returning *`, [])).toEqual([]);
      const change = attacker.query(`update ${table} set user_id = user_id returning *`, []);
      // Some tables may be added to and deleted from, and no more.
      expect(await change.catch((error: { code: string }) => error.code)).toEqual(
        ['tasks', 'tags', 'lists'].includes(table) ? [] : 'FORBIDDEN',
      );
      expect(await kept()).toEqual(before);
    },
  );

  it.each([
    ['tags', 'id, name', () => [uuidv7(), 'a']],
    ['lists', 'id, name', () => [uuidv7(), 'a']],
    ['tasks', 'id, title', () => [uuidv7(), 'a']],
    ['task_changes', 'task_id, version, changed_at, changes', (ids: Ids) => [ids.task, 99, new Date(), {}]],
    ['task_occurrences', 'task_id, version, completed_at', (ids: Ids) => [ids.task, 99, new Date()]],
    ['task_tags', 'task_id, tag_id', (ids: Ids) => [ids.part, ids.tag]],
  ])('cannot be put into %s in the name of another user', async (table, columns, values) => {
    const ids = await planner();
    const given = [ids.user, ...values(ids)];
    const places = given.map((_, index) => `$${index + 1}`).join();
    const insert = database
      .as(newUser('attacker'))
      .query(`insert into ${table} (user_id, ${columns}) values (${places})`, given);
    // The trigger that counts changes finds no such owner, or else the policy refuses the row.
    await expect(insert).rejects.toMatchObject({ code: expect.stringMatching(/^(FORBIDDEN|UNAUTHENTICATED)$/) });
  });

  type Ids = Awaited<ReturnType<typeof planner>>;

  it.each([
    [
      'a task in the list',
      'tasks_list_id_fkey',
      'update tasks set list_id = $2 where id = $1',
      (own: Ids, their: Ids) => [own.task, their.list],
    ],
    [
      'a part of the task',
      'tasks_parent_id_fkey',
      'update tasks set parent_id = $2 where id = $1',
      (own: Ids, their: Ids) => [own.task, their.task],
    ],
    [
      'a task with the tag',
      'task_tags_tag_id_fkey',
      'update tasks set tag_ids = $2 where id = $1',
      (own: Ids, their: Ids) => [own.task, [their.tag]],
    ],
    [
      'a tag of the task',
      'task_tags_task_id_fkey',
      'insert into task_tags (user_id, task_id, tag_id) values ($1, $2, $3)',
      (own: Ids, their: Ids) => [own.user, their.task, own.tag],
    ],
    [
      'a change of the task',
      'task_changes_task_id_fkey',
      "insert into task_changes (user_id, task_id, version, changed_at, changes) values ($1, $2, 99, now(), '{}')",
      (own: Ids, their: Ids) => [own.user, their.task],
    ],
    [
      'an occurrence of the task',
      'task_occurrences_task_id_fkey',
      'insert into task_occurrences (user_id, task_id, version, completed_at) values ($1, $2, 99, now())',
      (own: Ids, their: Ids) => [own.user, their.task],
    ],
  ])(
    'cannot be %s of another user, not even by the owner of the tables',
    async (_name, constraint, statement, values) => {
      const [own, their] = [await planner(), await planner()];
      await expect(database.owner(statement, values(own, their))).rejects.toMatchObject({ constraint });
    },
  );

  it('tell nothing of each other to functions that requests may call', async () => {
    const { task, tag, user } = await planner();
    const attacker = database.as(newUser('attacker'));
    const [found] = await attacker.query('select task_free_rank($1, $2, $3) as rank', [user, uuidv7(), 'a0']);
    expect(found).toEqual({ rank: 'a0' });
    const counts = 'select (select count(*)::int from task_tags where tag_id = $1 or task_id = $2) as count';
    expect(await attacker.query(counts, [tag, task])).toEqual([{ count: 0 }]);
  });
});
