import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { asked, tasksOf } from '../tasks/support/graphql-tasks.ts';

/** Tasks with tags and in lists: whose these are, and what becomes of tasks when they go. */

const MISSING = '01890a5d-ac96-774b-bcce-b302099a8057';

let app: TestApp;
let tasks: ReturnType<typeof tasksOf>;
let user: string;

beforeAll(async () => {
  // Ten thousand tasks take four seconds, and several times as long beside other tests.
  app = await startTestApp({ environment: { DATABASE_STATEMENT_TIMEOUT: '60000' } });
  tasks = tasksOf(app);
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

async function tagIdsOf(...names: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push((await tasks.tag(user, name)).id);
  return ids;
}

async function rowsOfTags(id: string): Promise<string[]> {
  const rows = await app.owner('select tag_id from task_tags where task_id = $1', [id]);
  return rows.map((row) => row.tag_id).sort();
}

describe('the tags of a task', () => {
  it('stay in the order in which they were given, each once', async () => {
    const [a, b, c] = await tagIdsOf('a', 'b', 'c');
    const made = await tasks.create(user, { tagIds: [c, a, b!.toUpperCase(), a, b] });
    expect(made.tagIds).toEqual([c, a, b]);
    const query = 'query ($id: ID!) { task(id: $id) { tags { id name } } }';
    expect(
      (await asked(app, user, query, { id: made.id })).task.tags.map(({ name }: { name: string }) => name),
    ).toEqual([...['c', 'a', 'b']]);
    expect(await rowsOfTags(made.id)).toEqual([a, b, c].sort());
  });

  it('are replaced, added and taken off', async () => {
    const [a, b, c] = await tagIdsOf('a', 'b', 'c');
    const { id } = await tasks.create(user, { tagIds: [a, b] });
    expect((await tasks.update(user, id, { tagIds: [b, c] })).tagIds).toEqual([b, c]);
    expect((await tasks.update(user, id, { addTags: [a, b] })).tagIds).toEqual([b, c, a]);
    expect((await tasks.update(user, id, { removeTags: [c, MISSING] })).tagIds).toEqual([b, a]);
    expect((await tasks.update(user, id, { addTags: [c], removeTags: [b] })).tagIds).toEqual([a, c]);
    expect(await rowsOfTags(id)).toEqual([a, c].sort());
    expect((await tasks.update(user, id, { tagIds: [] })).tagIds).toEqual([]);
    expect(await rowsOfTags(id)).toEqual([]);
  });

  it('are not written where nothing is changed', async () => {
    const [a, b] = await tagIdsOf('a', 'b');
    const made = await tasks.create(user, { tagIds: [a, b] });
    for (const same of [
      { tagIds: [a, b] },
      { addTags: [b] },
      { removeTags: [MISSING] },
      { addTags: [], removeTags: [] },
    ]) {
      expect(await tasks.update(user, made.id, same)).toEqual(made);
    }
  });

  it.each([
    ['all and some at once', { tagIds: [], addTags: [] }, 'tagIds'],
    ['tags that are no list', { addTags: null }, 'addTags'],
    ['a tag that is no UUID', { removeTags: ['x'] }, 'removeTags.0'],
  ])('are refused for %s', async (_what, input, field) => {
    const { id } = await tasks.create(user);
    expect(await tasks.updateRefused(user, id, input)).toMatchObject({ code: 'BAD_USER_INPUT', fields: [field] });
  });

  it('are fifty at most, whoever adds them', async () => {
    const ids = await tagIdsOf(...Array.from({ length: 51 }, (_, index) => `tag ${index}`));
    const made = await tasks.create(user, { tagIds: ids.slice(0, 50) });
    expect(await tasks.updateRefused(user, made.id, { addTags: ids.slice(50) })).toMatchObject({ fields: ['addTags'] });
    const change = { addTags: ids.slice(50), removeTags: ids.slice(0, 1) };
    expect((await tasks.update(user, made.id, change)).tagIds).toHaveLength(50);
  });

  it('of two devices that add different ones at once are all there', async () => {
    const ids = await tagIdsOf(...Array.from({ length: 20 }, (_, index) => `tag ${index}`));
    const { id } = await tasks.create(user);
    await Promise.all(
      ids.map((tag, index) =>
        index % 2
          ? tasks.update(user, id, { addTags: [tag] })
          : asked(
              app,
              user,
              'mutation ($c: [TaskCommandInput!]!) { applyCommands(commands: $c) { results { status } } }',
              {
                c: [{ id: randomUUID(), update: { id, input: { addTags: [tag] } } }],
              },
            ),
      ),
    );
    const { tagIds, version } = await tasks.get(user, id);
    expect({ tags: [...tagIds].sort(), version }).toEqual({ tags: [...ids].sort(), version: 21 });
    expect(await rowsOfTags(id)).toEqual([...ids].sort());
  });

  it('of two devices of which one adds and one takes away are both as they want', async () => {
    const [kept, gone, added] = await tagIdsOf('kept', 'gone', 'added');
    const { id } = await tasks.create(user, { tagIds: [kept, gone] });
    await Promise.all([tasks.update(user, id, { addTags: [added] }), tasks.update(user, id, { removeTags: [gone] })]);
    expect((await tasks.get(user, id)).tagIds).toEqual([kept, added]);
  });
});

describe('what belongs to another user, or to nobody', () => {
  let theirs: { tag: string; list: string; task: string };
  beforeAll(async () => {
    const stranger = newUser('stranger');
    const [tag, list] = [await tasks.tag(stranger, 'Secret tag'), await tasks.taskList(stranger, 'Secret list')];
    const { id } = await tasks.create(stranger, { title: 'Secret task', tagIds: [tag.id], listId: list.id });
    await tasks.create(stranger, { title: 'Secret part', parentId: id });
    theirs = { tag: tag.id, list: list.id, task: id };
  });

  it.each<[string, (ids: { tag: string; list: string; task: string }) => object, string]>([
    ['a tag', ({ tag }) => ({ tagIds: [tag] }), 'tagIds'],
    ['a list', ({ list }) => ({ listId: list }), 'listId'],
    ['a parent', ({ task }) => ({ parentId: task }), 'parentId'],
  ])(
    'is refused as %s of a new task and of one that is changed, and is answered alike',
    async (_what, inputOf, field) => {
      const { id } = await tasks.create(user);
      const nothing = { tag: MISSING, list: MISSING, task: MISSING };
      for (const input of [inputOf(theirs), inputOf(nothing)]) {
        const refused = { code: 'BAD_USER_INPUT', fields: [field] };
        expect(await tasks.createRefused(user, input as never)).toMatchObject(refused);
        expect(await tasks.updateRefused(user, id, input as never)).toMatchObject(refused);
      }
      expect(await tasks.get(user, id)).toMatchObject({ version: 1, tagIds: [], listId: null, parentId: null });
    },
  );

  it('is refused as a tag that is added', async () => {
    const { id } = await tasks.create(user);
    expect(await tasks.updateRefused(user, id, { addTags: [theirs.tag] })).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await tasks.update(user, id, { removeTags: [theirs.tag] })).version).toBe(1);
  });

  it('is refused in commands, which fail by themselves', async () => {
    const query =
      'mutation ($c: [TaskCommandInput!]!) { applyCommands(commands: $c) { results { status error { code } } } }';
    const commands = [{ tagIds: [theirs.tag] }, { listId: theirs.list }, { parentId: theirs.task }, {}].map(
      (create) => ({
        ...{ id: randomUUID(), create: { title: 'New', ...create } },
      }),
    );
    const { results } = (await asked(app, user, query, { c: commands })).applyCommands;
    const failed = { status: 'FAILED', error: { code: 'BAD_USER_INPUT' } };
    expect(results).toEqual([failed, failed, failed, { status: 'APPLIED', error: null }]);
  });

  it('is refused in what is created in bulk', async () => {
    const query =
      'mutation ($i: [CreateTaskInput!]!) { createTasks(inputs: $i) { tasks { id } errors { index code } } }';
    const inputs = [{ title: 'New' }, { title: 'New', tagIds: [theirs.tag] }];
    expect((await asked(app, user, query, { i: inputs })).createTasks).toEqual({
      ...{ tasks: [], errors: [{ index: 1, code: 'BAD_USER_INPUT' }] },
    });
  });

  it.each<[string, (ids: { tag: string; list: string; task: string }) => object]>([
    ['tags', ({ tag }) => ({ tags: { any: [tag] } })],
    ['tags that all must be there', ({ tag }) => ({ tags: { all: [tag] } })],
    ['lists', ({ list }) => ({ listIn: [list] })],
    ['parents', ({ task }) => ({ parentIn: [task] })],
    ['several lists', ({ list }) => ({ listIn: [list, MISSING] })],
    ['several parents', ({ task }) => ({ parentIn: [MISSING, task] })],
    ['what is not', ({ list }) => ({ not: { not: { listIn: [list] } } })],
  ])('finds nothing in filters of %s', async (_what, filterOf) => {
    await tasks.create(user);
    const variables = { filter: filterOf(theirs) };
    expect(await tasks.list(user, variables)).toEqual([]);
    const query =
      'query ($filter: TaskFilter) { taskStats(filter: $filter) { total } tasks(filter: $filter) { totalCount } }';
    expect(await asked(app, user, query, variables)).toEqual({ taskStats: { total: 0 }, tasks: { totalCount: 0 } });
  });

  it('excludes nothing in filters of tags that must not be there', async () => {
    const made = await tasks.create(user);
    expect(await tasks.list(user, { filter: { tags: { none: [theirs.tag] } } })).toEqual([made]);
  });

  it('is no node, and no part of an answer to whoever guesses', async () => {
    const ids = [theirs.tag, theirs.list, theirs.task, MISSING, 'x', ''];
    const answer = await app.graphql(user, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(answer.data).toEqual({ nodes: [null, null, null, null, null, null] });
    for (const id of ids)
      expect((await app.graphql(user, '($id: ID!) { node(id: $id) { id } }', { id })).data).toBeFalsy();
    for (const parameter of ['tags', 'all_tags']) {
      const { body } = await app.rest(user, 'GET', `/api/tasks?${parameter}=${theirs.tag}`);
      expect({ items: body.items, total: body.total }).toEqual({ items: [], total: 0 });
    }
    for (const [parameter, id] of [
      ['list_id', theirs.list],
      ['parent_id', theirs.task],
    ]) {
      expect((await app.rest(user, 'GET', `/api/tasks?${parameter}=${id}`)).body.total).toBe(0);
    }
  });

  it('is refused over REST by its name there', async () => {
    for (const [field, value] of Object.entries({
      tag_ids: [theirs.tag],
      list_id: theirs.list,
      parent_id: theirs.task,
    })) {
      const { status, body } = await app.rest(user, 'POST', '/api/tasks', { title: 'New', [field]: value });
      expect({ status, fields: body.fields.map((fault: { field: string }) => fault.field) }).toEqual({
        ...{ status: 400, fields: [field] },
      });
    }
  });
});
