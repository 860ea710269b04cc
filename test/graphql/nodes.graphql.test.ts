import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { asking } from '../tasks/support/operations.ts';

let app: TestApp;
let user: string;
let ids: { task: string; tag: string; list: string };

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  user = newUser();
  const own = asking(app, user);
  ids = {
    task: (await own.ask('createTask', { input: { title: 'a task' } })).task.id,
    tag: (await own.ask('createTag', { input: { name: 'a tag' } })).tag.id,
    list: (await own.ask('createList', { input: { name: 'a list' } })).list.id,
  };
});

// The same document is interpreted, then compiled, then found prepared.
const TIMES = [1, 2, 3];

describe('node and nodes', () => {
  it('answer tasks, tags and lists, however often the document was seen', async () => {
    const own = asking(app, user);
    const expected = [
      { __typename: 'Tag', id: ids.tag, name: 'a tag' },
      null,
      { __typename: 'Task', id: ids.task, title: 'a task' },
      { __typename: 'TaskList', id: ids.list, name: 'a list' },
      { __typename: 'Task', id: ids.task, title: 'a task' },
    ];
    for (const _time of TIMES) {
      const asked = [ids.tag, randomUUID(), ids.task, ids.list, ids.task.toUpperCase()];
      expect(await own.ask('nodes', { ids: asked })).toEqual(expected);
      expect(await own.ask('node', { id: ids.list })).toEqual(expected[3]);
      // So that no answer is one that was kept.
      await own.ask('createTask', { input: { title: 'another' } });
    }
  });

  it("answer null for what is another user's, deleted, or no id", async () => {
    const other = asking(app, newUser());
    for (const _time of TIMES) {
      expect(await other.ask('nodes', { ids: [...Object.values(ids), 'x', ''] })).toEqual([
        null,
        null,
        null,
        null,
        null,
      ]);
      expect(await other.ask('node', { id: ids.task })).toBeNull();
    }
    const own = asking(app, user);
    await own.ask('deleteTask', { id: ids.task });
    expect(await own.ask('node', { id: ids.task })).toBeNull();
  });

  it('refuse more than a hundred ids', async () => {
    const own = asking(app, user);
    expect(await own.ask('nodes', { ids: Array(100).fill(ids.task) })).toHaveLength(100);
    const { refusal } = await own.told('nodes', { ids: Array(101).fill(ids.task) });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'ids' }] });
  });
});
