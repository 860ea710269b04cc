import { expect, it } from '@jest/globals';
import { type Api, Refusal } from '../../support/api.ts';
import { newUser, taskInput } from '../../support/factories.ts';

/** Many clients at once: nothing is lost and nothing fails. */
export function concurrencyCases(api: () => Api): void {
  it('loses none of 50 toggles of one task at once', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const answers = await Promise.all(Array.from({ length: 50 }, () => api().toggle(user, id)));
    expect(answers.map((task) => task.version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 2),
    );
    for (const task of answers) expect(task.completed).toBe(task.version % 2 === 0);
    expect(await api().get(user, id)).toMatchObject({ version: 51, completed: false, completedAt: null });
  });

  it('carries out all of 30 updates at once that expect no version', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const titles = Array.from({ length: 30 }, (_, index) => `Title ${index}`);
    const answers = await Promise.all(titles.map((title) => api().update(user, id, { title })));
    expect(answers.map((task) => task.title)).toEqual(titles);
    expect(new Set(answers.map((task) => task.version)).size).toBe(30);
    const last = answers.find((task) => task.version === 31);
    expect(await api().get(user, id)).toEqual(last);
  });

  it('lets exactly one of 30 updates win that expect the same version', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const titles = Array.from({ length: 30 }, (_, index) => `Title ${index}`);
    const outcomes = await Promise.allSettled(titles.map((title) => api().update(user, id, { title }, 1)));
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(winners).toHaveLength(1);
    expect(winners[0]).toMatchObject({ version: 2 });
    for (const refusal of refusals) {
      if (!(refusal instanceof Refusal)) throw refusal;
      expect(refusal).toMatchObject({ code: 'CONFLICT', version: 2 });
    }
    expect(await api().get(user, id)).toEqual(winners[0]);
  });

  it('loses nothing when different fields are updated and toggled at once', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    await Promise.all([
      ...Array.from({ length: 10 }, () => api().toggle(user, id)),
      api().update(user, id, { title: 'New title' }),
      api().update(user, id, { description: 'New description' }),
    ]);
    const expected = { title: 'New title', description: 'New description', completed: false, version: 13 };
    expect(await api().get(user, id)).toMatchObject(expected);
  });

  it('lets one of 10 deletions at once win, and tells the others that the task is gone', async () => {
    const user = newUser();
    const { id } = await api().create(user, taskInput());
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => api().delete(user, id)));
    const codes = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'deleted' : outcome.reason.code));
    expect(codes.filter((code) => code === 'deleted')).toHaveLength(1);
    expect(codes.filter((code) => code === 'NOT_FOUND')).toHaveLength(9);
  });

  it('serves the first ten requests of a new user at once', async () => {
    const user = newUser();
    await Promise.all(Array.from({ length: 10 }, () => api().create(user, taskInput())));
    expect((await api().list(user)).total).toBe(10);
  });
}
