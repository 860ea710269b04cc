import { expect, it } from '@jest/globals';
import { type Api, refusalOf } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

/** The account: seen, and erased. */
export function accountCases(api: () => Api): void {
  it('shows the user whose credentials are sent', async () => {
    const user = newUser();
    expect(await api().me(user)).toMatchObject({ id: user, createdAt: expect.any(String) });
  });

  it('shows the same moment of creation however often the user comes', async () => {
    const user = newUser();
    const first = await api().me(user);
    await api().create(user, taskInput());
    expect(await api().me(user)).toEqual(first);
  });

  it('refuses everything after the account was deleted, and leaves other users alone', async () => {
    const user = newUser();
    const other = newUser();
    const { id } = await api().create(user, taskInput());
    const kept = await api().create(other, taskInput());
    await api().deleteAccount(user);
    for (const call of [
      () => api().me(user),
      () => api().list(user),
      () => api().get(user, id),
      () => api().create(user, taskInput()),
      () => api().deleteAccount(user),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(await refusalOf(api().get(other, id))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await api().list(other)).toEqual({ tasks: [kept], total: 1 });
  });
}
