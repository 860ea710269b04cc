import { expect, it } from '@jest/globals';
import { type Api, refusalOf } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';
import { everyCall } from './tasks.ts';

/** Nobody reaches another user's data, and nobody anything without credentials. */
export function ownershipCases(api: () => Api): void {
  it('refuses every operation on the task of another user and leaves the task alone', async () => {
    const owner = newUser();
    const task = await api().create(owner, taskInput());
    const stranger = newUser();
    for (const call of everyCall(task.id)) {
      const refusal = await refusalOf(call(api(), stranger));
      expect({ code: refusal.code, version: refusal.version }).toEqual({ code: 'FORBIDDEN', version: undefined });
      expect(refusal.message).not.toContain(task.title);
    }
    expect(await api().get(owner, task.id)).toEqual(task);
  });

  it('does not tell a deleted task of another user from one that never was', async () => {
    const owner = newUser();
    const { id } = await api().create(owner, taskInput());
    await api().delete(owner, id);
    const stranger = newUser();
    for (const call of everyCall(id))
      expect(await refusalOf(call(api(), stranger))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('shows nothing of another user in a list or a search', async () => {
    await api().create(newUser(), { title: 'A hidden treasure' });
    const stranger = newUser();
    expect(await api().list(stranger)).toEqual({ tasks: [], total: 0 });
    expect(await api().list(stranger, { search: 'treasure' })).toEqual({ tasks: [], total: 0 });
  });

  it('tells users of like ids apart', async () => {
    const user = newUser('Person');
    await api().create(user, taskInput());
    for (const like of [user.toUpperCase(), `${user} `, `${user}%`, `${user}\u200b`]) {
      expect((await api().list(like)).total).toBe(0);
    }
  });

  it('refuses every operation without credentials', async () => {
    const { id } = await api().create(newUser(), taskInput());
    const calls: ((api: Api) => Promise<unknown>)[] = [
      ...everyCall(id).map((call) => (target: Api) => call(target, undefined)),
      (target) => target.create(undefined, taskInput()),
      (target) => target.create(undefined, {}),
      (target) => target.list(undefined),
      (target) => target.me(undefined),
      (target) => target.revoke(undefined),
      (target) => target.deleteAccount(undefined),
    ];
    for (const call of calls) expect(await refusalOf(call(api()))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
}
