import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { asking } from './support/operations.ts';
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

describe('deletedTasks', () => {
  it('are those that were deleted, as they were, and no other ones', async () => {
    await own.create({ title: 'live' });
    const id = await own.create({ title: 'deleted', description: 'Text', priority: 'HIGH', dueDate: '2026-12-24' });
    const before = await own.ask('task', { id });
    await own.ask('deleteTask', { id });
    const { nodes, totalCount } = await own.ask('deletedTasks');
    const { updatedAt, version, deletedAt, ...shown } = nodes[0];
    expect(before).toMatchObject(shown);
    expect({ version, totalCount, length: nodes.length }).toEqual({ version: 2, totalCount: 1, length: 1 });
    expect(Math.abs(Date.parse(deletedAt) - Date.parse(updatedAt))).toBeLessThan(5000);
  });

  it('are nowhere else to be found', async () => {
    const id = await own.deleted({ title: 'gone' });
    expect(await own.codeOf('task', { id })).toBe('NOT_FOUND');
    expect(await own.live()).toEqual([]);
    const { data } = await app.graphql(
      own.user,
      'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } tasks(search: "gone") { totalCount } taskStats { total } }',
      { id },
    );
    expect(data).toEqual({ node: null, nodes: [null], tasks: { totalCount: 0 }, taskStats: { total: 0 } });
  });

  it('come page by page, the latest first, each once', async () => {
    const ids: string[] = [];
    for (let turn = 0; turn < 7; turn++) ids.push(await own.deleted());
    // Of one moment, so that the ids decide.
    await own.ask('deleteTasks', { ids: await Promise.all([own.create(), own.create(), own.create()]) });
    const seen: { id: string }[] = [];
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
    for (let turn = 0; turn < 4; turn++) ids.push(await own.deleted());
    const first = await own.ask('deletedTasks', { first: 2 });
    await own.deleted();
    await own.ask('restoreTask', { id: ids[3] });
    const second = await own.ask('deletedTasks', { first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);
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
    await own.create();
    const { pageInfo } = await own.ask('tasks');
    expect(await own.codeOf('deletedTasks', { after: pageInfo.endCursor })).toBe('BAD_USER_INPUT');
  });

  it('of another user are not shown, with their cursor neither', async () => {
    await own.deleted();
    const { pageInfo } = await own.ask('deletedTasks');
    const other = asking(app, newUser());
    expect(await other.ask('deletedTasks')).toMatchObject({ nodes: [], totalCount: 0 });
    expect(await other.ask('deletedTasks', { after: pageInfo.endCursor })).toMatchObject({ nodes: [] });
  });

  it('ask for no more than is written in the cost of an operation: a hundred with everything', async () => {
    await own.deleted();
    expect((await own.ask('deletedTasks', { first: 100 })).nodes).toHaveLength(1);
  });
});

describe('restoreTask', () => {
  it('brings a task back as it was', async () => {
    const tag = (await own.ask('createTag', { input: { name: 'tag' } })).tag.id;
    const list = (await own.ask('createList', { input: { name: 'list' } })).list.id;
    const plan = { dueAt: '2026-12-24T18:00:00.000Z', dueTimeZone: 'Europe/Berlin', recurrence: 'FREQ=DAILY' };
    const id = await own.create({
      title: 'a',
      description: 'b',
      tagIds: [tag],
      listId: list,
      priority: 'LOW',
      ...plan,
    });
    const before = await own.ask('task', { id });
    await own.ask('deleteTask', { id });
    const { task, undoToken } = await own.ask('restoreTask', { id });
    expect(task).toEqual({ ...before, version: 3, updatedAt: task.updatedAt });
    expect(await own.ask('task', { id })).toEqual(task);
    expect(undoToken).not.toBeNull();
    expect(await own.trash()).toEqual([]);
  });

  it('brings back the subtasks that went with it, and not those that had gone before', async () => {
    const parent = await own.create({ title: 'parent' });
    const child = await own.create({ title: 'child', parentId: parent });
    await own.create({ title: 'grandchild', parentId: child });
    const earlier = await own.create({ title: 'earlier', parentId: parent });
    await own.ask('deleteTask', { id: earlier });
    await own.ask('deleteTask', { id: parent });
    expect(await own.trash()).toEqual(['child', 'earlier', 'grandchild', 'parent']);
    await own.ask('restoreTask', { id: parent });
    expect(await own.live()).toEqual(['child', 'grandchild', 'parent']);
    expect((await own.ask('task', { id: child })).parentId).toBe(parent);
    await own.ask('restoreTask', { id: earlier });
    expect((await own.ask('task', { id: earlier })).parentId).toBe(parent);
  });

  it('brings back a subtask by itself while what it is a part of stays deleted', async () => {
    const parent = await own.create({ title: 'parent' });
    const child = await own.create({ title: 'child', parentId: parent });
    const grandchild = await own.create({ title: 'grandchild', parentId: child });
    await own.ask('deleteTask', { id: parent });
    const { task } = await own.ask('restoreTask', { id: child });
    expect(task.parentId).toBeNull();
    expect(await own.live()).toEqual(['child', 'grandchild']);
    expect((await own.ask('task', { id: grandchild })).parentId).toBe(child);
    await own.ask('restoreTask', { id: parent });
    expect((await own.ask('task', { id: child })).parentId).toBeNull();
  });

  it('leaves behind tags and lists that were deleted meanwhile', async () => {
    const tag = (await own.ask('createTag', { input: { name: 'tag' } })).tag.id;
    const list = (await own.ask('createList', { input: { name: 'list' } })).list.id;
    const id = await own.deleted({ tagIds: [tag], listId: list });
    await own.ask('deleteTag', { id: tag });
    await own.ask('deleteList', { id: list });
    expect((await own.ask('restoreTask', { id })).task).toMatchObject({ tagIds: [], listId: null });
  });

  it('gives a task a place of its own where another one was moved to it meanwhile', async () => {
    const [first, second, third, fourth] = [
      await own.create({ title: '1' }),
      await own.create({ title: '2' }),
      await own.create({ title: '3' }),
      await own.create({ title: '4' }),
    ];
    await own.ask('moveTask', { id: third, after: first });
    await own.ask('deleteTask', { id: third });
    await own.ask('moveTask', { id: fourth, after: first });
    await own.ask('restoreTask', { id: third });
    const { nodes } = await own.ask('tasks', { orderBy: [{ field: 'POSITION', direction: 'ASC' }] });
    expect(new Set(nodes.map(({ position }: { position: string }) => position)).size).toBe(4);
    const middle = nodes.slice(1, 3).map(({ id }: { id: string }) => id);
    expect(middle.sort()).toEqual([third, fourth].sort());
    expect([nodes[0].id, nodes[3].id]).toEqual([first, second]);
    // There is room between both.
    await own.ask('moveTask', { id: second, after: nodes[1].id });
    await own.ask('moveTask', { id: first, before: nodes[2].id });
  });

  it.each([
    ['a live task', () => own.create()],
    ['none', async () => randomUUID()],
  ])('knows nothing of %s in the trash', async (_name, make) => {
    const { refusal } = await own.told('restoreTask', { id: await make() });
    expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
  });

  it("refuses another user's deleted task as one that there is not, and a live one as foreign", async () => {
    const [theirs, live] = [await own.deleted(), await own.create()];
    const other = asking(app, newUser());
    expect(await other.codeOf('restoreTask', { id: theirs })).toBe('NOT_FOUND');
    expect(await other.codeOf('restoreTask', { id: live })).toBe('FORBIDDEN');
    expect(await own.trash()).toEqual(['t']);
  });

  it('changes nothing unless the task has the expected version', async () => {
    const id = await own.deleted();
    const { refusal } = await own.told('restoreTask', { id, expectedVersion: 1 });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
    expect(await own.live()).toEqual([]);
    expect((await own.ask('restoreTask', { id, expectedVersion: 2 })).task.version).toBe(3);
  });

  it('is done once under a key and answered alike', async () => {
    const id = await own.deleted();
    const request = { id, idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('restoreTask', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await own.ask('deleteTask', { id });
    expect(await own.ask('restoreTask', request)).toEqual(answers[0]);
    expect(await own.live()).toEqual([]);
  });

  it('without a key is done once of twenty times at once', async () => {
    const id = await own.deleted();
    const codes = await Promise.all(Array.from({ length: 20 }, () => own.codeOf('restoreTask', { id })));
    expect(codes.sort()).toEqual([...Array(19).fill('NOT_FOUND'), undefined]);
    expect((await own.ask('task', { id })).version).toBe(3);
  });
});
