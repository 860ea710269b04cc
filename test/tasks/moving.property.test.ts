import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { AppError } from '../../src/core/errors.ts';
import { positionOf } from '../../src/tasks/task.position.ts';
import { ranksBetween } from '../../src/tasks/task.rank.ts';
import { storeTasks } from '../support/factories.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

const place = fc.nat({ max: 99 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('before' as const), task: place, anchor: place }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('after' as const), task: place, anchor: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('between' as const), task: place, anchor: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('create' as const), task: place, anchor: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), task: place, anchor: place }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What a user's order is like at first: how many have ranks, and how long these are. */
const start = fc.record({
  ranked: fc.nat({ max: 40 }),
  unranked: fc.integer({ min: 1, max: 8 }),
  length: fc.constantFrom(0, 0, 60, 200, 240, 250),
});

it('tasks stand where the model has them, whatever is moved in which order, each once', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' });
  const property = fc.asyncProperty(start, steps, async ({ ranked, unranked, length }, sequence) => {
    const actor = await services.actor();
    const ranks = ranked === 0 ? [] : ranksBetween(`a0${'V'.repeat(length)}`, `a0${'V'.repeat(length)}W`, ranked);
    const stored = [...ranks.map((rank) => ({ rank })), ...Array.from({ length: unranked }, () => ({}))];
    const order = await storeTasks(services.database.url, actor.userId, stored);
    const gone: string[] = [];
    for (const one of sequence) {
      await perform(actor, order, gone, one);
      expect(await seen(actor)).toEqual(order);
    }
  });
  await fc.assert(property, { numRuns: 40 });
}, 360_000);

async function perform(actor: Actor, order: string[], gone: string[], { kind, task, anchor }: Step): Promise<void> {
  if (kind === 'create') {
    order.push((await services.tasks.create(actor, { title: 't' })).id);
    return;
  }
  // Some of those that are picked are deleted, and some are the task itself.
  const all = [...order, ...gone.slice(-1)];
  const [id, beside] = [all[task % all.length]!, all[anchor % all.length]!];
  if (kind === 'delete') {
    if (order.length < 2 || gone.includes(id)) return;
    await services.tasks.delete(actor, id);
    gone.push(...order.splice(order.indexOf(id), 1));
    return;
  }
  const others = order.filter((other) => other !== id);
  const at = others.indexOf(beside);
  const next = others[at + 1];
  const given = kind === 'between' ? { after: beside, before: next ?? null } : { [kind]: beside };
  const refused = gone.includes(id) ? 'NOT_FOUND' : at < 0 ? 'BAD_USER_INPUT' : undefined;
  const outcome = await services.tasks.move(actor, id, given).catch((error: unknown) => error);
  if (refused) {
    expect(outcome).toMatchObject({ code: refused });
    return;
  }
  if (outcome instanceof AppError || outcome instanceof Error) throw outcome;
  order.splice(0, order.length, ...others.toSpliced(kind === 'before' ? at : at + 1, 0, id));
}

async function seen(actor: Actor): Promise<string[]> {
  const orderBy = [{ field: 'position' as const, direction: 'asc' as const }];
  const { rows } = await services.tasks.connection(actor, { first: 100, orderBy });
  const positions = rows.map(positionOf);
  expect(positions).toEqual([...new Set(positions)].toSorted());
  for (const position of positions) expect(position.length).toBeLessThanOrEqual(256);
  return rows.map(({ id }) => id);
}
