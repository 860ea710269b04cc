import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

let app: TestApp;
let database: Client;
let user: string;
let own: Asking;
/** of tasks in the order of their creation, which is the user's own until one is moved */
let ids: string[];

beforeAll(async () => {
  app = await startTestApp();
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});
beforeEach(async () => {
  user = newUser();
  own = asking(app, user);
  ids = await storeTasks(
    app.databaseUrl,
    user,
    'abcdef'.split('').map((title) => ({ title })),
  );
});

const BY_POSITION = { first: 100, orderBy: [{ field: 'POSITION', direction: 'ASC' }] };
const id = (title: string) => ids[title.charCodeAt(0) - 'a'.charCodeAt(0)]!;

/** Titles in the user's own order, which is that of the positions that are shown. */
async function order(): Promise<string> {
  const { nodes } = await own.ask('tasks', BY_POSITION);
  const positions = nodes.map(({ position }: { position: string }) => position);
  expect(positions).toEqual(positions.toSorted());
  expect(new Set(positions).size).toBe(positions.length);
  return nodes.map(({ title }: { title: string }) => title).join('');
}

const move = (title: string, place: Record<string, unknown>) => own.ask('moveTask', { id: id(title), ...place });

async function written() {
  const { rows } = await database.query('select id, rev, version, rank, updated_at from tasks where user_id = $1', [
    user,
  ]);
  const owner = await database.query('select rev from users where id = $1', [user]);
  return { tasks: rows.sort((one, other) => (one.id < other.id ? -1 : 1)), rev: owner.rows[0]?.rev };
}

describe('moveTask', () => {
  it.each([
    ['before another', 'e', () => ({ before: id('b') }), 'aebcdf'],
    ['after another', 'b', () => ({ after: id('d') }), 'acdbef'],
    ['between two', 'f', () => ({ after: id('a'), before: id('b') }), 'afbcde'],
    ['to the start', 'c', () => ({ before: id('a') }), 'cabdef'],
    ['to the end', 'a', () => ({ after: id('f') }), 'bcdefa'],
    ['by one place up', 'c', () => ({ before: id('b') }), 'acbdef'],
    ['by one place down', 'c', () => ({ after: id('d') }), 'abdcef'],
    ['after the first of two that are apart', 'f', () => ({ after: id('a'), before: id('d') }), 'afbcde'],
  ])('moves a task %s', async (_name, title, place, expected) => {
    const { task, undoToken } = await move(title, place());
    expect(undoToken).not.toBeNull();
    expect(await order()).toBe(expected);
    expect(task).toEqual(await own.ask('task', { id: task.id }));
    expect(task.version).toBe(2);
  });

  it('writes the moved task and no other one', async () => {
    const before = await written();
    await move('f', { before: id('a') });
    const after = await written();
    const changed = after.tasks.filter((task, index) => task.version !== before.tasks[index].version);
    expect(changed.map((task) => task.id)).toEqual([id('f')]);
  });

  it.each([
    ['before its neighbour', 'b', () => ({ before: id('c') })],
    ['after its neighbour', 'b', () => ({ after: id('a') })],
    ['before the first as the first but one', 'a', () => ({ before: id('b') })],
    ['after the last but one as the last', 'f', () => ({ after: id('e') })],
  ])('writes nothing when the task stands there already: %s', async (_name, title, place) => {
    const before = await written();
    const { task, undoToken } = await move(title, place());
    expect(undoToken).toBeNull();
    expect(task).toEqual(await own.ask('task', { id: id(title) }));
    expect(await written()).toEqual(before);
  });

  it('places a task that was created since at the end', async () => {
    await move('f', { before: id('a') });
    await own.ask('createTask', { input: { title: 'g' } });
    expect(await order()).toBe('fabcdeg');
  });

  it('keeps the place of a task through every other change of it', async () => {
    await move('f', { before: id('b') });
    await own.ask('updateTask', { id: id('f'), input: { title: 'F', completed: true } });
    expect(await order()).toBe('aFbcde');
  });

  it('takes ids in upper case', async () => {
    await own.ask('moveTask', { id: id('f').toUpperCase(), before: id('a').toUpperCase() });
    expect(await order()).toBe('fabcde');
  });

  it('changes nothing unless the task has the expected version', async () => {
    const { refusal } = await own.told('moveTask', { id: id('c'), before: id('a'), expectedVersion: 7 });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 1 });
    expect(await order()).toBe('abcdef');
    await own.ask('moveTask', { id: id('c'), before: id('a'), expectedVersion: 1 });
    expect(await order()).toBe('cabdef');
  });

  it('refuses an old version even where the task stands there already', async () => {
    const { refusal } = await own.told('moveTask', { id: id('b'), after: id('a'), expectedVersion: 7 });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 1 });
  });

  it('is done once under a key and answered alike', async () => {
    const request = { id: id('a'), after: id('c'), idempotencyKey: randomUUID() };
    const first = await own.ask('moveTask', request);
    await own.ask('moveTask', { id: id('a'), after: id('f') });
    expect(await own.ask('moveTask', request)).toEqual(first);
    expect(await order()).toBe('bcdefa');
    expect(await own.codeOf('moveTask', { ...request, after: id('d') })).toBe('CONFLICT');
  });

  it('is done once when it comes twenty times at once under one key', async () => {
    const request = { id: id('a'), after: id('c'), idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('moveTask', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].task.version).toBe(2);
    expect(await order()).toBe('bcadef');
  });
});

describe('a place that there is not', () => {
  let foreign: string;
  beforeEach(async () => {
    [foreign = ''] = await storeTasks(app.databaseUrl, newUser(), [{ title: 'foreign' }]);
  });

  it.each(['before', 'after'])('is named by its field: %s', async (side) => {
    const gone = id('b');
    await own.ask('deleteTask', { id: gone });
    for (const anchor of [gone, foreign, randomUUID(), id('a')]) {
      const { refusal } = await own.told('moveTask', { id: id('a'), [side]: anchor });
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: side }] });
    }
    expect(await order()).toBe('acdef');
  });

  it('is refused alike when it belongs to another user and when nobody has it', async () => {
    const [theirs, nobodys] = [
      await own.told('moveTask', { id: id('a'), before: foreign }),
      await own.told('moveTask', { id: id('a'), before: randomUUID() }),
    ];
    expect({ ...theirs.refusal, requestId: '' }).toEqual({ ...nobodys.refusal, requestId: '' });
  });

  it.each([
    ['none of both', {}, 'before'],
    ['nulls', { before: null, after: null }, 'before'],
    ['no id', { before: 'x' }, 'before'],
    ['an empty text', { after: '' }, 'after'],
  ])('is refused: %s', async (_name, place, field) => {
    const { refusal } = await own.told('moveTask', { id: id('a'), ...place });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] });
  });

  it('is judged after the task itself, which must be there and the own one', async () => {
    expect(await own.codeOf('moveTask', { id: randomUUID(), before: id('a') })).toBe('NOT_FOUND');
    expect(await own.codeOf('moveTask', { id: foreign, before: id('a') })).toBe('FORBIDDEN');
    await own.ask('deleteTask', { id: id('f') });
    expect(await own.codeOf('moveTask', { id: id('f'), before: id('a') })).toBe('NOT_FOUND');
  });
});
