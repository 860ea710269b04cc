import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TaskView } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { asked, TASK, tasksOf } from './support/graphql-tasks.ts';
import { DEPTH, type Subtasks, subtasksOf } from './support/subtasks.ts';

/** Tasks that are part of others. */

const MISSING = '01890a5d-ac96-774b-bcce-b302099a8057';
const REFUSED = { code: 'BAD_USER_INPUT', fields: ['parentId'] };

let app: TestApp;
let tasks: ReturnType<typeof tasksOf>;
let user: string;
let own: Subtasks;

beforeAll(async () => {
  app = await startTestApp();
  tasks = tasksOf(app);
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
  own = subtasksOf(app, user);
});

const under = (id: string, parentId: string | null) => tasks.update(user, id, { parentId });
const underRefused = (id: string, parentId: string) => tasks.updateRefused(user, id, { parentId });
describe('a subtask', () => {
  it('has its parent, and its parent has it', async () => {
    const [parent, part] = await own.chain(2);
    expect(await own.relationsOf(part!.id)).toEqual({
      ...{ parent: parent!.id, counts: { total: 0, completed: 0, open: 0 }, subtasks: [] },
    });
    expect(await own.relationsOf(parent!.id)).toEqual({
      ...{ parent: null, counts: { total: 1, completed: 0, open: 1 }, subtasks: [part!.id] },
    });
  });

  it('comes in the order that the user has given, so many as are asked for', async () => {
    const parent = await tasks.create(user);
    const ids: string[] = [];
    for (let made = 0; made < 5; made++) ids.push((await tasks.create(user, { parentId: parent.id })).id);
    expect((await own.relationsOf(parent.id)).subtasks).toEqual(ids);
    await asked(app, user, 'mutation ($id: ID!, $before: ID!) { moveTask(id: $id, before: $before) { task { id } } }', {
      ...{ id: ids[4], before: ids[0] },
    });
    const moved = [ids[4], ...ids.slice(0, 4)];
    expect((await own.relationsOf(parent.id)).subtasks).toEqual(moved);
    expect((await own.relationsOf(parent.id, 2)).subtasks).toEqual(moved.slice(0, 2));
    const listed = await tasks.list(user, { filter: { parentIn: [parent.id] }, orderBy: [{ field: 'POSITION' }] });
    expect(listed.map(({ id }) => id)).toEqual(moved);
  });

  it.each([0, -1, 101])('is not shown for a page of %s', async (first) => {
    const { id } = await tasks.create(user);
    const query = 'query ($id: ID!, $first: Int!) { task(id: $id) { subtasks(first: $first) { id } } }';
    const { errors } = await app.graphql(user, query, { id, first });
    expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'first' }] });
  });

  it('is counted as done or open, and not when it is deleted', async () => {
    const parent = await tasks.create(user);
    const parts = [];
    for (let made = 0; made < 3; made++) parts.push(await tasks.create(user, { parentId: parent.id }));
    await tasks.complete(user, parts[0]!.id);
    await tasks.delete(user, parts[1]!.id);
    expect((await own.relationsOf(parent.id)).counts).toEqual({ total: 2, completed: 1, open: 1 });
  });

  it('is found by whether it is one', async () => {
    const [parent, part] = await own.chain(2);
    expect(await tasks.list(user, { filter: { hasParent: true } })).toMatchObject([{ id: part!.id }]);
    expect(await tasks.list(user, { filter: { hasParent: false } })).toMatchObject([{ id: parent!.id }]);
    const { body } = await app.rest(user, 'GET', `/api/tasks?parent_id=${parent!.id}&sort=position`);
    expect(body.items).toMatchObject([{ id: part!.id, parent_id: parent!.id }]);
  });

  it('stands by itself with a parent of null', async () => {
    const [, part] = await own.chain(2);
    expect(await under(part!.id, null)).toMatchObject({ parentId: null, version: 2 });
  });

  it.each<[string, () => Promise<string>]>([
    ['nobody', async () => MISSING],
    ['another user', async () => (await tasks.create(newUser())).id],
    [
      'the trash',
      async () => {
        const { id } = await tasks.create(user);
        await tasks.delete(user, id);
        return id;
      },
    ],
  ])('is refused under a task of %s', async (_whose, parentOfThem) => {
    const parentId = await parentOfThem();
    const { id } = await tasks.create(user);
    expect(await tasks.createRefused(user, { parentId })).toMatchObject(REFUSED);
    expect(await underRefused(id, parentId)).toMatchObject(REFUSED);
    expect(await own.parentOf(id)).toBeNull();
  });
});

describe('five levels', () => {
  it('are allowed and a sixth is not', async () => {
    const made = await own.chain(DEPTH);
    expect(await tasks.createRefused(user, { parentId: made.at(-1)!.id })).toMatchObject(REFUSED);
  });

  it('are counted with what a task brings along', async () => {
    const [upper, lower] = [await own.chain(3), await own.chain(3)];
    expect(await underRefused(lower[0]!.id, upper[2]!.id)).toMatchObject(REFUSED);
    expect(await under(lower[0]!.id, upper[1]!.id)).toMatchObject({ parentId: upper[1]!.id });
    await own.expectTree();
  });

  it('are not exceeded by what comes back from the trash', async () => {
    const [top, middle, lowest] = await own.chain(3);
    const above = await own.chain(3);
    await tasks.delete(user, middle!.id);
    await under(top!.id, above[2]!.id);
    const restored = await tasks.restore(user, middle!.id);
    await own.expectTree();
    expect(restored.parentId).toBeNull();
    expect(await own.parentOf(lowest!.id)).toBe(middle!.id);
  });

  it('are kept by whoever adds at both ends at once', async () => {
    for (let round = 0; round < 5; round++) {
      const [upper, lower] = [await own.chain(3), await own.chain(2)];
      const answers = await Promise.all([
        tasks.updateAnswer(user, lower[0]!.id, { parentId: upper[2]!.id }),
        app.graphql(
          user,
          `mutation { createTask(input: { title: "n", parentId: "${lower[1]!.id}" }) { task { id } } }`,
        ),
        tasks.updateAnswer(user, upper[0]!.id, { parentId: (await tasks.create(user)).id }),
      ]);
      const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'done');
      expect(codes).toContain('done');
      expect(codes.every((code) => code === 'done' || code === 'BAD_USER_INPUT')).toBe(true);
    }
    await own.expectTree();
  });
});

describe('a task', () => {
  it('is never a part of itself', async () => {
    const [a, b, c] = await own.chain(3);
    for (const parent of [a, b, c]) expect(await underRefused(a!.id, parent!.id)).toMatchObject(REFUSED);
    const id = randomUUID();
    expect(await tasks.createRefused(user, { id, parentId: id })).toMatchObject(REFUSED);
  });

  it('is never a part of itself when two are put under each other at once', async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await tasks.create(user), await tasks.create(user)];
      const answers = await Promise.all([
        tasks.updateAnswer(user, a.id, { parentId: b.id }),
        tasks.updateAnswer(user, b.id, { parentId: a.id }),
      ]);
      const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'done').sort();
      expect(codes).toEqual(['BAD_USER_INPUT', 'done']);
    }
    await own.expectTree();
  });

  it('is never a part of itself when four are put under each other in a ring at once', async () => {
    for (let round = 0; round < 5; round++) {
      const ring: TaskView[] = [];
      for (let made = 0; made < 4; made++) ring.push(await tasks.create(user));
      const answers = await Promise.all(
        ring.map(({ id }, index) => tasks.updateAnswer(user, id, { parentId: ring[(index + 1) % 4]!.id })),
      );
      expect(answers.filter(({ errors }) => errors.length > 0)).toHaveLength(1);
    }
    await own.expectTree();
  });
});

describe('a task that is moved under another one', () => {
  it('brings its parts along as they are', async () => {
    const [top, ...below] = await own.chain(3);
    const home = await tasks.create(user);
    await under(top!.id, home.id);
    for (const part of below) expect(await tasks.get(user, part.id)).toEqual(part);
    expect((await own.relationsOf(home.id)).subtasks).toEqual([top!.id]);
  });

  it('is moved by commands and over REST under the same rules', async () => {
    const [top, part] = await own.chain(2);
    const { status, body } = await app.rest(user, 'PATCH', `/api/tasks/${top!.id}`, { parent_id: part!.id });
    expect({ status, fields: body.fields }).toMatchObject({ status: 400, fields: [{ field: 'parent_id' }] });
    const query = `mutation ($c: [TaskCommandInput!]!) {
      applyCommands(commands: $c) { results { status task { ${TASK} } error { code } } }
    }`;
    const [first, second] = [randomUUID(), randomUUID()];
    const c = [
      { id: randomUUID(), create: { id: first, title: 'Parent' } },
      { id: randomUUID(), create: { id: second, title: 'Part', parentId: first } },
      { id: randomUUID(), update: { id: first, input: { parentId: second } } },
      { id: randomUUID(), update: { id: second, input: { parentId: top!.id } } },
    ];
    const { results } = (await asked(app, user, query, { c })).applyCommands;
    expect(results.map(({ status: became }: { status: string }) => became)).toEqual([
      ...['APPLIED', 'APPLIED', 'FAILED', 'APPLIED'],
    ]);
    expect(await own.parentOf(second)).toBe(top!.id);
  });
});
