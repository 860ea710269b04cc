import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type Api, refusalOf, type TaskView } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

/** A write of one task under a key; a deletion answers nothing. */
type Write = (api: Api, user: string, id: string, key: string) => Promise<TaskView | undefined>;

const INPUT = { title: 'Made', description: 'Once', completed: true };
const create: Write = (api, user, _id, key) => api.create(user, { ...INPUT }, key);
const update: Write = (api, user, id, key) => api.update(user, id, { title: 'Changed' }, undefined, key);
const toggle: Write = (api, user, id, key) => api.toggle(user, id, key);
const remove: Write = (api, user, id, key) => api.delete(user, id, undefined, key).then(() => undefined);

const WRITES: [string, Write][] = [
  ['a creation', create],
  ['a change', update],
  ['a toggle', toggle],
  ['a deletion', remove],
];

/** Requests that their client has named, so that it may send them again. */
export function idempotencyCases(api: () => Api): void {
  async function newTask(): Promise<{ user: string; id: string }> {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    return { user, id };
  }

  /** everything of the user, whose order no write changes */
  const state = async (user: string) => (await api().list(user, { sort: 'createdAt' })).tasks;

  it.each(WRITES)('does %s once and answers it again as it was', async (_what, write) => {
    const { user, id } = await newTask();
    const key = randomUUID();
    const first = await write(api(), user, id, key);
    const after = await state(user);
    expect(await write(api(), user, id, key)).toEqual(first);
    expect(await state(user)).toEqual(after);
  });

  it.each(WRITES.slice(0, 3))('answers %s as it was when the task has changed since', async (_what, write) => {
    const { user, id } = await newTask();
    const key = randomUUID();
    const first = await write(api(), user, id, key);
    const changed = await api().update(user, first!.id, { title: 'New', description: null, completed: false });
    expect(await write(api(), user, id, key)).toEqual(first);
    expect(await api().get(user, first!.id)).toEqual(changed);
  });

  it.each(WRITES.slice(0, 3))('answers %s as it was when the task was deleted since', async (_what, write) => {
    const { user, id } = await newTask();
    const key = randomUUID();
    const first = await write(api(), user, id, key);
    await api().delete(user, first!.id);
    expect(await write(api(), user, id, key)).toEqual(first);
    expect(await refusalOf(api().get(user, first!.id))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(WRITES)('does %s once when it comes 20 times at once, and answers all alike', async (_what, write) => {
    const { user, id } = await newTask();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => write(api(), user, id, key)));
    const after = await state(user);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(after).toHaveLength(write === create ? 2 : write === remove ? 0 : 1);
    if (write === update || write === toggle) expect(after).toEqual([answers[0]]);
  });

  it.each(WRITES)('refuses every other request under the key of %s', async (_what, write) => {
    const { user, id } = await newTask();
    const other = await api().create(user, taskInput());
    const key = randomUUID();
    await write(api(), user, id, key);
    const after = await state(user);
    const requests: [Write, () => Promise<unknown>][] = [
      [create, () => api().create(user, { ...INPUT, title: 'Other' }, key)],
      [create, () => api().create(user, { ...INPUT, id: randomUUID() }, key)],
      [create, () => create(api(), user, id, key)],
      [update, () => api().update(user, id, { title: 'Other' }, undefined, key)],
      [update, () => api().update(user, id, { title: 'Changed' }, 1, key)],
      [update, () => update(api(), user, other.id, key)],
      [update, () => update(api(), user, id, key)],
      [toggle, () => toggle(api(), user, other.id, key)],
      [toggle, () => toggle(api(), user, id, key)],
      [remove, () => api().delete(user, id, 1, key)],
      [remove, () => remove(api(), user, other.id, key)],
      [remove, () => remove(api(), user, id, key)],
    ];
    const own = requests.findLast(([kind]) => kind === write);
    for (const request of requests) {
      if (request === own) continue;
      expect(await refusalOf(request[1]())).toMatchObject({ code: 'CONFLICT', version: undefined });
    }
    expect(await state(user)).toEqual(after);
  });

  it('takes input that means the same for the same', async () => {
    const { user, id } = await newTask();
    const [one, two] = [randomUUID(), randomUUID()];
    const created = await api().create(user, { title: 'Same', description: null, completed: false }, one);
    expect(await api().create(user, { title: '  Same\u0007 ' }, one)).toEqual(created);
    const changed = await api().update(user, id, { title: 'Same' }, undefined, two);
    expect(await api().update(user, id.toUpperCase(), { title: ' Same ' }, undefined, two)).toEqual(changed);
  });

  it("has nothing to do with another user's request under the same key", async () => {
    const [one, two] = [await newTask(), await newTask()];
    const key = randomUUID();
    for (const { user, id } of [one, two]) {
      expect(await api().toggle(user, id, key)).toMatchObject({ id, completed: true, version: 2 });
    }
    const refusal = await refusalOf(api().toggle(two.user, one.id, key));
    expect(refusal).toMatchObject({ code: 'CONFLICT', version: undefined });
    expect(await refusalOf(api().toggle(two.user, one.id, randomUUID()))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('leaves the key free when the request was refused', async () => {
    const { user, id } = await newTask();
    const key = randomUUID();
    await api().update(user, id, { title: 'Second version' });
    expect(await refusalOf(api().create(user, { title: '' }, key))).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await refusalOf(api().toggle(user, randomUUID(), key))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusalOf(api().update(user, id, { title: 'x' }, 1, key))).toMatchObject({ version: 2 });
    expect(await refusalOf(api().delete(user, id, 1, key))).toMatchObject({ code: 'CONFLICT', version: 2 });
    expect(await api().toggle(user, id, key)).toMatchObject({ completed: true, version: 3 });
  });

  it('remembers a change that changed nothing', async () => {
    const { user, id } = await newTask();
    const key = randomUUID();
    const task = await api().update(user, id, {}, undefined, key);
    await api().toggle(user, id);
    expect(await api().update(user, id, {}, undefined, key)).toEqual(task);
  });

  it('answers the task that is there already under an id that the client made', async () => {
    const user = newUser();
    const input = taskInput({ id: randomUUID() });
    const task = await api().create(user, input);
    const key = randomUUID();
    expect(await api().create(user, input, key)).toEqual(task);
    expect(await api().create(user, input, key)).toEqual(task);
    const other = api().create(user, { ...input, title: 'Other' }, randomUUID());
    expect(await refusalOf(other)).toMatchObject({ code: 'CONFLICT', version: 1 });
  });

  it.each(['x'.repeat(256), 'with space', ''])('refuses the key %j and names it', async (key) => {
    const { user, id } = await newTask();
    for (const [, write] of WRITES) {
      const refusal = await refusalOf(write(api(), user, id, key));
      expect(refusal).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: [expect.stringMatching(/^(Idempotency-Key|idempotencyKey)$/)],
      });
    }
    expect(await state(user)).toMatchObject([{ id, version: 1 }]);
  });
}
