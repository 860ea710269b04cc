import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { AppError } from '../../src/core/errors.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

/** A request, under a key or none; `task` is one of two. */
const request = fc.record({
  operation: fc.constantFrom('create' as const, 'update' as const, 'toggle' as const),
  task: fc.constantFrom(0, 1),
  key: fc.constantFrom(undefined, 'a', 'b', 'c'),
});
type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

const nameOf = ({ operation, task }: Request) => (operation === 'create' ? operation : `${operation} ${task}`);

function send(actor: Actor, ids: readonly string[], { operation, task, key: value }: Request) {
  const key = value === undefined ? undefined : { value, name: 'key' };
  if (operation === 'create') return services.tasks.create(actor, { title: 'New' }, { key });
  if (operation === 'toggle') return services.tasks.toggle(actor, ids[task]!, { key });
  return services.tasks.update(actor, ids[task]!, { description: key ? 'With a key' : null }, { key });
}

/** Each key with the requests that were answered under it and with what. */
function answersByKey(requests: readonly Request[], outcomes: readonly unknown[]) {
  const keys = new Map<string, Map<string, unknown[]>>();
  for (const [index, made] of requests.entries()) {
    const outcome = outcomes[index];
    if (made.key === undefined || outcome instanceof AppError) continue;
    const answered = keys.get(made.key) ?? new Map<string, unknown[]>();
    answered.set(nameOf(made), [...(answered.get(nameOf(made)) ?? []), outcome]);
    keys.set(made.key, answered);
  }
  return keys;
}

it('carries out each key once, whatever comes together and however often', async () => {
  const together = fc.array(request, { minLength: 2, maxLength: 16, size: 'max' });
  const property = fc.asyncProperty(fc.array(together, { minLength: 1, maxLength: 3 }), async (rounds) => {
    const actor = await services.actor();
    const tasks = [
      await services.tasks.create(actor, { title: 'A' }),
      await services.tasks.create(actor, { title: 'B' }),
    ];
    const ids = tasks.map(({ id }) => id);
    const outcomes: unknown[] = [];
    for (const round of rounds) {
      const sent = round.map((one) => send(actor, ids, one).catch((error: unknown) => error));
      outcomes.push(...(await Promise.all(sent)));
    }
    const requests = rounds.flat();

    const carriedOut = requests.filter(({ key }) => key === undefined).map(nameOf);
    const keys = answersByKey(requests, outcomes);
    expect([...keys.keys()].sort()).toEqual([...new Set(requests.flatMap(({ key }) => key ?? []))].sort());
    for (const [, answered] of keys) {
      const [[winner, answers] = ['', []], ...others] = answered;
      expect(others).toEqual([]);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      carriedOut.push(winner);
    }
    for (const outcome of outcomes) {
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'CONFLICT', details: {} });
    }

    const { total } = await services.tasks.stats(actor);
    expect(total).toBe(2 + carriedOut.filter((name) => name === 'create').length);
    for (const [index, id] of ids.entries()) {
      const toggles = carriedOut.filter((name) => name === `toggle ${index}`).length;
      expect((await services.tasks.get(actor, id)).completed).toBe(toggles % 2 === 1);
    }
  });
  await fc.assert(property, { numRuns: 40 });
}, 180_000);
