import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type Bulk, bulkOf, codesOf, foreignTask } from './support/bulk.ts';

let app: TestApp;
let own: Bulk;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  own = bulkOf(app);
});

interface Shown {
  id: string;
  title: string;
}

describe('createTasks', () => {
  it('creates all of them in order, with ids of their own or of the client', async () => {
    const id = randomUUID();
    const inputs = [{ title: 'a' }, { id, title: 'b', completed: true }, { title: 'c', parentId: id, priority: 'LOW' }];
    const { tasks, errors, affected } = await own.ask('createTasks', { inputs });
    expect(tasks).toMatchObject([
      { title: 'a' },
      { id, completed: true },
      { parentId: id, priority: 'LOW', version: 1 },
    ]);
    expect({ errors, affected }).toEqual({ errors: [], affected: 3 });
    for (const task of tasks) expect(await own.ask('task', { id: task.id })).toEqual(task);
  });

  it('creates none where one is refused, and tells of each by its index', async () => {
    const taken = await foreignTask(app);
    const inputs = [
      { title: 'fine' },
      { title: '' },
      { title: 'a', dueDate: '2026-02-30x' },
      { title: 'a', listId: randomUUID() },
      { title: 'a', parentId: randomUUID() },
      { title: 'a', tagIds: [randomUUID()] },
      { id: taken, title: 'a' },
      { id: 'x', title: 'a', recurrence: 'FREQ=DAILY' },
    ];
    const { refusal } = await own.told('createTasks', { inputs });
    // A scalar of GraphQL refuses the whole, as it does for one task.
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT' });
    const given = inputs.filter((input) => !('dueDate' in input));
    const { tasks, errors, affected, undoToken } = await own.ask('createTasks', { inputs: given });
    expect({ tasks, affected, undoToken }).toEqual({ tasks: [], affected: 0, undoToken: null });
    const told = errors.map(({ index, code, fields }: { index: number; code: string; fields: { field: string }[] }) => [
      index,
      code,
      ...fields.map(({ field }) => field),
    ]);
    expect(told).toEqual([
      [1, 'BAD_USER_INPUT', 'title'],
      [2, 'BAD_USER_INPUT', 'listId'],
      [3, 'BAD_USER_INPUT', 'parentId'],
      [4, 'BAD_USER_INPUT', 'tagIds'],
      [5, 'CONFLICT'],
      [6, 'BAD_USER_INPUT', 'id', 'recurrence'],
    ]);
    expect(await own.titles()).toEqual([]);
  });

  it('takes a hundred with everything that can be asked of them', async () => {
    const inputs = Array.from({ length: 100 }, (_, i) => ({ title: `${i}` }));
    const { tasks, affected } = await own.ask('createTasks', { inputs });
    expect([tasks.length, affected]).toEqual([100, 100]);
    expect((await own.ask('tasks')).totalCount).toBe(100);
  });

  it.each([
    ['none', []],
    ['more than a hundred', Array(101).fill({ title: 'a' })],
  ])('refuses %s', async (_name, inputs) => {
    const { refusal } = await own.told('createTasks', { inputs });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'inputs' }] });
  });

  it('answers what is there already, without counting it', async () => {
    const inputs = [{ id: randomUUID(), title: 'a' }];
    await own.ask('createTasks', { inputs });
    const again = await own.ask('createTasks', { inputs: [...inputs, { title: 'b' }] });
    expect(again).toMatchObject({ tasks: [{ title: 'a', version: 1 }, { title: 'b' }], affected: 1, errors: [] });
    expect(await own.titles()).toEqual(['a', 'b']);
  });

  it('is done once under a key, of twenty at once', async () => {
    const request = { inputs: [{ title: 'a' }, { title: 'b' }], idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('createTasks', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await own.titles()).toEqual(['a', 'b']);
    expect(await own.codeOf('createTasks', { ...request, inputs: [{ title: 'c' }] })).toBe('CONFLICT');
  });

  it('leaves a key free where something was refused', async () => {
    const idempotencyKey = randomUUID();
    const refused = await own.ask('createTasks', { inputs: [{ title: '' }], idempotencyKey });
    expect(codesOf(refused.errors)).toEqual([[0, 'BAD_USER_INPUT']]);
    const { errors } = await own.ask('createTasks', { inputs: [{ title: 'a' }], idempotencyKey });
    expect(errors).toEqual([]);
    expect(await own.titles()).toEqual(['a']);
  });
});

describe('updateTasks', () => {
  it('changes all of them in the same way', async () => {
    const ids = await own.stored(3);
    const { tasks, affected } = await own.ask('updateTasks', { ids, set: { title: 'x', priority: 'HIGH' } });
    expect(tasks.map(({ id, title, version }: Shown & { version: number }) => [id, title, version])).toEqual(
      ids.map((id) => [id, 'x', 2]),
    );
    expect(affected).toBe(3);
  });

  it('counts only those that are another one then', async () => {
    const ids = [...(await own.stored(2)), ...(await own.stored(1, { completed: true }))];
    const { tasks, affected } = await own.ask('updateTasks', { ids, set: { completed: true } });
    expect([tasks.length, affected]).toEqual([3, 2]);
    expect(tasks.map(({ version }: { version: number }) => version)).toEqual([2, 2, 1]);
  });

  it('completes an occurrence of each that recurs', async () => {
    const [plain, recurring] = [
      ...(await own.stored(1)),
      ...(await own.stored(1, { dueDate: '2026-01-01', recurrence: 'FREQ=DAILY' })),
    ];
    const { tasks } = await own.ask('updateTasks', { ids: [plain, recurring], set: { completed: true } });
    expect(tasks).toMatchObject([{ completed: true }, { completed: false, dueDate: '2026-01-02' }]);
    expect(await app.owner('select from task_occurrences where user_id = $1', [own.user])).toHaveLength(1);
  });

  it('adds and takes off tags, whichever each of them has', async () => {
    const tag = async (name: string) => (await own.ask('createTag', { input: { name } })).tag.id;
    const [a, b] = [await tag('a'), await tag('b')];
    const ids = (
      await own.ask('createTasks', {
        inputs: [{ title: '1', tagIds: [a] }, { title: '2', tagIds: [a, b] }, { title: '3' }],
      })
    ).tasks.map(({ id }: Shown) => id);
    const { tasks } = await own.ask('updateTasks', { ids, set: { addTags: [b], removeTags: [a] } });
    expect(tasks.map(({ tagIds }: { tagIds: string[] }) => tagIds)).toEqual([[b], [b], [b]]);
  });

  it('changes none where one is refused, and tells of each by its index', async () => {
    const ids = await own.stored(2);
    const [gone] = await own.stored(1);
    await own.ask('deleteTask', { id: gone });
    const asked = [ids[0], randomUUID(), await foreignTask(app), gone, ids[1]];
    const before = await own.everything();
    const { tasks, errors, affected } = await own.ask('updateTasks', { ids: asked, set: { title: 'x' } });
    expect({ tasks, affected }).toEqual({ tasks: [], affected: 0 });
    expect(codesOf(errors)).toEqual([
      [1, 'NOT_FOUND'],
      [2, 'FORBIDDEN'],
      [3, 'NOT_FOUND'],
    ]);
    expect(errors.map(({ id }: Shown) => id)).toEqual(asked.slice(1, 4));
    expect(await own.everything()).toEqual(before);
  });

  it('names what is wrong for one of them within what was to be set', async () => {
    const ids = [...(await own.stored(1, { dueDate: '2026-01-01' })), ...(await own.stored(1))];
    const recurring = await own.ask('updateTasks', { ids, set: { recurrence: 'FREQ=DAILY' } });
    expect(recurring.errors).toMatchObject([{ index: 1, fields: [{ field: 'set.recurrence' }] }]);
    const listed = await own.ask('updateTasks', { ids, set: { listId: randomUUID() } });
    expect(listed.errors).toMatchObject([
      { index: 0, fields: [{ field: 'set.listId' }] },
      { index: 1, fields: [{ field: 'set.listId' }] },
    ]);
    const [parent] = ids;
    const under = await own.ask('updateTasks', { ids, set: { parentId: parent } });
    expect(under.errors).toMatchObject([{ index: 0, fields: [{ field: 'set.parentId' }] }]);
    expect(await own.told('updateTasks', { ids, set: { title: '' } })).toMatchObject({
      refusal: { code: 'BAD_USER_INPUT', fields: [{ field: 'set.title' }] },
    });
  });

  it('changes none unless each has the version that was read', async () => {
    const ids = await own.stored(3);
    await own.ask('toggleTask', { id: ids[1] });
    const stale = await own.ask('updateTasks', { ids, set: { title: 'x' }, expectedVersions: [1, 1, 7] });
    expect(stale.errors).toMatchObject([
      { index: 1, code: 'CONFLICT', version: 2 },
      { index: 2, code: 'CONFLICT', version: 1 },
    ]);
    expect((await own.ask('updateTasks', { ids, set: { title: 'x' }, expectedVersions: [1, 2, 1] })).affected).toBe(3);
  });

  it.each([
    ['neither ids nor a filter', () => ({}), 'ids'],
    ['ids and a filter', (ids: string[]) => ({ ids, filter: { completed: false } }), 'ids'],
    ['no ids', () => ({ ids: [] }), 'ids'],
    ['an id twice', (ids: string[]) => ({ ids: [ids[0], ids[0]!.toUpperCase()] }), 'ids'],
    ['what is no id', () => ({ ids: ['x'] }), 'ids.0'],
    ['more than a hundred', () => ({ ids: Array.from({ length: 101 }, () => randomUUID()) }), 'ids'],
    ['fewer versions than ids', (ids: string[]) => ({ ids, expectedVersions: [1] }), 'expectedVersions'],
    ['versions without ids', () => ({ filter: {}, expectedVersions: [1] }), 'expectedVersions'],
    ['a version of nothing', (ids: string[]) => ({ ids, expectedVersions: [0, 1] }), 'expectedVersions.0'],
    ['none to be affected', () => ({ filter: {}, maxAffected: 0 }), 'maxAffected'],
    ['more than a hundred to be affected', () => ({ filter: {}, maxAffected: 101 }), 'maxAffected'],
  ])('refuses %s', async (_name, make, field) => {
    const { refusal } = await own.told('updateTasks', { ...make(await own.stored(2)), set: { title: 'x' } });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] });
  });

  it('is done once under a key, of twenty at once', async () => {
    const request = { ids: await own.stored(3), set: { title: 'x' }, idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('updateTasks', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await own.ask('updateTasks', { ids: request.ids, set: { title: 'y' } });
    expect(await own.ask('updateTasks', request)).toEqual(answers[0]);
    expect(await own.titles()).toEqual(['y', 'y', 'y']);
  });
});
