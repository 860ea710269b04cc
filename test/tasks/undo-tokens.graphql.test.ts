import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { undoTokenOf } from '../../src/tasks/undo.token.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { asking } from './support/operations.ts';
import { type Undoing, undoingOf } from './support/undoing.ts';

let app: TestApp;
let own: Undoing;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  own = undoingOf(app);
});

describe('a token', () => {
  it('is none where nothing was changed', async () => {
    const id = await own.create({ title: 'same' });
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
    const id = await own.create();
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'x' } });
    const { refusal } = await own.told('undo', { token: forge(undoToken) });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'token' }] });
    expect((await own.ask('task', { id })).title).toBe('x');
  });

  function undoBytes(token: string, change: (bytes: Buffer) => Buffer): string {
    return change(Buffer.from(token, 'base64url')).toString('base64url');
  }

  it("opens no task of another user's", async () => {
    const id = await own.create({ title: 'theirs' });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'changed' } });
    const other = asking(app, newUser());
    expect(await other.codeOf('undo', { token: undoToken })).toBe('FORBIDDEN');
    await own.ask('deleteTask', { id });
    expect(await other.codeOf('undo', { token: undoTokenOf([{ id, version: 3 }])! })).toBe('NOT_FOUND');
    expect(await other.codeOf('undo', { token: undoTokenOf([{ id: randomUUID(), version: 1 }])! })).toBe('NOT_FOUND');
  });

  it.each(['first', 'last'])("changes nothing of one's own where one is another user's: the %s", async (place) => {
    const [theirs = ''] = await storeTasks(app.databaseUrl, newUser(), [{}]);
    const id = await own.create();
    const { task } = await own.ask('updateTask', { id, input: { title: 'changed' } });
    const changes = [task, { id: theirs, version: 1 }];
    const before = await own.state();
    const token = undoTokenOf(place === 'first' ? changes.toReversed() : changes)!;
    for (const key of [{}, { idempotencyKey: randomUUID() }]) {
      expect(await own.codeOf('undo', { token, ...key })).toBe('FORBIDDEN');
    }
    expect(await own.state()).toEqual(before);
    expect(await app.owner('select version, deleted_at from tasks where id = $1', [theirs])).toEqual([
      { version: 1, deleted_at: null },
    ]);
  });

  it.each([
    ['an earlier version', -1],
    ['a later version', 1],
    ['no version', -3],
    ['a version beyond all', 4_294_967_292],
  ])('that names %s is a conflict', async (_name, difference) => {
    const id = await own.create();
    const { task } = await own.ask('updateTask', { id, input: { title: 'a' } });
    await own.ask('updateTask', { id, input: { title: 'b' } });
    const token = undoTokenOf([{ id, version: task.version + 1 + difference }])!;
    const { refusal } = await own.told('undo', { token });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
  });

  it('made up for the creation of a task does no more than its deletion would', async () => {
    const id = await own.create();
    await own.ask('undo', { token: undoTokenOf([{ id, version: 1 }])! });
    expect((await own.ask('deletedTasks')).nodes).toMatchObject([{ id }]);
  });
});

describe('what has come between', () => {
  it('is a conflict that names the version, and nothing is taken back', async () => {
    const id = await own.create({ title: 'a' });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'b' } });
    await own.ask('updateTask', { id, input: { description: 'since' } });
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
    expect((await own.ask('task', { id })).title).toBe('b');
  });

  it('for one of many takes back none of them', async () => {
    const ids = [await own.create(), await own.create(), await own.create()];
    const { undoToken } = await own.ask('updateTasks', { ids, set: { title: 'changed' } });
    await own.ask('toggleTask', { id: ids[1] });
    const before = await own.state();
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
    expect(await own.state()).toEqual(before);
  });

  it('and has purged one of many takes back none of them', async () => {
    const ids = [await own.create(), await own.create()];
    const { undoToken } = await own.ask('deleteTasks', { ids });
    await own.ask('purgeTask', { id: ids[1] });
    const before = await own.state();
    expect(await own.codeOf('undo', { token: undoToken })).toBe('NOT_FOUND');
    expect(await own.state()).toEqual(before);
  });

  it('may be another undo of the same', async () => {
    const id = await own.create();
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'x' } });
    await own.ask('undo', { token: undoToken });
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 3 });
  });

  it('does not matter for other tasks, whatever they are', async () => {
    const [parent, other] = [await own.create(), await own.create()];
    const child = await own.create({ parentId: parent });
    const { undoToken } = await own.ask('updateTask', { id: child, input: { title: 'x' } });
    await own.ask('updateTask', { id: parent, input: { title: 'x' } });
    await own.ask('moveTask', { id: other, before: child });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ id: child, title: 't' }]);
  });

  it('may have deleted the tag that comes back, which is left out then', async () => {
    const tags = [await own.createLabel('Tag', 'stays'), await own.createLabel('Tag', 'goes')];
    const id = await own.create({ tagIds: tags });
    const { undoToken } = await own.ask('updateTask', { id, input: { tagIds: [] } });
    await own.ask('deleteTag', { id: tags[1] });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ tagIds: [tags[0]] }]);
  });

  it('may have deleted the list that it comes back to, which is none then', async () => {
    const list = await own.createLabel('List', 'goes');
    const id = await own.create({ title: 'a', listId: list });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'b', listId: null } });
    await own.ask('deleteList', { id: list });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ title: 'a', listId: null }]);
  });

  it('may have deleted what it comes back under, so that it stands by itself', async () => {
    const parent = await own.create();
    const id = await own.create({ title: 'a', parentId: parent });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'b', parentId: null } });
    await own.ask('deleteTask', { id: parent });
    expect((await own.ask('undo', { token: undoToken })).tasks).toMatchObject([{ title: 'a', parentId: null }]);
  });

  it('may have put what it comes back under below it, which is a conflict', async () => {
    const parent = await own.create();
    const id = await own.create({ parentId: parent });
    const { undoToken } = await own.ask('updateTask', { id, input: { parentId: null } });
    await own.ask('updateTask', { id: parent, input: { parentId: id } });
    const before = await own.state();
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
    expect(await own.state()).toEqual(before);
  });

  it('may have moved another task to the place that it comes back to', async () => {
    const ids = [await own.create(), await own.create(), await own.create(), await own.create()];
    await own.ask('moveTask', { id: ids[2], after: ids[0] });
    const { undoToken } = await own.ask('moveTask', { id: ids[2], after: ids[3] });
    await own.ask('moveTask', { id: ids[3], after: ids[0] });
    await own.ask('undo', { token: undoToken });
    const places = await own.order();
    expect(places[0]).toBe(ids[0]);
    expect(places[3]).toBe(ids[1]);
    const rows = await app.owner(
      'select count(distinct task_rank(rank, created_at, id))::int as places from tasks where user_id = $1',
      [own.user],
    );
    expect(rows).toEqual([{ places: 4 }]);
    for (const beside of [places[1], places[2]]) await own.ask('moveTask', { id: ids[0], after: beside });
  });

  it('may have forgotten the history, which is a conflict', async () => {
    const id = await own.create();
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'x' } });
    await app.owner('delete from task_changes where task_id = $1', [id]);
    expect((await own.told('undo', { token: undoToken })).refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
  });
});

describe('undo at once', () => {
  it('is done once of twenty', async () => {
    const id = await own.create({ title: 'before' });
    const { undoToken } = await own.ask('updateTask', { id, input: { title: 'after' } });
    const codes = await Promise.all(Array.from({ length: 20 }, () => own.codeOf('undo', { token: undoToken })));
    expect(codes.sort()).toEqual([...Array(19).fill('CONFLICT'), undefined]);
    expect(await own.ask('task', { id })).toMatchObject({ title: 'before', version: 3 });
  });

  it('under one key is done once and answered alike', async () => {
    const ids = [await own.create(), await own.create()];
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
      const id = await own.create({ title: 'before' });
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
