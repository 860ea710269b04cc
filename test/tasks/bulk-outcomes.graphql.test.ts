import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { subscribe } from '../sync/support/subscribers.ts';
import { type Bulk, bulkOf, codesOf, foreignTask } from './support/bulk.ts';
import { asking } from './support/operations.ts';

const { events, ...log } = createRecordedEvents();

let app: TestApp;
let own: Bulk;

beforeAll(async () => {
  app = await startTestApp({ overrides: { events: log } });
});
afterAll(() => app.close());
beforeEach(() => {
  own = bulkOf(app);
});

describe('a filter', () => {
  it('names the tasks to change, and leaves the others', async () => {
    await own.stored(3, { title: 'open' });
    await own.stored(2, { title: 'done', completed: true });
    const { affected } = await own.ask('updateTasks', { filter: { completed: true }, set: { title: 'archived' } });
    expect(affected).toBe(2);
    expect(await own.titles()).toEqual(['archived', 'archived', 'open', 'open', 'open']);
  });

  it('that finds more than are to be affected changes none', async () => {
    await own.stored(3);
    const before = await own.everything();
    const { refusal } = await own.told('updateTasks', { filter: {}, maxAffected: 2, set: { title: 'x' } });
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field: 'maxAffected' }] });
    expect(await own.everything()).toEqual(before);
    expect((await own.ask('updateTasks', { filter: {}, maxAffected: 3, set: { title: 'x' } })).affected).toBe(3);
  });

  it('finds a hundred at most, whatever is said', async () => {
    await own.stored(101);
    expect(await own.codeOf('deleteTasks', { filter: {} })).toBe('BAD_USER_INPUT');
    expect((await own.ask('tasks')).totalCount).toBe(101);
  });

  it('that finds none changes none', async () => {
    await own.stored(2);
    const outcome = await own.ask('deleteTasks', { filter: { completed: true } });
    expect(outcome).toEqual({ deletedTaskIds: [], errors: [], affected: 0, undoToken: null });
  });

  it("finds one's own only, whatever ids it names", async () => {
    const theirs = await foreignTask(app);
    const [{ user_id: other }] = await app.owner('select user_id from tasks where id = $1', [theirs]);
    const before = await bulkOf(app, other).everything();
    await own.stored(2);
    expect((await own.ask('updateTasks', { filter: { parentIn: [theirs] }, set: { title: 'x' } })).affected).toBe(0);
    expect((await own.ask('updateTasks', { filter: {}, set: { title: 'x' } })).affected).toBe(2);
    expect(await bulkOf(app, other).everything()).toEqual(before);
  });

  it('that many change at once loses nothing and is refused for no version', async () => {
    await own.stored(10);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => own.ask('updateTasks', { filter: {}, set: { title: `t${i}` } })),
    );
    for (const { errors, affected } of answers) expect({ errors, affected }).toEqual({ errors: [], affected: 10 });
    expect(new Set(await own.titles()).size).toBe(1);
  });
});

describe('deleteTasks', () => {
  it('deletes all of them with their subtasks', async () => {
    const [parent = '', other] = await own.stored(2);
    await own.stored(1, { parentId: parent });
    const outcome = await own.ask('deleteTasks', { ids: [parent, other] });
    expect(outcome).toMatchObject({ deletedTaskIds: [parent, other], errors: [], affected: 2 });
    expect(await own.titles()).toEqual([]);
    expect((await own.ask('deletedTasks')).totalCount).toBe(3);
  });

  it.each(['before', 'after'])('takes a task and a part of it in one call, the part %s', async (place) => {
    const [parent = ''] = await own.stored(1);
    const [child = ''] = await own.stored(1, { parentId: parent });
    const ids = place === 'before' ? [child, parent] : [parent, child];
    const outcome = await own.ask('deleteTasks', { ids });
    expect(outcome).toMatchObject({ deletedTaskIds: ids, errors: [], affected: 2 });
    expect((await own.ask('deletedTasks')).totalCount).toBe(2);
  });

  it('deletes none where one is refused', async () => {
    const [id] = await own.stored(1);
    const { errors, deletedTaskIds } = await own.ask('deleteTasks', {
      ids: [id, await foreignTask(app), randomUUID()],
    });
    expect(codesOf(errors)).toEqual([
      [1, 'FORBIDDEN'],
      [2, 'NOT_FOUND'],
    ]);
    expect(deletedTaskIds).toEqual([]);
    expect((await own.ask('tasks')).totalCount).toBe(1);
  });

  it('deletes none unless each has the version that was read', async () => {
    const ids = await own.stored(2);
    const { errors } = await own.ask('deleteTasks', { ids, expectedVersions: [1, 2] });
    expect(errors).toMatchObject([{ index: 1, code: 'CONFLICT', version: 1 }]);
    expect((await own.ask('deleteTasks', { ids, expectedVersions: [1, 1] })).affected).toBe(2);
  });

  it('is done once under a key, of twenty at once', async () => {
    const request = { ids: await own.stored(3), idempotencyKey: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => own.ask('deleteTasks', request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].affected).toBe(3);
  });
});

describe('a dry run', () => {
  it.each([
    ['createTasks', () => ({ inputs: [{ title: 'a', priority: 'LOW' }, { title: 'b' }] })],
    ['updateTasks', (ids: string[]) => ({ ids, set: { title: 'x', completed: true } })],
    ['updateTasks', () => ({ filter: { completed: false }, set: { dueDate: '2026-01-01' } })],
    ['deleteTasks', (ids: string[]) => ({ ids })],
    ['deleteTasks', () => ({ filter: {}, maxAffected: 50 })],
  ])('of %s answers what would be and writes nothing at all', async (name, make) => {
    const [parent = ''] = await own.stored(1);
    const ids = [
      parent,
      ...(await own.stored(1, { parentId: parent })),
      ...(await own.stored(1, { dueDate: '2026-01-01' })),
    ];
    const given = make(ids);
    const before = await own.everything();
    const dry = await own.ask(name, { ...given, dryRun: true });
    const keyed = await own.ask(name, { ...given, dryRun: true, idempotencyKey: randomUUID() });
    expect(await own.everything()).toEqual(before);
    const wet = await own.ask(name, given);
    for (const planned of [dry, keyed]) {
      expect(planned.undoToken).toBeNull();
      expect(withoutMoments(planned)).toEqual(withoutMoments(wet));
    }
    expect(await own.everything()).not.toEqual(before);
  });

  /** New ids and moments are others each time. */
  function withoutMoments({ undoToken: _token, tasks = [], ...outcome }: { undoToken: string; tasks?: object[] }) {
    const volatile = { updatedAt: null, completedAt: null };
    const own = tasks.map((task) => {
      const isNew = (task as { version: number }).version === 1;
      return { ...task, ...volatile, ...(isNew ? { id: null, createdAt: null, position: null } : {}) };
    });
    return { ...outcome, tasks: own };
  }

  it('tells what would be refused', async () => {
    const [id] = await own.stored(1);
    const { errors, tasks, affected } = await own.ask('updateTasks', {
      ids: [id, randomUUID()],
      set: { title: 'x' },
      dryRun: true,
    });
    expect(codesOf(errors)).toEqual([[1, 'NOT_FOUND']]);
    expect({ tasks, affected }).toEqual({ tasks: [], affected: 0 });
  });

  it('leaves its key free for the run that is meant', async () => {
    const request = { inputs: [{ title: 'a' }], idempotencyKey: randomUUID() };
    await own.ask('createTasks', { ...request, dryRun: true });
    expect((await own.ask('createTasks', request)).affected).toBe(1);
    expect(await own.titles()).toEqual(['a']);
  });
});

describe('bulk writes', () => {
  it('are heard of by those who follow, once they are kept', async () => {
    const [gone = ''] = await own.stored(1, { title: 'gone' });
    // Who follows from a token misses nothing, however long it takes until the stream is there.
    const follower = await subscribe(app, own.user, { since: (await own.ask('taskSync')).syncToken });
    await own.ask('updateTasks', { ids: [gone], set: { title: 'never' }, dryRun: true });
    await own.ask('createTasks', { inputs: [{ title: 'refused' }, { title: '' }] });
    await own.ask('createTasks', { inputs: [{ title: 'a' }, { title: 'b' }] });
    const created = [await follower.next(), await follower.next()];
    expect(created.map(({ type, task }) => [type, task?.title])).toEqual([
      ['CREATED', 'a'],
      ['CREATED', 'b'],
    ]);
    await own.ask('updateTasks', { filter: { completed: false }, set: { completed: true } });
    const updated = [await follower.next(), await follower.next(), await follower.next()];
    expect(updated.map(({ type, task }) => [type, task?.completed])).toEqual(Array(3).fill(['UPDATED', true]));
    await own.ask('deleteTasks', { ids: [gone] });
    expect(await follower.next()).toMatchObject({ type: 'DELETED', deletedTaskId: gone });
    follower.stop();
  });

  it("record that somebody named another user's task", async () => {
    const theirs = await foreignTask(app);
    await own.ask('updateTasks', { ids: [theirs], set: { title: 'x' } });
    await own.ask('deleteTasks', { ids: [theirs], dryRun: true });
    await app.rest(own.user, 'POST', '/api/tasks/bulk/delete', { ids: [theirs] });
    const denied = events.filter((event) => event.userId === own.user && event.event === 'ACCESS_DENIED');
    expect(denied).toHaveLength(3);
    for (const event of denied) {
      expect(event).toMatchObject({
        detail: 'FOREIGN_ROW',
        outcome: 'REFUSED',
        origin: { address: expect.any(String) },
      });
    }
  });

  it('count against the limit of batches', async () => {
    const limited = await startTestApp({ environment: { RATE_LIMIT_SCALE: '0.05' }, beside: app });
    const within = asking(limited, own.user);
    const codes: (string | undefined)[] = [];
    for (const title of ['a', 'b', 'c', 'd']) codes.push(await within.codeOf('createTasks', { inputs: [{ title }] }));
    await limited.close();
    expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED']);
  });

  it('cost so much that a document has few of them', async () => {
    const many = Array.from({ length: 20 }, (_, i) => `m${i}: createTasks(inputs: [{ title: "a" }]) { affected }`);
    const { errors } = await app.graphql(own.user, `mutation { ${many.join(' ')} }`);
    expect(errors[0]?.extensions.code).toBe('QUERY_TOO_COMPLEX');
    expect(await own.titles()).toEqual([]);
  });

  it('take no time zone by itself for a condition', async () => {
    await own.stored(2);
    for (const [action, body] of [
      ['delete', {}],
      ['update', { set: { title: 'x' } }],
    ] as const) {
      const refused = await app.rest(own.user, 'POST', `/api/tasks/bulk/${action}?time_zone=Europe/Berlin`, body);
      expect(refused).toMatchObject({ status: 400, body: { fields: [{ field: 'ids' }] } });
    }
  });

  it('answer alike in REST', async () => {
    const [id] = await own.stored(1);
    const theirs = await foreignTask(app);
    const refused = await app.rest(own.user, 'POST', '/api/tasks/bulk/update', {
      ids: [id, theirs],
      set: { list_id: randomUUID() },
    });
    expect(refused.body).toMatchObject({
      affected: 0,
      tasks: [],
      undo_token: null,
      errors: [
        { index: 0, id, code: 'BAD_USER_INPUT', fields: [{ field: 'set.list_id' }], version: null },
        { index: 1, id: theirs, code: 'FORBIDDEN', fields: [] },
      ],
    });
    const deleted = await app.rest(own.user, 'POST', '/api/tasks/bulk/delete', { ids: [id] });
    expect(deleted.body).toMatchObject({ affected: 1, errors: [], tasks: [{ id }] });
    const undone = await app.rest(own.user, 'POST', '/api/undo', { token: deleted.body.undo_token });
    expect(undone.body).toMatchObject({ tasks: [{ id }], deleted_ids: [] });
  });
});
