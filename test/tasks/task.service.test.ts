import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/core/clock.ts';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import type { NewTask } from '../../src/tasks/task.record.ts';
import { createTaskService } from '../../src/tasks/task.service.ts';
import { createTaskStore, type TaskStore } from '../../src/tasks/task.store.ts';
import { countOf, startTestServices, type TestServices } from '../support/test-services.ts';

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(() => services.close());

/** A service whose store loses the connection at a chosen call, before or after the work was done. */
function failingOnce(method: keyof TaskStore, when: 'before' | 'after') {
  const store = createTaskStore(services.database);
  let failed = false;
  const failing = new Proxy(store, {
    get(target, name) {
      const original = Reflect.get(target, name) as (...parameters: unknown[]) => Promise<unknown>;
      if (name !== method) return original;
      return async (...parameters: unknown[]) => {
        if (!failed && when === 'before') {
          failed = true;
          throw new ServiceUnavailableError('The connection was lost');
        }
        const answer = await original(...parameters);
        if (!failed) {
          failed = true;
          throw new ServiceUnavailableError('The connection was lost');
        }
        return answer;
      };
    },
  });
  return createTaskService({ store: failing, clock: systemClock, timeZoneOf: async () => 'UTC' });
}

describe('a creation with a key', () => {
  it.each([
    ['anything was done', 'before'],
    ['the answer was sent', 'after'],
  ] as const)('makes one task when the server died before %s and the client tries again', async (_moment, when) => {
    const actor = await services.actor();
    const tasks = failingOnce('once', when);
    const key = { value: randomUUID(), name: 'key' };
    const input = { title: 'Once' };
    await expect(tasks.create(actor, input, { key })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const task = await services.tasks.create(actor, input, { key });
    expect(await services.tasks.create(actor, input, { key })).toEqual(task);
    expect((await services.tasks.connection(actor, {})).rows).toEqual([task]);
  });
});

describe('a creation with an id of the client', () => {
  it('makes one task when the server died before it answered and the client tries again', async () => {
    const actor = await services.actor();
    const input = { id: randomUUID(), title: 'Once' };
    await expect(failingOnce('insert', 'after').create(actor, input)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await services.tasks.create(actor, input)).toMatchObject({ id: input.id, version: 1 });
    expect((await services.tasks.connection(actor, {})).rows).toHaveLength(1);
  });
});

describe('getMany', () => {
  it('answers each id in order: the task, or why it is not shown', async () => {
    const [actor, other] = [await services.actor(), await services.actor()];
    const own = await services.tasks.create(actor, { title: 'Own' });
    const foreign = await services.tasks.create(other, { title: 'Foreign' });
    const answers = await services.tasks.getMany(actor, ['x', own.id, foreign.id, randomUUID(), own.id.toUpperCase()]);
    expect(answers.map((answer) => (answer instanceof Error ? answer.code : answer.id))).toEqual([
      ...['BAD_USER_INPUT', own.id, 'FORBIDDEN', 'NOT_FOUND', own.id],
    ]);
  });

  it('answers nothing for no ids', async () => {
    expect(await services.tasks.getMany(await services.actor(), [])).toEqual([]);
  });
});

describe('addMissing', () => {
  const newTasks = (count: number): NewTask[] =>
    Array.from({ length: count }, (_, index) => ({
      id: randomUUID(),
      title: `Task ${index}`,
      description: null,
      completed: false,
    }));

  it('adds many in order and tells how far it is', async () => {
    const actor = await services.actor();
    const heard: number[] = [];
    const tasks = newTasks(250);
    expect(await services.tasks.addMissing(actor, tasks, (done) => heard.push(done))).toBe(250);
    expect(heard).toEqual([100, 200, 250]);
    expect(await countOf(services, actor, {})).toBe(250);
  });

  it('leaves those alone that are there, also as deleted ones', async () => {
    const actor = await services.actor();
    const tasks = newTasks(3);
    await services.tasks.addMissing(actor, tasks.slice(0, 2));
    await services.tasks.update(actor, tasks[0]!.id, { title: 'Changed' });
    await services.tasks.delete(actor, tasks[1]!.id);
    expect(await services.tasks.addMissing(actor, tasks)).toBe(1);
    const { rows } = await services.tasks.connection(actor, { orderBy: [{ field: 'title', direction: 'asc' }] });
    expect(rows.map((row) => row.title)).toEqual(['Changed', 'Task 2']);
  });

  it('adds each task once when two imports run at once', async () => {
    const actor = await services.actor();
    const tasks = newTasks(150);
    const added = await Promise.all([services.tasks.addMissing(actor, tasks), services.tasks.addMissing(actor, tasks)]);
    expect(added.sort((a, b) => a - b)).toEqual([0, 150]);
    expect(await countOf(services, actor, {})).toBe(150);
  });

  it('adds none when one of them cannot be added', async () => {
    const actor = await services.actor();
    const tasks = [...newTasks(120), { ...newTasks(1)[0]!, title: 'x'.repeat(256) }];
    await expect(services.tasks.addMissing(actor, tasks)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await countOf(services, actor, {})).toBe(0);
  });
});

describe('what the database keeps by itself', () => {
  it('counts the revision of the owner up with every write and stamps it on the row', async () => {
    const actor = await services.actor();
    const revisions = async () => {
      const rows = await services.database.owner<{ rev: string }>(
        'select rev::text from tasks where user_id = $1 order by rev',
        [actor.userId],
      );
      const [user] = await services.database.owner<{ rev: string }>('select rev::text from users where id = $1', [
        actor.userId,
      ]);
      return [user?.rev, rows.map((row) => row.rev)];
    };
    const first = await services.tasks.create(actor, { title: 'First' });
    const second = await services.tasks.create(actor, { title: 'Second' });
    expect(await revisions()).toEqual(['2', ['1', '2']]);
    await services.tasks.toggle(actor, first.id);
    expect(await revisions()).toEqual(['3', ['2', '3']]);
    await services.tasks.delete(actor, second.id);
    expect(await revisions()).toEqual(['4', ['3', '4']]);
  });

  it('keeps a deleted task as a tombstone', async () => {
    const actor = await services.actor();
    const { id } = await services.tasks.create(actor, { title: 'Gone' });
    await services.tasks.delete(actor, id);
    const rows = await services.database.owner(
      'select deleted_at is not null as deleted, version from tasks where id = $1',
      [id],
    );
    expect(rows).toEqual([{ deleted: true, version: 2 }]);
  });

  it('never lets the time of change go back, however the writers come', async () => {
    const actor = await services.actor();
    const { id } = await services.tasks.create(actor, { title: 'Busy' });
    const tasks = await Promise.all(Array.from({ length: 30 }, () => services.tasks.toggle(actor, id)));
    const inOrder = tasks.sort((a, b) => a.version - b.version).map((task) => task.updatedAt);
    expect(inOrder).toEqual([...inOrder].sort());
  });

  it('keeps owner and time of creation, whoever writes', async () => {
    const [actor, other] = [await services.actor(), await services.actor()];
    const task = await services.tasks.create(actor, { title: 'Mine' });
    await services.database.owner(
      "update tasks set user_id = $2, created_at = '2000-01-01', version = 99 where id = $1",
      [task.id, other.userId],
    );
    expect(await services.tasks.get(actor, task.id)).toMatchObject({ createdAt: task.createdAt, version: 2 });
    expect(await countOf(services, other, {})).toBe(0);
  });
});

describe('adding what is missing', () => {
  const missing = (title: string) => ({ id: randomUUID(), title, description: null, completed: false });

  it('leaves what the user has as it is and adds the rest', async () => {
    const actor = await services.actor();
    const [first, second] = [missing('first'), missing('second')];
    expect(await services.tasks.addMissing(actor, [first])).toBe(1);
    expect(await services.tasks.addMissing(actor, [{ ...first, title: 'changed' }, second])).toBe(1);
    expect(await services.tasks.get(actor, first.id)).toMatchObject({ title: 'first' });
  });

  // Whoever held the id of an imported task made the owner's import count the task as there already.
  it("does not take somebody else's task for one that is there already", async () => {
    const [actor, other] = [await services.actor(), await services.actor()];
    const [contested, free] = [missing('contested'), missing('free')];
    await services.tasks.addMissing(other, [contested]);
    await expect(services.tasks.addMissing(actor, [free, contested])).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(services.tasks.get(actor, free.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
