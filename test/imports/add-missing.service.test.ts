import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

const actorOf = (userId: string): Actor => ({ userId, email: null, name: null, issuedAt: Date.now() / 1000 });
const task = (id: string, title: string) => ({ id, title, description: null, completed: false });

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  for (const user of ['ann', 'bob']) await app.services.users.admit(actorOf(user));
});
afterAll(() => app.close());

it('leaves what the user has as it is and adds the rest', async () => {
  const first = task('5f1a8e0c-6d0b-5a51-9c1e-2f7f3b9d4e01', 'first');
  const second = task('5f1a8e0c-6d0b-5a51-9c1e-2f7f3b9d4e02', 'second');
  expect(await app.services.tasks.addMissing(actorOf('ann'), [first])).toBe(1);
  expect(await app.services.tasks.addMissing(actorOf('ann'), [{ ...first, title: 'changed' }, second])).toBe(1);
  expect(await app.services.tasks.get(actorOf('ann'), first.id)).toMatchObject({ title: 'first' });
});

// Whoever held the id of an imported task made the owner's import count the task as there already.
it("does not take somebody else's task for one that is there already", async () => {
  const contested = task('5f1a8e0c-6d0b-5a51-9c1e-2f7f3b9d4e03', 'contested');
  await app.services.tasks.addMissing(actorOf('bob'), [contested]);
  const free = task('5f1a8e0c-6d0b-5a51-9c1e-2f7f3b9d4e04', 'free');
  await expect(app.services.tasks.addMissing(actorOf('ann'), [free, contested])).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await expect(app.services.tasks.get(actorOf('ann'), free.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
