import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { undoTokenOf } from '../../src/tasks/undo.token.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

let app: TestApp;
let database: Client;
let user: string;
let own: Asking;

beforeAll(async () => {
  app = await startTestApp();
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

const created = async (kind: 'Tag' | 'List', name: string) =>
  (await own.ask(`create${kind}`, { input: { name } }))[kind.toLowerCase()].id;

/** Everything that is kept of the user's tasks, but for what each change makes anew. */
async function state() {
  const { rows } = await database.query(
    `select id, title, description, completed, priority, due_date::text, due_at, due_time_zone, due_sort, recurrence,
       recurrence_basis, tag_ids, list_id, parent_id, rank, deleted_at, purged_at,
       array(select tag_id from task_tags where task_id = tasks.id order by tag_id) as tagged
     from tasks where user_id = $1 order by id`,
    [user],
  );
  return rows;
}

const order = async () =>
  (await own.ask('tasks', { first: 100, orderBy: [{ field: 'POSITION', direction: 'ASC' }] })).nodes.map(
    ({ id }: Shown) => id,
  );

/** Does it, takes it back, does it again and takes it back once more; answers what it did. */
async function thereAndBack(name: string, given: Record<string, unknown>) {
  const before = await state();
  const done = await own.ask(name, given);
  const after = await state();
  expect(after).not.toEqual(before);
  const undone = await own.ask('undo', { token: done.undoToken });
  expect(await state()).toEqual(before);
  const redone = await own.ask('undo', { token: undone.undoToken });
  expect(await state()).toEqual(after);
  await own.ask('undo', { token: redone.undoToken });
  expect(await state()).toEqual(before);
  return { done, undone, redone };
}

describe('undo takes back', () => {
  it.each([
    ['title', () => ({ title: 'another' })],
    ['description', () => ({ description: 'Text' })],
    ['an emptied description', () => ({ description: null })],
    ['priority', () => ({ priority: 'URGENT' })],
    ['a date', () => ({ dueDate: '2027-02-03' })],
    ['no date', () => ({ dueDate: null })],
    ['a moment in place of a date', () => ({ dueAt: '2026-03-04T05:06:07.089Z', dueTimeZone: 'Asia/Tokyo' })],
    ['a rule', () => ({ recurrence: 'FREQ=WEEKLY;BYDAY=MO', recurrenceBasis: 'COMPLETION' })],
    ['completion', () => ({ completed: true })],
    ['tags', async () => ({ tagIds: [await created('Tag', 'x'), await created('Tag', 'y')] })],
    ['a list', async () => ({ listId: await created('List', 'x') })],
    ['a parent', async () => ({ parentId: await create() })],
  ])('an update of %s', async (_name, make) => {
    const tag = await created('Tag', 'tag');
    const id = await create({ description: 'Before', dueDate: '2026-12-24', tagIds: [tag], priority: 'LOW' });
    const { undone } = await thereAndBack('updateTask', { id, input: await make() });
    expect(undone).toMatchObject({ tasks: [{ id, version: 3 }], deletedTaskIds: [] });
  });

  it('a moment with its zone', async () => {
    const id = await create({ dueAt: '2026-03-04T05:06:07.089Z', dueTimeZone: 'Asia/Tokyo', recurrence: 'FREQ=DAILY' });
    await thereAndBack('updateTask', { id, input: { dueAt: null } });
    await thereAndBack('updateTask', { id, input: { dueDate: '0001-01-01' } });
  });

  it('a description of the greatest length', async () => {
    const id = await create({ description: '𝄞'.repeat(32_768) });
    await thereAndBack('updateTask', { id, input: { description: `"\\${'ä'.repeat(1000)}` } });
  });

  it('all fields at once', async () => {
    const id = await create();
    const [tag, list, parent] = [await created('Tag', 'a'), await created('List', 'a'), await create()];
    const plan = { dueAt: '2026-01-02T03:04:05.000Z', dueTimeZone: 'UTC', recurrence: 'FREQ=DAILY', priority: 'HIGH' };
    const input = { title: 'a', description: 'b', tagIds: [tag], listId: list, parentId: parent, ...plan };
    await thereAndBack('updateTask', { id, input });
  });

  it('a creation, which leaves nothing to be seen', async () => {
    const { task, undoToken } = await own.ask('createTask', { input: { title: 'a' } });
    const { tasks, deletedTaskIds, undoToken: again } = await own.ask('undo', { token: undoToken });
    expect({ tasks, deletedTaskIds }).toEqual({ tasks: [], deletedTaskIds: [task.id] });
    expect(await own.codeOf('task', { id: task.id })).toBe('NOT_FOUND');
    const redone = await own.ask('undo', { token: again });
    expect(redone.tasks).toEqual([{ ...task, version: 3, updatedAt: redone.tasks[0].updatedAt }]);
  });

  it('the creation of a task with what was put under it since', async () => {
    const { task, undoToken } = await own.ask('createTask', { input: { title: 'parent' } });
    const child = await create({ parentId: task.id });
    const { undoToken: again } = await own.ask('undo', { token: undoToken });
    expect(await own.codeOf('task', { id: child })).toBe('NOT_FOUND');
    await own.ask('undo', { token: again });
    expect((await own.ask('task', { id: child })).parentId).toBe(task.id);
  });

  it.each(['toggleTask', 'completeTask'])('%s', async (name) => {
    await thereAndBack(name, { id: await create() });
  });

  it('reopenTask', async () => {
    await thereAndBack('reopenTask', { id: await create({ completed: true }) });
  });

  it.each(['toggleTask', 'completeTask'])('%s of a recurring task, with the occurrence', async (name) => {
    const id = await create({ dueDate: '2026-01-31', recurrence: 'FREQ=MONTHLY;COUNT=3' });
    const occurrences = async () =>
      (await database.query('select due_date::text from task_occurrences where task_id = $1', [id])).rows;
    const { undoToken } = await own.ask(name, { id });
    expect(await occurrences()).toEqual([{ due_date: '2026-01-31' }]);
    const { tasks } = await own.ask('undo', { token: undoToken });
    expect(tasks).toMatchObject([{ dueDate: '2026-01-31', recurrence: 'FREQ=MONTHLY;COUNT=3', completed: false }]);
    expect(await occurrences()).toEqual([]);
    await thereAndBack(name, { id });
  });

  it('a deletion with its subtasks', async () => {
    const parent = await create({ title: 'parent' });
    await create({ parentId: await create({ parentId: parent }) });
    const { undone, redone } = await thereAndBack('deleteTask', { id: parent });
    expect(undone.tasks).toMatchObject([{ id: parent }]);
    expect(redone.deletedTaskIds).toEqual([parent]);
  });

  it('a restoring, with what was restored with it', async () => {
    const parent = await create();
    await create({ parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await thereAndBack('restoreTask', { id: parent });
  });

  it('the restoring of a subtask without what it was a part of', async () => {
    const parent = await create();
    const child = await create({ parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await thereAndBack('restoreTask', { id: child });
    await own.ask('restoreTask', { id: parent });
    expect((await own.ask('task', { id: child })).parentId).toBe(parent);
  });

  it('a move', async () => {
    const ids = [await create(), await create(), await create()];
    await thereAndBack('moveTask', { id: ids[2], before: ids[0] });
    expect(await order()).toEqual(ids);
  });

  it('a move that has ranked neighbours anew, with these', async () => {
    // Of the greatest length, with nothing between any two of them.
    const ranks = [...'123456789ABCDEFGHIJ'].map((digit) => `a0${'V'.repeat(253)}${digit}`);
    const ids = await storeTasks(
      app.databaseUrl,
      user,
      ranks.map((rank) => ({ rank })),
    );
    const { undone } = await thereAndBack('moveTask', { id: ids[2], after: ids[8] });
    expect(undone.tasks.length).toBeGreaterThan(1);
    expect(await order()).toEqual(ids);
  });

  it('a creation, a change and a deletion of many', async () => {
    await thereAndBackFromNothing('createTasks', { inputs: [{ title: 'a' }, { title: 'b' }, { title: 'c' }] });
    const ids = [await create(), await create({ completed: true }), await create({ priority: 'HIGH' })];
    await thereAndBack('updateTasks', { ids, set: { title: 'x', priority: 'HIGH', completed: true } });
    await thereAndBack('deleteTasks', { ids });
    await thereAndBack('deleteTasks', { filter: { completed: false } });
  });

  it('a creation of many that are parts of each other', async () => {
    const [parent, child] = [randomUUID(), randomUUID()];
    const inputs = [
      { id: parent, title: 'parent' },
      { id: child, title: 'child', parentId: parent },
      { title: 'grandchild', parentId: child },
    ];
    await thereAndBackFromNothing('createTasks', { inputs });
  });

  /** What was created stays as a tombstone, without which its history would be lost. */
  async function thereAndBackFromNothing(name: string, given: Record<string, unknown>) {
    const done = await own.ask(name, given);
    const after = await state();
    const undone = await own.ask('undo', { token: done.undoToken });
    expect((await own.ask('tasks')).totalCount).toBe(0);
    const redone = await own.ask('undo', { token: undone.undoToken });
    expect(await state()).toEqual(after);
    await own.ask('undo', { token: redone.undoToken });
    expect((await own.ask('tasks')).totalCount).toBe(0);
  }

  it.each([
    ['first', (parent: string, child: string, grandchild: string) => [parent, child, grandchild]],
    ['last', (parent: string, child: string, grandchild: string) => [grandchild, child, parent]],
    ['between them', (parent: string, child: string, grandchild: string) => [child, parent, grandchild]],
  ])('a deletion of many with what they are parts of %s', async (_name, ordered) => {
    const parent = await create();
    const child = await create({ parentId: parent });
    const grandchild = await create({ parentId: child });
    await thereAndBack('deleteTasks', { ids: ordered(parent, child, grandchild) });
  });

  it('a hundred changes at once', async () => {
    const ids = await storeTasks(app.databaseUrl, user, Array(100).fill({}));
    const { undone } = await thereAndBack('updateTasks', { ids, set: { completed: true } });
    expect(undone.tasks).toHaveLength(100);
  });
});

describe('a token', () => {
  it('is none where nothing was changed', async () => {
    const id = await create({ title: 'same' });
    const input = { id: randomUUID(), title: 'once' };
    await own.ask('createTask', { input });
    const tokens = [
      await own.ask('updateTask', { id, input: { title: 'same' } }),
      await own.ask('reopenTask', { id }),
      await own.ask('createTask', { input }),
      await own.ask('updateTasks', { ids: [id], set: { completed: false } }),
      await own.ask('createTasks', { inputs: [input] }),
    ].map(({ undoToken }) => undoToken);
    expect(tokens).toEqual([null, null, null, null, null]);
  });

  it.each([
    ['an empty text', () => ''],
    ['another text', () => 'undo'],
    ['one that was cut', (token: string) => token.slice(0, -1)],
    ['one that was cut by a change', (token: string) => undoBytes(token, (bytes) => bytes.subarray(0, -4))],
    ['one that was lengthened', (token: string) => `${token}A`],
    [
      'one of another form',
      (token: string) => undoBytes(token, (bytes) => Buffer.concat([Buffer.from([2]), bytes.subarray(1)])),
    ],
    ['the form without changes', () => Buffer.from([1]).toString('base64url')],
    ['one in another spelling', (token: string) => `${token}=`],
    ['one with white space', (token: string) => ` ${token}`],
    [
      'one of too many changes',
      () => undoBytes('AQ', () => Buffer.concat([Buffer.from([1]), Buffer.alloc(20 * 101, 7)])),
    ],
    ['a very long text', () => 'A'.repeat(100_000)],
    [
      'one that names a task twice',
      (token: string) => undoBytes(token, (bytes) => Buffer.concat([bytes, bytes.subarray(1)])),
    ],
  ])('is not %s', async (_name, forge) => {
    const id = await create();
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'x' } });
    const { refusal } = await own.told('undo', { token: forge(undoToken) });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'token' }] });
    expect((await own.ask('task', { id })).title).toBe('x');
  });

  function undoBytes(token: string, change: (bytes: Buffer) => Buffer): string {
    return change(Buffer.from(token, 'base64url')).toString('base64url');
  }

  it("opens no task of another user's", async () => {
    const id = await create({ title: 'theirs' });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'changed' } });
    const other = asking(app, newUser());
    expect(await other.codeOf('undo', { token: undoToken })).toBe('FORBIDDEN');
    await own.ask('deleteTask', { id });
    expect(await other.codeOf('undo', { token: undoTokenOf([{ id, version: 3 }])! })).toBe('NOT_FOUND');
    expect(await other.codeOf('undo', { token: undoTokenOf([{ id: randomUUID(), version: 1 }])! })).toBe('NOT_FOUND');
  });

  it.each(['first', 'last'])("changes nothing of one's own where one is another user's: the %s", async (place) => {
    const [theirs = ''] = await storeTasks(app.databaseUrl, newUser(), [{}]);
    const id = await create();
    const { task } = await own.ask('updateTask', { id, input: { title: 'changed' } });
    const changes = [task, { id: theirs, version: 1 }];
    const before = await state();
    const token = undoTokenOf(place === 'first' ? changes.toReversed() : changes)!;
    for (const key of [{}, { idempotencyKey: randomUUID() }]) {
      expect(await own.codeOf('undo', { token, ...key })).toBe('FORBIDDEN');
    }
    expect(await state()).toEqual(before);
    expect((await database.query('select version, deleted_at from tasks where id = $1', [theirs])).rows).toEqual([
      { version: 1, deleted_at: null },
    ]);
  });

  it.each([
    ['an earlier version', -1],
    ['a later version', 1],
    ['no version', -3],
    ['a version beyond all', 4_294_967_292],
  ])('that names %s is a conflict', async (_name, difference) => {
    const id = await create();
    const { task } = await own.ask('updateTask', { id, input: { title: 'a' } });
    await own.ask('updateTask', { id, input: { title: 'b' } });
    const token = undoTokenOf([{ id, version: task.version + 1 + difference }])!;
    const { refusal } = await own.told('undo', { token });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
  });

  it('made up for the creation of a task does no more than its deletion would', async () => {
    const id = await create();
    await own.ask('undo', { token: undoTokenOf([{ id, version: 1 }])! });
    expect((await own.ask('deletedTasks')).nodes).toMatchObject([{ id }]);
  });
});

describe('what has come between', () => {
  it('is a conflict that names the version, and nothing is taken back', async () => {
    const id = await create({ title: 'a' });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'b' } });
    await own.ask('updateTask', { id, input: { description: 'since' } });
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
    expect((await own.ask('task', { id })).title).toBe('b');
  });

  it('for one of many takes back none of them', async () => {
    const ids = [await create(), await create(), await create()];
    const { undoToken } = await own.ask('updateTasks', { ids, set: { title: 'changed' } });
    await own.ask('toggleTask', { id: ids[1] });
    const before = await state();
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
    expect(await state()).toEqual(before);
  });

  it('and has purged one of many takes back none of them', async () => {
    const ids = [await create(), await create()];
    const { undoToken } = await own.ask('deleteTasks', { ids });
    await own.ask('purgeTask', { id: ids[1] });
    const before = await state();
    expect(await own.codeOf('undo', { token: undoToken })).toBe('NOT_FOUND');
    expect(await state()).toEqual(before);
  });

  it('may be another undo of the same', async () => {
    const id = await create();
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'x' } });
    await own.ask('undo', { token: undoToken });
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
  });

  it('does not matter for other tasks, whatever they are', async () => {
    const [parent, other] = [await create(), await create()];
    const child = await create({ parentId: parent });
    const { undoToken } = await own.ask('updateTask', { id: child, input: { title: 'x' } });
    await own.ask('updateTask', { id: parent, input: { title: 'x' } });
    await own.ask('moveTask', { id: other, before: child });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ id: child, title: 't' }]);
  });

  it('may have deleted the tag that comes back, which is left out then', async () => {
    const tags = [await created('Tag', 'stays'), await created('Tag', 'goes')];
    const id = await create({ tagIds: tags });
    const { undoToken } = await own.ask('updateTask', { id, input: { tagIds: [] } });
    await own.ask('deleteTag', { id: tags[1] });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ tagIds: [tags[0]] }]);
  });

  it('may have deleted the list that it comes back to, which is none then', async () => {
    const list = await created('List', 'goes');
    const id = await create({ title: 'a', listId: list });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'b', listId: null } });
    await own.ask('deleteList', { id: list });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ title: 'a', listId: null }]);
  });

  it('may have deleted what it comes back under, so that it stands by itself', async () => {
    const parent = await create();
    const id = await create({ title: 'a', parentId: parent });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'b', parentId: null } });
    await own.ask('deleteTask', { id: parent });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ title: 'a', parentId: null }]);
  });

  it('may have put what it comes back under below it, which is a conflict', async () => {
    const parent = await create();
    const id = await create({ parentId: parent });
    const { undoToken } = await own.ask('updateTask', { id, input: { parentId: null } });
    await own.ask('updateTask', { id: parent, input: { parentId: id } });
    const before = await state();
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
    expect(await state()).toEqual(before);
  });

  it('may have moved another task to the place that it comes back to', async () => {
    const ids = [await create(), await create(), await create(), await create()];
    await own.ask('moveTask', { id: ids[2], after: ids[0] });
    const { undoToken } = await own.ask('moveTask', { id: ids[2], after: ids[3] });
    await own.ask('moveTask', { id: ids[3], after: ids[0] });
    await own.ask('undo', { token: undoToken });
    const places = await order();
    expect(places[0]).toBe(ids[0]);
    expect(places[3]).toBe(ids[1]);
    const { rows } = await database.query(
      'select count(distinct task_rank(rank, created_at, id))::int as places from tasks where user_id = $1',
      [user],
    );
    expect(rows).toEqual([{ places: 4 }]);
    for (const beside of [places[1], places[2]]) await own.ask('moveTask', { id: ids[0], after: beside });
  });

  it('may have forgotten the history, which is a conflict', async () => {
    const id = await create();
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'x' } });
    await database.query('delete from task_changes where task_id = $1', [id]);
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
  });
});

describe('undo at once', () => {
  it('is done once of twenty', async () => {
    const id = await create({ title: 'before' });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'after' } });
    const codes = await Promise.all(Array.from({ length: 20 }, () => own.codeOf('undo', { token: undoToken })));
    expect(codes.sort()).toEqual([...Array(19).fill('CONFLICT'), undefined]);
    expect(await own.ask('task', { id })).toMatchObject({ title: 'before', version: 3 });
  });

  it('under one key is done once and answered alike', async () => {
    const ids = [await create(), await create()];
    const { undoToken } = await own.ask('updateTasks', { ids, set: { title: 'after' } });
    const request = { token: undoToken, idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('undo', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].tasks).toHaveLength(2);
    const { undoToken: another } = await own.ask('toggleTask', { id: ids[0] });
    expect(await own.codeOf('undo', { token: another, idempotencyKey: request.idempotencyKey })).toBe('CONFLICT');
  });

  it('with a change of the same task is either before it or refused', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const id = await create({ title: 'before' });
      const { undoToken } = await own.ask('updateTask', { id, input: { title: 'after' } });
      const [undone] = await Promise.all([
        own.codeOf('undo', { token: undoToken }),
        own.ask('updateTask', { id, input: { description: 'since' } }),
      ]);
      const expected = undone === undefined ? 'before' : 'after';
      expect([undone ?? 'CONFLICT', await own.ask('task', { id })]).toMatchObject([
        'CONFLICT',
        { title: expected, description: 'since' },
      ]);
    }
  });
});
