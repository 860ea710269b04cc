import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { storeTasks } from '../support/factories.ts';
import { asked } from './support/graphql-tasks.ts';
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

/** Does it, takes it back, does it again and takes it back once more; answers what it did. */
async function thereAndBack(name: string, given: Record<string, unknown>) {
  const before = await own.state();
  const done = await own.ask(name, given);
  const after = await own.state();
  expect(after).not.toEqual(before);
  const undone = await own.ask('undo', { token: done.undoToken });
  expect(await own.state()).toEqual(before);
  const redone = await own.ask('undo', { token: undone.undoToken });
  expect(await own.state()).toEqual(after);
  await own.ask('undo', { token: redone.undoToken });
  expect(await own.state()).toEqual(before);
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
    ['tags', async () => ({ tagIds: [await own.createLabel('Tag', 'x'), await own.createLabel('Tag', 'y')] })],
    ['a list', async () => ({ listId: await own.createLabel('List', 'x') })],
    ['a parent', async () => ({ parentId: await own.create() })],
  ])('an update of %s', async (_name, make) => {
    const tag = await own.createLabel('Tag', 'tag');
    const id = await own.create({ description: 'Before', dueDate: '2026-12-24', tagIds: [tag], priority: 'LOW' });
    const { undone } = await thereAndBack('updateTask', { id, input: await make() });
    expect(undone).toMatchObject({ tasks: [{ id, version: 3 }], deletedTaskIds: [] });
  });

  it('a moment with its zone', async () => {
    const id = await own.create({
      dueAt: '2026-03-04T05:06:07.089Z',
      dueTimeZone: 'Asia/Tokyo',
      recurrence: 'FREQ=DAILY',
    });
    await thereAndBack('updateTask', { id, input: { dueAt: null } });
    await thereAndBack('updateTask', { id, input: { dueDate: '0001-01-01' } });
  });

  it('a description of the greatest length', async () => {
    const id = await own.create({ description: '𝄞'.repeat(32_768) });
    await thereAndBack('updateTask', { id, input: { description: `"\\${'ä'.repeat(1000)}` } });
  });

  it('all fields at once', async () => {
    const id = await own.create();
    const [tag, list, parent] = [
      await own.createLabel('Tag', 'a'),
      await own.createLabel('List', 'a'),
      await own.create(),
    ];
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
    const child = await own.create({ parentId: task.id });
    const { undoToken: again } = await own.ask('undo', { token: undoToken });
    expect(await own.codeOf('task', { id: child })).toBe('NOT_FOUND');
    await own.ask('undo', { token: again });
    expect((await own.ask('task', { id: child })).parentId).toBe(task.id);
  });

  it.each(['toggleTask', 'completeTask'])('%s', async (name) => {
    await thereAndBack(name, { id: await own.create() });
  });

  it('reopenTask', async () => {
    await thereAndBack('reopenTask', { id: await own.create({ completed: true }) });
  });

  it.each(['toggleTask', 'completeTask'])('%s of a recurring task, with the occurrence', async (name) => {
    const id = await own.create({ dueDate: '2026-01-31', recurrence: 'FREQ=MONTHLY;COUNT=3' });
    const read = 'query ($id: ID!) { task(id: $id) { completedOccurrences { nodes { dueDate version } } } }';
    const occurrences = async () => (await asked(app, own.user, read, { id })).task.completedOccurrences.nodes;
    let token = (await own.ask(name, { id })).undoToken;
    expect(await occurrences()).toEqual([{ dueDate: '2026-01-31', version: 2 }]);
    for (const version of [4, 6]) {
      const undone = await own.ask('undo', { token });
      expect(undone.tasks).toMatchObject([
        { dueDate: '2026-01-31', recurrence: 'FREQ=MONTHLY;COUNT=3', completed: false },
      ]);
      expect(await occurrences()).toEqual([]);
      token = (await own.ask('undo', { token: undone.undoToken })).undoToken;
      expect(await occurrences()).toEqual([{ dueDate: '2026-01-31', version }]);
    }
  });

  it('a deletion with its subtasks', async () => {
    const parent = await own.create({ title: 'parent' });
    await own.create({ parentId: await own.create({ parentId: parent }) });
    const { undone, redone } = await thereAndBack('deleteTask', { id: parent });
    expect(undone.tasks).toMatchObject([{ id: parent }]);
    expect(redone.deletedTaskIds).toEqual([parent]);
  });

  it('a restoring, with what was restored with it', async () => {
    const parent = await own.create();
    await own.create({ parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await thereAndBack('restoreTask', { id: parent });
  });

  it('the restoring of a subtask without what it was a part of', async () => {
    const parent = await own.create();
    const child = await own.create({ parentId: parent });
    await own.ask('deleteTask', { id: parent });
    await thereAndBack('restoreTask', { id: child });
    await own.ask('restoreTask', { id: parent });
    expect((await own.ask('task', { id: child })).parentId).toBe(parent);
  });

  it('a move', async () => {
    const ids = [await own.create(), await own.create(), await own.create()];
    await thereAndBack('moveTask', { id: ids[2], before: ids[0] });
    expect(await own.order()).toEqual(ids);
  });

  it('a move that has ranked neighbours anew, with these', async () => {
    // Of the greatest length, with nothing between any two of them.
    const ranks = [...'123456789ABCDEFGHIJ'].map((digit) => `a0${'V'.repeat(253)}${digit}`);
    const ids = await storeTasks(
      app.databaseUrl,
      own.user,
      ranks.map((rank) => ({ rank })),
    );
    const { undone } = await thereAndBack('moveTask', { id: ids[2], after: ids[8] });
    expect(undone.tasks.length).toBeGreaterThan(1);
    expect(await own.order()).toEqual(ids);
  });

  it('a creation, a change and a deletion of many', async () => {
    await thereAndBackFromNothing('createTasks', { inputs: [{ title: 'a' }, { title: 'b' }, { title: 'c' }] });
    const ids = [await own.create(), await own.create({ completed: true }), await own.create({ priority: 'HIGH' })];
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
    const after = await own.state();
    const undone = await own.ask('undo', { token: done.undoToken });
    expect((await own.ask('tasks')).totalCount).toBe(0);
    const redone = await own.ask('undo', { token: undone.undoToken });
    expect(await own.state()).toEqual(after);
    await own.ask('undo', { token: redone.undoToken });
    expect((await own.ask('tasks')).totalCount).toBe(0);
  }

  it.each([
    ['first', (parent: string, child: string, grandchild: string) => [parent, child, grandchild]],
    ['last', (parent: string, child: string, grandchild: string) => [grandchild, child, parent]],
    ['between them', (parent: string, child: string, grandchild: string) => [child, parent, grandchild]],
  ])('a deletion of many with what they are parts of %s', async (_name, ordered) => {
    const parent = await own.create();
    const child = await own.create({ parentId: parent });
    const grandchild = await own.create({ parentId: child });
    await thereAndBack('deleteTasks', { ids: ordered(parent, child, grandchild) });
  });

  it('a hundred changes at once', async () => {
    const ids = await storeTasks(app.databaseUrl, own.user, Array(100).fill({}));
    const { undone } = await thereAndBack('updateTasks', { ids, set: { completed: true } });
    expect(undone.tasks).toHaveLength(100);
  });
});
