import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

const DAYS = 7;

let app: TestApp;
let database: Client;
let user: string;
let own: Asking;

beforeAll(async () => {
  app = await startTestApp({ environment: { TRASH_RETENTION_DAYS: `${DAYS}` } });
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});
beforeEach(() => {
  user = newUser();
  own = asking(app, user);
});

interface Shown {
  id: string;
  title: string;
}

async function create(input: Record<string, unknown> = {}): Promise<string> {
  return (await own.ask('createTask', { input: { title: 't', ...input } })).task.id;
}

async function deleted(input: Record<string, unknown> = {}): Promise<string> {
  const id = await create(input);
  await own.ask('deleteTask', { id });
  return id;
}

const titlesOf = (tasks: Shown[]) => tasks.map(({ title }) => title).sort();
const trash = async () => titlesOf((await own.ask('deletedTasks')).nodes);
const live = async () => titlesOf((await own.ask('tasks')).nodes);

/** As if they had been deleted so many days earlier. */
async function age(ids: string[], days: number) {
  await database.query(
    `begin; set local session_replication_role = replica;
     update tasks set deleted_at = deleted_at - interval '${days} days' where id in (${ids.map((id) => `'${id}'`).join()});
     commit`,
  );
}

describe('deletedTasks', () => {
  it('are those that were deleted, as they were, and no other ones', async () => {
    await create({ title: 'live' });
    const id = await create({ title: 'deleted', description: 'Text', priority: 'HIGH', dueDate: '2026-12-24' });
    const before = await own.ask('task', { id });
    await own.ask('deleteTask', { id });
    const { nodes, totalCount } = await own.ask('deletedTasks');
    const { updatedAt, version, deletedAt, ...shown } = nodes[0];
    expect(before).toMatchObject(shown);
    expect({ version, totalCount, length: nodes.length }).toEqual({ version: 2, totalCount: 1, length: 1 });
    expect(Math.abs(Date.parse(deletedAt) - Date.parse(updatedAt))).toBeLessThan(5000);
  });

  it('are nowhere else to be found', async () => {
    const id = await deleted({ title: 'gone' });
    expect(await own.codeOf('task', { id })).toBe('NOT_FOUND');
    expect(await live()).toEqual([]);
    const { data } = await app.graphql(
      user,
      'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } tasks(search: "gone") { totalCount } taskStats { total } }',
      { id },
    );
    expect(data).toEqual({ node: null, nodes: [null], tasks: { totalCount: 0 }, taskStats: { total: 0 } });
  });

  it('come page by page, the latest first, each once', async () => {
    const ids: string[] = [];
    for (let turn = 0; turn < 7; turn++) ids.push(await deleted());
    // Of one moment, so that the ids decide.
    await own.ask('deleteTasks', { ids: await Promise.all([create(), create(), create()]) });
    const seen: Shown[] = [];
    let page = await own.ask('deletedTasks', { first: 3 });
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    for (;;) {
      expect(page.totalCount).toBe(10);
      expect(page.edges.at(-1).cursor).toBe(page.pageInfo.endCursor);
      seen.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) break;
      page = await own.ask('deletedTasks', { first: 3, after: page.pageInfo.endCursor });
    }
    expect(page.pageInfo.hasPreviousPage).toBe(true);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(10);
    expect(seen.slice(3).map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('keep their pages while others are deleted and restored', async () => {
    const ids: string[] = [];
    for (let turn = 0; turn < 4; turn++) ids.push(await deleted());
    const first = await own.ask('deletedTasks', { first: 2 });
    await deleted();
    await own.ask('restoreTask', { id: ids[3] });
    const second = await own.ask('deletedTasks', { first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ id }: Shown) => id)).toEqual([ids[1], ids[0]]);
  });

  it.each([
    ['a page of none', { first: 0 }, 'first'],
    ['a page of too many', { first: 101 }, 'first'],
    ['what is no cursor', { after: 'x' }, 'after'],
    ['an empty cursor', { after: '' }, 'after'],
  ])('refuse %s', async (_name, given, field) => {
    const { refusal } = await own.told('deletedTasks', given);
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] });
  });

  it('refuse the cursor of another list', async () => {
    await create();
    const { pageInfo } = await own.ask('tasks');
    expect(await own.codeOf('deletedTasks', { after: pageInfo.endCursor })).toBe('BAD_USER_INPUT');
  });

  it('of another user are not shown, with their cursor neither', async () => {
    await deleted();
    const { pageInfo } = await own.ask('deletedTasks');
    const other = asking(app, newUser());
    expect(await other.ask('deletedTasks')).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await other.ask('deletedTasks', { after: pageInfo.endCursor })).toMatchObject({ nodes: [] });
  });

  it('ask for no more than is written in the cost of an operation: a hundred with everything', async () => {
    await deleted();
    expect((await own.ask('deletedTasks', { first: 100 })).nodes).toHaveLength(1);
  });
});

describe('restoreTask', () => {
  it('brings a task back as it was', async () => {
    const tag = (await own.ask('createTag', { input: { name: 'tag' } })).tag.id;
    const list = (await own.ask('createList', { input: { name: 'list' } })).list.id;
    const plan = { dueAt: '2026-12-24T18:00:00.000Z', dueTimeZone: 'Europe/Berlin', recurrence: 'FREQ=DAILY' };
    const id = await create({ title: 'a', description: 'b', tagIds: [tag], listId: list, priority: 'LOW', ...plan });
    const before = await own.ask('task', { id });
    await own.ask('deleteTask', { id });
    const { task, undoToken } = await own.ask('restoreTask', { id });
    expect(task).toEqual({ ...before, version: 3, updatedAt: task.updatedAt });
    expect(await own.ask('task', { id })).toEqual(task);
    expect(undoToken).not.toBeNull();
    expect(await trash()).toEqual([]);
  });

  it('brings back the subtasks that went with it, and not those that had gone before', async () => {
    const parent = await create({ title: 'parent' });
    const child = await create({ title: 'child', parentId: parent });
    await create({ title: 'grandchild', parentId: child });
    const earlier = await create({ title: 'earlier', parentId: parent });
    await own.ask('deleteTask', { id: earlier });
    await own.ask('deleteTask', { id: parent });
    expect(await trash()).toEqual(['child', 'earlier', 'grandchild', 'parent']);
    await own.ask('restoreTask', { id: parent });
    expect(await live()).toEqual(['child', 'grandchild', 'parent']);
    expect((await own.ask('task', { id: child })).parentId).toBe(parent);
    await own.ask('restoreTask', { id: earlier });
    expect((await own.ask('task', { id: earlier })).parentId).toBe(parent);
  });

  it('brings back a subtask by itself while what it is a part of stays deleted', async () => {
    const parent = await create({ title: 'parent' });
    const child = await create({ title: 'child', parentId: parent });
    const grandchild = await create({ title: 'grandchild', parentId: child });
    await own.ask('deleteTask', { id: parent });
    const { task } = await own.ask('restoreTask', { id: child });
    expect(task.parentId).toBeNull();
    expect(await live()).toEqual(['child', 'grandchild']);
    expect((await own.ask('task', { id: grandchild })).parentId).toBe(child);
    await own.ask('restoreTask', { id: parent });
    expect((await own.ask('task', { id: child })).parentId).toBeNull();
  });

  it('leaves behind tags and lists that were deleted meanwhile', async () => {
    const tag = (await own.ask('createTag', { input: { name: 'tag' } })).tag.id;
    const list = (await own.ask('createList', { input: { name: 'list' } })).list.id;
    const id = await deleted({ tagIds: [tag], listId: list });
    await own.ask('deleteTag', { id: tag });
    await own.ask('deleteList', { id: list });
    expect((await own.ask('restoreTask', { id })).task).toMatchObject({ tagIds: [], listId: null });
  });

  it('gives a task a place of its own where another one was moved to it meanwhile', async () => {
    const [first, second, third, fourth] = [
      await create({ title: '1' }),
      await create({ title: '2' }),
      await create({ title: '3' }),
      await create({ title: '4' }),
    ];
    await own.ask('moveTask', { id: third, after: first });
    await own.ask('deleteTask', { id: third });
    await own.ask('moveTask', { id: fourth, after: first });
    await own.ask('restoreTask', { id: third });
    const { nodes } = await own.ask('tasks', { orderBy: [{ field: 'POSITION', direction: 'ASC' }] });
    expect(new Set(nodes.map(({ position }: { position: string }) => position)).size).toBe(4);
    const middle = nodes.slice(1, 3).map(({ id }: Shown) => id);
    expect(middle.sort()).toEqual([third, fourth].sort());
    expect([nodes[0].id, nodes[3].id]).toEqual([first, second]);
    // There is room between both.
    await own.ask('moveTask', { id: second, after: nodes[1].id });
    await own.ask('moveTask', { id: first, before: nodes[2].id });
  });

  it.each([
    ['a live task', () => create()],
    ['none', async () => randomUUID()],
  ])('knows nothing of %s in the trash', async (_name, make) => {
    const { refusal } = await own.told('restoreTask', { id: await make() });
    expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
  });

  it("refuses another user's deleted task as one that there is not, and a live one as foreign", async () => {
    const [theirs, live] = [await deleted(), await create()];
    const other = asking(app, newUser());
    expect(await other.codeOf('restoreTask', { id: theirs })).toBe('NOT_FOUND');
    expect(await other.codeOf('restoreTask', { id: live })).toBe('FORBIDDEN');
    expect(await trash()).toEqual(['t']);
  });

  it('changes nothing unless the task has the expected version', async () => {
    const id = await deleted();
    const { refusal } = await own.told('restoreTask', { id, expectedVersion: 1 });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
    expect(await live()).toEqual([]);
    expect((await own.ask('restoreTask', { id, expectedVersion: 2 })).task.version).toBe(3);
  });

  it('is done once under a key and answered alike', async () => {
    const id = await deleted();
    const request = { id, idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('restoreTask', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await own.ask('deleteTask', { id });
    expect(await own.ask('restoreTask', request)).toEqual(answers[0]);
    expect(await live()).toEqual([]);
  });

  it('without a key is done once of twenty times at once', async () => {
    const id = await deleted();
    const codes = await Promise.all(Array.from({ length: 20 }, () => own.codeOf('restoreTask', { id })));
    expect(codes.sort()).toEqual([...Array(19).fill('NOT_FOUND'), undefined]);
    expect((await own.ask('task', { id })).version).toBe(3);
  });
});

describe('devices', () => {
  it('hear that a task was deleted, restored and purged', async () => {
    const parent = await create({ title: 'parent' });
    const child = await create({ title: 'child', parentId: parent });
    let { syncToken } = await own.ask('taskSync');
    async function news() {
      const answer = await own.ask('taskSync', { since: syncToken });
      syncToken = answer.syncToken;
      return { changed: answer.changed.map(({ id }: Shown) => id).sort(), deletedIds: answer.deletedIds.sort() };
    }
    const both = [parent, child].sort();
    await own.ask('deleteTask', { id: parent });
    expect(await news()).toEqual({ changed: [], deletedIds: both });
    await own.ask('restoreTask', { id: parent });
    expect(await news()).toEqual({ changed: both, deletedIds: [] });
    await own.ask('deleteTask', { id: parent });
    await own.ask('purgeTask', { id: parent });
    expect(await news()).toEqual({ changed: [], deletedIds: both });
  });

  it('that have not heard of a deletion before the purge hear of it afterwards', async () => {
    const id = await create();
    const { syncToken } = await own.ask('taskSync');
    await own.ask('deleteTask', { id });
    await own.ask('purgeTask', { id });
    expect(await own.ask('taskSync', { since: syncToken })).toMatchObject({ changed: [], deletedIds: [id] });
  });
});

describe('purgeTask', () => {
  const SECRETS = ['Zephyranthes', 'Quixotically', 'Syzygyoccurs', 'Obfuscatedly'];

  /** Every place of the database that holds a text, whatever its table and column. */
  async function placesOf(text: string): Promise<string[]> {
    const { rows: columns } = await database.query<{ table: string; column: string }>(
      `select format('%I.%I', table_schema, table_name) as "table", format('%I', column_name) as "column"
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { table, column } of columns) {
      const { rows } = await database.query(
        `select from ${table} where ${column}::text ilike '%' || $1 || '%' limit 1`,
        [text],
      );
      if (rows.length > 0) found.push(`${table}.${column}`);
    }
    return found;
  }

  async function secret() {
    const id = randomUUID();
    const input = { id, title: SECRETS[0], description: SECRETS[1], dueDate: '2026-01-01', recurrence: 'FREQ=DAILY' };
    await own.ask('createTask', { input, idempotencyKey: randomUUID() });
    await own.ask('createTasks', { inputs: [{ title: SECRETS[2], parentId: id }], idempotencyKey: randomUUID() });
    const change = { id, input: { title: `${SECRETS[0]} again`, description: SECRETS[3] } };
    await own.ask('updateTask', { ...change, idempotencyKey: randomUUID() });
    await own.ask('completeTask', { id, idempotencyKey: randomUUID() });
    await own.ask('applyCommands', {
      commands: [{ id: randomUUID(), update: { id, input: { title: `${SECRETS[0]} in a batch` } } }],
    });
    await own.ask('deleteTasks', { ids: [id], idempotencyKey: randomUUID() });
    return id;
  }

  it('leaves nothing of a task and its subtasks anywhere in the database', async () => {
    const kept = { title: 'Others are kept', description: 'as they are' };
    const [key, other] = [randomUUID(), randomUUID()];
    await own.ask('createTask', { input: { ...kept, id: other }, idempotencyKey: key });
    const id = await secret();
    for (const text of SECRETS) expect(await placesOf(text)).not.toEqual([]);
    expect(await own.ask('purgeTask', { id })).toEqual({ purgedTaskId: id });
    for (const text of SECRETS) expect([text, ...(await placesOf(text))]).toEqual([text]);
    for (const table of ['task_changes', 'task_occurrences', 'task_tags']) {
      expect((await database.query(`select from ${table} where user_id = $1`, [user])).rows).toEqual([]);
    }
    expect((await own.ask('createTask', { input: { ...kept, id: other }, idempotencyKey: key })).task).toMatchObject(
      kept,
    );
  });

  it('leaves a tombstone that holds the id for good', async () => {
    const id = await secret();
    await own.ask('purgeTask', { id });
    expect(await own.codeOf('createTask', { input: { id, title: 'again' } })).toBe('CONFLICT');
    expect(await own.codeOf('restoreTask', { id })).toBe('NOT_FOUND');
    expect(await own.codeOf('purgeTask', { id })).toBe('NOT_FOUND');
    expect(await own.codeOf('task', { id })).toBe('NOT_FOUND');
    expect(await own.ask('deletedTasks')).toMatchObject({ nodes: [], totalCount: 0 });
  });

  it('takes subtasks along that were in the trash before', async () => {
    const parent = await create();
    const child = await create({ parentId: parent });
    await own.ask('deleteTask', { id: child });
    await own.ask('deleteTask', { id: parent });
    await own.ask('purgeTask', { id: parent });
    expect(await trash()).toEqual([]);
  });

  it('leaves alone a subtask that was restored', async () => {
    const parent = await create({ title: 'parent' });
    const child = await create({ title: 'child', parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await own.ask('restoreTask', { id: child });
    await own.ask('purgeTask', { id: parent });
    expect(await live()).toEqual(['child']);
  });

  it('leaves what a task was a part of in the trash', async () => {
    const parent = await create({ title: 'parent' });
    const child = await create({ title: 'child', parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await own.ask('purgeTask', { id: child });
    expect(await trash()).toEqual(['parent']);
    await own.ask('restoreTask', { id: parent });
    expect(await live()).toEqual(['parent']);
  });

  it('refuses what is not in the trash, and what is not the own', async () => {
    const [alive, gone] = [await create({ title: 'alive' }), await deleted({ title: 'gone' })];
    const other = asking(app, newUser());
    expect(await own.codeOf('purgeTask', { id: alive })).toBe('NOT_FOUND');
    expect(await other.codeOf('purgeTask', { id: alive })).toBe('FORBIDDEN');
    expect(await other.codeOf('purgeTask', { id: gone })).toBe('NOT_FOUND');
    expect([await live(), await trash()]).toEqual([['alive'], ['gone']]);
  });

  it('is done once under a key and answered alike', async () => {
    const request = { id: await deleted(), idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('purgeTask', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('beside the restoring of the same task leaves it whole or empty', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const id = await deleted({ title: 'whole' });
      const [purged, restored] = await Promise.all([
        own.codeOf('purgeTask', { id }),
        own.codeOf('restoreTask', { id }),
      ]);
      expect([purged, restored].filter((code) => code === undefined)).toHaveLength(1);
      if (restored === undefined) expect((await own.ask('task', { id })).title).toBe('whole');
    }
  });
});

describe('the trash in time', () => {
  const purge = async (days: number) =>
    (await database.query('select purge_trash($1) as purged', [days])).rows[0].purged;

  it('is emptied of what was deleted longer ago than it is kept', async () => {
    const [old, recent] = [await deleted({ title: 'old' }), await deleted({ title: 'recent' })];
    await create({ title: 'live' });
    await age([old], 31);
    await age([recent], 29);
    await purge(30);
    expect([await trash(), await live()]).toEqual([['recent'], ['live']]);
    expect(await own.codeOf('restoreTask', { id: old })).toBe('NOT_FOUND');
    const { rows } = await database.query('select title, purged_at from tasks where id = $1', [old]);
    expect(rows).toEqual([{ title: '-', purged_at: expect.any(Date) }]);
    expect((await database.query('select from task_changes where task_id = $1', [old])).rows).toEqual([]);
  });

  it('is emptied once: what was purged is not written again', async () => {
    await age([await deleted()], 31);
    await purge(30);
    const before = (await database.query('select rev from users where id = $1', [user])).rows;
    expect(await purge(30)).toBe(0);
    expect((await database.query('select rev from users where id = $1', [user])).rows).toEqual(before);
  });

  it('is kept for a day at least', async () => {
    await deleted();
    for (const days of [0, -1]) await purge(days);
    expect(await trash()).toEqual(['t']);
  });

  it('is emptied after a deletion of whomever, as the settings say', async () => {
    const ids = [await deleted({ title: 'old' }), await deleted({ title: 'recent' })];
    await age([ids[0]!], DAYS + 1);
    await age([ids[1]!], DAYS - 1);
    const other = await startTestApp({ environment: { TRASH_RETENTION_DAYS: `${DAYS}` }, beside: app });
    const stranger = asking(other, newUser());
    await stranger.ask('deleteTask', { id: (await stranger.ask('createTask', { input: { title: 't' } })).task.id });
    await eventually('the trash is emptied', async () => (await trash()).length === 1);
    await other.close();
    expect(await trash()).toEqual(['recent']);
  });

  it.each([
    ['a deletion of many', (one: Asking, id: string) => one.ask('deleteTasks', { ids: [id] })],
    [
      'a deletion in a batch',
      (one: Asking, id: string) => one.ask('applyCommands', { commands: [{ id: randomUUID(), delete: { id } }] }),
    ],
  ])('is emptied after %s', async (_name, remove) => {
    await age([await deleted()], DAYS + 1);
    const other = await startTestApp({ environment: { TRASH_RETENTION_DAYS: `${DAYS}` }, beside: app });
    const stranger = asking(other, newUser());
    await remove(stranger, (await stranger.ask('createTask', { input: { title: 't' } })).task.id);
    await eventually('the trash is emptied', async () => (await trash()).length === 0);
    await other.close();
  });

  it('waits for nobody: what somebody holds is left for the next time', async () => {
    const ids = [await deleted({ title: 'held' })];
    await age(ids, 31);
    const holder = new Client({ connectionString: app.databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from tasks where id = $1 for update', ids);
    await database.query("set statement_timeout = '2s'");
    await purge(30);
    expect(await trash()).toEqual(['held']);
    await holder.query('rollback');
    await holder.end();
    await purge(30);
    expect(await trash()).toEqual([]);
  });
});
