import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';
import { type Trash, trashOf } from './support/trash.ts';

const DAYS = 7;

let app: TestApp;
let own: Trash;

beforeAll(async () => {
  app = await startTestApp({ environment: { TRASH_RETENTION_DAYS: `${DAYS}` } });
});
afterAll(() => app.close());
beforeEach(() => {
  own = trashOf(app);
});

/** As if they had been deleted so many days earlier. */
async function age(ids: string[], days: number) {
  await app.owner(
    `begin; set local session_replication_role = replica;
     update tasks set deleted_at = deleted_at - interval '${days} days' where id in (${ids.map((id) => `'${id}'`).join()});
     commit`,
  );
}

describe('devices', () => {
  it('hear that a task was deleted, restored and purged', async () => {
    const parent = await own.create({ title: 'parent' });
    const child = await own.create({ title: 'child', parentId: parent });
    let { syncToken } = await own.ask('taskSync');
    async function news() {
      const answer = await own.ask('taskSync', { since: syncToken });
      syncToken = answer.syncToken;
      return {
        changed: answer.changed.map(({ id }: { id: string }) => id).sort(),
        deletedIds: answer.deletedIds.sort(),
      };
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
    const id = await own.create();
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
    const columns = await app.owner<{ table: string; column: string }>(
      `select format('%I.%I', table_schema, table_name) as "table", format('%I', column_name) as "column"
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { table, column } of columns) {
      const rows = await app.owner(`select from ${table} where ${column}::text ilike '%' || $1 || '%' limit 1`, [text]);
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
      expect(await app.owner(`select from ${table} where user_id = $1`, [own.user])).toEqual([]);
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
    const parent = await own.create();
    const child = await own.create({ parentId: parent });
    await own.ask('deleteTask', { id: child });
    await own.ask('deleteTask', { id: parent });
    await own.ask('purgeTask', { id: parent });
    expect(await own.trash()).toEqual([]);
  });

  it('leaves alone a subtask that was restored', async () => {
    const parent = await own.create({ title: 'parent' });
    const child = await own.create({ title: 'child', parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await own.ask('restoreTask', { id: child });
    await own.ask('purgeTask', { id: parent });
    expect(await own.live()).toEqual(['child']);
  });

  it('leaves what a task was a part of in the trash', async () => {
    const parent = await own.create({ title: 'parent' });
    const child = await own.create({ title: 'child', parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await own.ask('purgeTask', { id: child });
    expect(await own.trash()).toEqual(['parent']);
    await own.ask('restoreTask', { id: parent });
    expect(await own.live()).toEqual(['parent']);
  });

  it('refuses what is not in the trash, and what is not the own', async () => {
    const [alive, gone] = [await own.create({ title: 'alive' }), await own.deleted({ title: 'gone' })];
    const other = asking(app, newUser());
    expect(await own.codeOf('purgeTask', { id: alive })).toBe('NOT_FOUND');
    expect(await other.codeOf('purgeTask', { id: alive })).toBe('FORBIDDEN');
    expect(await other.codeOf('purgeTask', { id: gone })).toBe('NOT_FOUND');
    expect([await own.live(), await own.trash()]).toEqual([['alive'], ['gone']]);
  });

  it('is done once under a key and answered alike', async () => {
    const request = { id: await own.deleted(), idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('purgeTask', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('beside the restoring of the same task leaves it whole or empty', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const id = await own.deleted({ title: 'whole' });
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
  const purge = async (days: number) => (await app.owner('select purge_trash($1) as purged', [days]))[0].purged;

  it('is emptied of what was deleted longer ago than it is kept', async () => {
    const [old, recent] = [await own.deleted({ title: 'old' }), await own.deleted({ title: 'recent' })];
    await own.create({ title: 'live' });
    await age([old], 31);
    await age([recent], 29);
    await purge(30);
    expect([await own.trash(), await own.live()]).toEqual([['recent'], ['live']]);
    expect(await own.codeOf('restoreTask', { id: old })).toBe('NOT_FOUND');
    const rows = await app.owner('select title, purged_at from tasks where id = $1', [old]);
    expect(rows).toEqual([{ title: '-', purged_at: expect.any(Date) }]);
    expect(await app.owner('select from task_changes where task_id = $1', [old])).toEqual([]);
  });

  it('is emptied once: what was purged is not written again', async () => {
    await age([await own.deleted()], 31);
    await purge(30);
    const before = await app.owner('select rev from users where id = $1', [own.user]);
    expect(await purge(30)).toBe(0);
    expect(await app.owner('select rev from users where id = $1', [own.user])).toEqual(before);
  });

  it('is kept for a day at least', async () => {
    await own.deleted();
    for (const days of [0, -1]) await purge(days);
    expect(await own.trash()).toEqual(['t']);
  });

  it('is emptied after a deletion of whomever, as the settings say', async () => {
    const ids = [await own.deleted({ title: 'old' }), await own.deleted({ title: 'recent' })];
    await age([ids[0]!], DAYS + 1);
    await age([ids[1]!], DAYS - 1);
    const other = await startTestApp({ environment: { TRASH_RETENTION_DAYS: `${DAYS}` }, beside: app });
    const stranger = asking(other, newUser());
    await stranger.ask('deleteTask', { id: (await stranger.ask('createTask', { input: { title: 't' } })).task.id });
    await eventually('the trash is emptied', async () => (await own.trash()).length === 1);
    await other.close();
    expect(await own.trash()).toEqual(['recent']);
  });

  it.each([
    ['a deletion of many', (one: Asking, id: string) => one.ask('deleteTasks', { ids: [id] })],
    [
      'a deletion in a batch',
      (one: Asking, id: string) => one.ask('applyCommands', { commands: [{ id: randomUUID(), delete: { id } }] }),
    ],
  ])('is emptied after %s', async (_name, remove) => {
    await age([await own.deleted()], DAYS + 1);
    const other = await startTestApp({ environment: { TRASH_RETENTION_DAYS: `${DAYS}` }, beside: app });
    const stranger = asking(other, newUser());
    await remove(stranger, (await stranger.ask('createTask', { input: { title: 't' } })).task.id);
    await eventually('the trash is emptied', async () => (await own.trash()).length === 0);
    await other.close();
  });

  it('waits for nobody: what somebody holds is left for the next time', async () => {
    const ids = [await own.deleted({ title: 'held' })];
    await age(ids, 31);
    const holder = new Client({ connectionString: app.databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from tasks where id = $1 for update', ids);
    await app.owner("set statement_timeout = '2s'");
    await purge(30);
    expect(await own.trash()).toEqual(['held']);
    await holder.query('rollback');
    await holder.end();
    await purge(30);
    expect(await own.trash()).toEqual([]);
  });
});
