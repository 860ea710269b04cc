import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

/** Tags and lists are few and asked for whole: devices are told when. */

let services: TestServices;
let actor: Actor;

beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

async function newUserWithTask(): Promise<string> {
  actor = await services.actor();
  await services.tasks.create(actor, { title: 'First' });
  return (await services.sync.pull(actor, {})).syncToken;
}

describe('a change of a tag or a list', () => {
  it.each(['tags', 'lists'] as const)('is told once by a pull, whatever becomes of one: %s', async (kind) => {
    let since = await newUserWithTask();
    const told = async () => {
      const page = await services.sync.pull(actor, { since });
      since = page.syncToken;
      return page.labelsChanged;
    };
    expect(await told()).toBe(false);
    const { id } = await services.labels.create(actor, kind, { name: 'Home' });
    expect([await told(), await told()]).toEqual([true, false]);
    await services.labels.update(actor, kind, id, { name: 'House' });
    expect([await told(), await told()]).toEqual([true, false]);
    await services.labels.delete(actor, kind, id);
    expect([await told(), await told()]).toEqual([true, false]);
  });

  it('is told by a start, which knows nothing of before', async () => {
    await newUserWithTask();
    expect(await services.sync.pull(actor, {})).toMatchObject({ fullSync: true, labelsChanged: true });
  });

  it('is told to followers in its place among the changes of tasks, and not again to who comes back behind it', async () => {
    const since = await newUserWithTask();
    await services.tasks.create(actor, { title: 'Before' });
    await services.labels.create(actor, 'tags', { name: 'Home' });
    await services.tasks.create(actor, { title: 'After' });
    const following = await services.sync.follow(actor, since);
    const heard = [];
    for (let count = 0; count < 3; count++) heard.push((await following.next()).value);
    await following.return?.();
    expect(heard.map(({ type, task }) => [type, task?.title])).toEqual([
      ['CREATED', 'Before'],
      ['LABELS', undefined],
      ['CREATED', 'After'],
    ]);
    const again = await services.sync.follow(actor, heard[1].syncToken);
    expect((await again.next()).value).toMatchObject({ type: 'CREATED', task: { title: 'After' } });
    await again.return?.();
  });

  it('is told as it happens, when nothing of a task has changed', async () => {
    await newUserWithTask();
    const following = await services.sync.follow(actor, undefined);
    const next = following.next();
    await services.labels.create(actor, 'lists', { name: 'Errands' });
    expect((await next).value).toMatchObject({ type: 'LABELS', task: null, deletedTaskId: null });
    await following.return?.();
  });

  it('that is undone with the tasks that had it changes each of them', async () => {
    const since = await newUserWithTask();
    const { id } = await services.labels.create(actor, 'tags', { name: 'Gone' });
    const task = await services.tasks.create(actor, { title: 'Tagged', tagIds: [id] });
    await services.labels.delete(actor, 'tags', id);
    const page = await services.sync.pull(actor, { since });
    expect(page).toMatchObject({ labelsChanged: true, changed: [{ id: task.id, tagIds: [], version: 2 }] });
  });
});
