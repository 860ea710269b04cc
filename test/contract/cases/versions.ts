import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type Api, refusalOf } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

/** Versions that clients expect, and ids that they make. */
export function versionCases(api: () => Api): void {
  it('changes a task whose version is the expected one', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    expect(await api().update(user, id, { title: 'Second' }, 1)).toMatchObject({ title: 'Second', version: 2 });
    expect(await api().update(user, id, { title: 'Third' }, 2)).toMatchObject({ title: 'Third', version: 3 });
  });

  it('leaves a task alone whose version is another, and tells the current one', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const current = await api().update(user, id, { title: 'Current' });
    for (const stale of [1, 3, 2_147_483_647]) {
      const refusal = await refusalOf(api().update(user, id, { title: 'Stale' }, stale));
      expect(refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
      expect(await refusalOf(api().delete(user, id, stale))).toMatchObject({ code: 'CONFLICT', version: 2 });
    }
    expect(await api().get(user, id)).toEqual(current);
  });

  it('refuses a stale version even if the change would change nothing', async () => {
    const user = newUser();
    const task = await api().create(user, taskInput());
    await api().toggle(user, task.id);
    expect(await refusalOf(api().update(user, task.id, {}, 1))).toMatchObject({ code: 'CONFLICT', version: 2 });
  });

  it('deletes a task whose version is the expected one', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    await api().delete(user, id, 1);
    expect(await refusalOf(api().get(user, id))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('answers the same task when the same input comes again under an id that the client made', async () => {
    const user = newUser();
    const input = taskInput({ id: randomUUID(), description: 'Once', completed: true });
    const task = await api().create(user, input);
    expect(task.id).toBe(input.id);
    expect(await api().create(user, input)).toEqual(task);
    expect(await api().create(user, { ...input, title: `  ${input.title} ` })).toEqual(task);
    expect((await api().list(user)).total).toBe(1);
  });

  it('makes one task of an id that comes ten times at once', async () => {
    const user = newUser();
    const input = taskInput({ id: randomUUID() });
    const tasks = await Promise.all(Array.from({ length: 10 }, () => api().create(user, input)));
    expect(new Set(tasks.map((task) => JSON.stringify(task))).size).toBe(1);
    expect((await api().list(user)).total).toBe(1);
  });

  it('takes an id in capitals for the same id', async () => {
    const user = newUser();
    const input = taskInput({ id: randomUUID() });
    const task = await api().create(user, input);
    expect(await api().create(user, { ...input, id: input.id?.toUpperCase() })).toEqual(task);
  });

  it('refuses another input under an id in use, and tells the version that is there', async () => {
    const user = newUser();
    const input = taskInput({ id: randomUUID() });
    const task = await api().create(user, input);
    for (const other of [{ title: 'Another' }, { description: 'Another' }, { completed: true }]) {
      const refusal = await refusalOf(api().create(user, { ...input, ...other }));
      expect(refusal).toMatchObject({ code: 'CONFLICT', version: 1 });
    }
    expect(await api().get(user, task.id)).toEqual(task);
  });

  it('refuses the id of a deleted task', async () => {
    const user = newUser();
    const input = taskInput({ id: randomUUID() });
    const task = await api().create(user, input);
    await api().delete(user, task.id);
    expect(await refusalOf(api().create(user, input))).toMatchObject({ code: 'CONFLICT' });
    expect((await api().list(user)).total).toBe(0);
  });

  it('refuses the id of another user, with the same input and with another, and tells nothing of the task', async () => {
    const input = taskInput({ id: randomUUID(), description: 'Private matters' });
    const owner = newUser();
    const task = await api().create(owner, input);
    await api().toggle(owner, task.id);
    const stranger = newUser();
    for (const title of [input.title, 'Another']) {
      const refusal = await refusalOf(api().create(stranger, { ...input, title }));
      expect({ code: refusal.code, version: refusal.version }).toEqual({ code: 'CONFLICT', version: undefined });
      expect(refusal.message).not.toMatch(/user|owner|belong|Private/);
    }
    expect((await api().list(stranger)).total).toBe(0);
  });
}
