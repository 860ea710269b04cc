import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';
import { type Device, isolated, type Wish, wish } from './support/command-model.ts';

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

/** What a device sends: some of the commands that it ever made, in any order, twice and again, and whether atomic. */
const sending = fc.record({
  user: fc.nat({ max: 1 }),
  picks: fc.array(fc.nat({ max: 29 }), { minLength: 1, maxLength: 8, size: 'max' }),
  atomic: fc.boolean(),
});

it('applies what the model applies, and answers it so, whatever is sent in which order and how often', async () => {
  const wishes = fc.array(wish, { minLength: 30, maxLength: 30 });
  const sendings = fc.array(sending, { minLength: 1, maxLength: 12, size: 'max' });
  const property = fc.asyncProperty(wishes, wishes, sendings, async (first, second, sent) => {
    const taskIds = Array.from({ length: 5 }, () => randomUUID());
    const actors = [await services.actor(), await services.actor()] as const;
    const devices = isolated(taskIds);
    const lists: readonly (readonly Wish[])[] = [first, second];
    for (const { user, picks, atomic } of sent) {
      const device = devices[user]!;
      const batch = picks.map((pick) => lists[user]![pick]!);
      const commands = device.commandsOf(batch);
      const expected = device.apply(batch, atomic);
      const results = await services.tasks.applyCommands(actors[user]!, { commands, atomic });
      expect(results.map(({ id }) => id)).toEqual(commands.map(({ id }) => id));
      expect(results.map(told)).toEqual(expected);
      for (const [index, actor] of actors.entries()) await expectTasks(actor, devices[index]!);
    }
  });
  await fc.assert(property, { numRuns: 60 });
}, 270_000);

type Result = Awaited<ReturnType<TestServices['tasks']['applyCommands']>>[number];

function told({ status, task, deletedTaskId, error }: Result) {
  return {
    status,
    task: task && { id: task.id, title: task.title, completed: task.completed, version: task.version },
    deleted: deletedTaskId,
    error: error && { code: error.code, version: error.details.version },
  };
}

async function expectTasks(actor: Actor, device: Device): Promise<void> {
  const { items } = await services.tasks.offsetPage(actor, { page: 1, limit: 100, orderBy: [] });
  const seen = items.map(({ id, title, completed, version }) => ({ id, title, completed, version }));
  const byId = (left: { id: string }, right: { id: string }) => (left.id < right.id ? -1 : 1);
  expect(seen.sort(byId)).toEqual(device.tasks().sort(byId));
}
