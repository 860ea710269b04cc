import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type Moving, movingOf } from './support/moving.ts';

let app: TestApp;
let own: Moving;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  own = await movingOf(app);
});

async function written() {
  return {
    tasks: await app.owner('select id, version, rev, rank, updated_at from tasks where user_id = $1 order by id', [
      own.user,
    ]),
    owner: await app.owner('select rev from users where id = $1', [own.user]),
  };
}

describe('moveTask', () => {
  it.each([
    ['before another', 'e', () => ({ before: own.id('b') }), 'aebcdf'],
    ['after another', 'b', () => ({ after: own.id('d') }), 'acdbef'],
    ['between two', 'f', () => ({ after: own.id('a'), before: own.id('b') }), 'afbcde'],
    ['to the start', 'c', () => ({ before: own.id('a') }), 'cabdef'],
    ['to the end', 'a', () => ({ after: own.id('f') }), 'bcdefa'],
    ['by one place up', 'c', () => ({ before: own.id('b') }), 'acbdef'],
    ['by one place down', 'c', () => ({ after: own.id('d') }), 'abdcef'],
    ['after the first of two that are apart', 'f', () => ({ after: own.id('a'), before: own.id('d') }), 'afbcde'],
  ])('moves a task %s', async (_name, title, place, expected) => {
    const { task, undoToken } = await own.move(title, place());
    expect(undoToken).not.toBeNull();
    expect(await own.order()).toBe(expected);
    expect(task).toEqual(await own.ask('task', { id: task.id }));
    expect(task.version).toBe(2);
  });

  it('writes the moved task and no other one', async () => {
    const before = await written();
    await own.move('f', { before: own.id('a') });
    const after = await written();
    const changed = after.tasks.filter((task, index) => task.version !== before.tasks[index].version);
    expect(changed.map((task) => task.id)).toEqual([own.id('f')]);
  });

  it.each([
    ['before its neighbour', 'b', () => ({ before: own.id('c') })],
    ['after its neighbour', 'b', () => ({ after: own.id('a') })],
    ['before the first as the first but one', 'a', () => ({ before: own.id('b') })],
    ['after the last but one as the last', 'f', () => ({ after: own.id('e') })],
  ])('writes nothing when the task stands there already: %s', async (_name, title, place) => {
    const before = await written();
    const { task, undoToken } = await own.move(title, place());
    expect(undoToken).toBeNull();
    expect(task).toEqual(await own.ask('task', { id: own.id(title) }));
    expect(await written()).toEqual(before);
  });

  it('places a task that was created since at the end', async () => {
    await own.move('f', { before: own.id('a') });
    await own.ask('createTask', { input: { title: 'g' } });
    expect(await own.order()).toBe('fabcdeg');
  });

  it('keeps the place of a task through every other change of it', async () => {
    await own.move('f', { before: own.id('b') });
    await own.ask('updateTask', { id: own.id('f'), input: { title: 'F', completed: true } });
    expect(await own.order()).toBe('aFbcde');
  });

  it('takes ids in upper case', async () => {
    await own.ask('moveTask', { id: own.id('f').toUpperCase(), before: own.id('a').toUpperCase() });
    expect(await own.order()).toBe('fabcde');
  });

  it('changes nothing unless the task has the expected version', async () => {
    const { refusal } = await own.told('moveTask', { id: own.id('c'), before: own.id('a'), expectedVersion: 7 });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 1 });
    expect(await own.order()).toBe('abcdef');
    await own.ask('moveTask', { id: own.id('c'), before: own.id('a'), expectedVersion: 1 });
    expect(await own.order()).toBe('cabdef');
  });

  it('refuses an old version even where the task stands there already', async () => {
    const { refusal } = await own.told('moveTask', { id: own.id('b'), after: own.id('a'), expectedVersion: 7 });
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: 1 });
  });

  it('is done once under a key and answered alike', async () => {
    const request = { id: own.id('a'), after: own.id('c'), idempotencyKey: randomUUID() };
    const first = await own.ask('moveTask', request);
    await own.ask('moveTask', { id: own.id('a'), after: own.id('f') });
    expect(await own.ask('moveTask', request)).toEqual(first);
    expect(await own.order()).toBe('bcdefa');
    expect(await own.codeOf('moveTask', { ...request, after: own.id('d') })).toBe('CONFLICT');
  });

  it('is done once when it comes twenty times at once under one key', async () => {
    const request = { id: own.id('a'), after: own.id('c'), idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('moveTask', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].task.version).toBe(2);
    expect(await own.order()).toBe('bcadef');
  });
});

describe('a place that there is not', () => {
  let foreign: string;
  beforeEach(async () => {
    [foreign = ''] = await storeTasks(app.databaseUrl, newUser(), [{ title: 'foreign' }]);
  });

  it.each(['before', 'after'])('is named by its field: %s', async (side) => {
    const gone = own.id('b');
    await own.ask('deleteTask', { id: gone });
    for (const anchor of [gone, foreign, randomUUID(), own.id('a')]) {
      const { refusal } = await own.told('moveTask', { id: own.id('a'), [side]: anchor });
      expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: side }] });
    }
    expect(await own.order()).toBe('acdef');
  });

  it('is refused alike when it belongs to another user and when nobody has it', async () => {
    const [theirs, nobodys] = [
      await own.told('moveTask', { id: own.id('a'), before: foreign }),
      await own.told('moveTask', { id: own.id('a'), before: randomUUID() }),
    ];
    expect({ ...theirs.refusal, requestId: '' }).toEqual({ ...nobodys.refusal, requestId: '' });
  });

  it.each([
    ['none of both', {}, 'before'],
    ['nulls', { before: null, after: null }, 'before'],
    ['no id', { before: 'x' }, 'before'],
    ['an empty text', { after: '' }, 'after'],
  ])('is refused: %s', async (_name, place, field) => {
    const { refusal } = await own.told('moveTask', { id: own.id('a'), ...place });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] });
  });

  it('is judged after the task itself, which must be there and the own one', async () => {
    expect(await own.codeOf('moveTask', { id: randomUUID(), before: own.id('a') })).toBe('NOT_FOUND');
    expect(await own.codeOf('moveTask', { id: foreign, before: own.id('a') })).toBe('FORBIDDEN');
    await own.ask('deleteTask', { id: own.id('f') });
    expect(await own.codeOf('moveTask', { id: own.id('f'), before: own.id('a') })).toBe('NOT_FOUND');
  });
});
