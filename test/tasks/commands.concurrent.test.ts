import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { AppError } from '../../src/core/errors.ts';
import { Retries } from '../../src/db/retries.ts';
import { RetryBudget } from '../../src/db/retry-budget.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';
import { applying, creation, deletion, type SentCommand, statusesOf, toggle, update } from './support/commands.ts';

/** What comes together with batches: other batches, single writes, the end of the account. */

let services: TestServices;
let actor: Actor;
let apply: ReturnType<typeof applying>;
/** how often something was tried again, since PostgreSQL had ended it for a deadlock */
let repetitions: number;
let ids: string[];

beforeAll(async () => {
  const budget = new RetryBudget({ share: 0, maximum: 1000 });
  const wait = async () => {
    repetitions += 1;
  };
  services = await startTestServices({}, { retries: new Retries({ budget, random: Math.random, wait }) });
});
afterAll(() => services.close());

beforeEach(async () => {
  repetitions = 0;
  actor = await services.actor();
  apply = applying(services, actor);
  const created = await apply(...Array.from({ length: 10 }, () => creation({ title: 't' })));
  ids = created.map(({ task }) => task!.id);
});

const times = <Result>(count: number, make: (index: number) => Result) =>
  Array.from({ length: count }, (_, i) => make(i));

async function appliedCommands(user: Actor): Promise<number> {
  const rows = await services.database.owner<{ count: number }>(
    'select count(*)::int as count from applied_commands where user_id = $1',
    [user.userId],
  );
  return rows[0]!.count;
}

describe('the same batch twenty times at once', () => {
  const commands = () => [...times(5, () => creation()), ...ids.map((id) => toggle(id))];

  it('is applied by one and replayed by the others', async () => {
    const batch = commands();
    const answers = await Promise.all(times(20, () => apply(...batch)));
    const statuses = answers.map((results) => new Set(statusesOf(results)));
    expect(statuses.filter((set) => set.has('APPLIED'))).toEqual([new Set(['APPLIED'])]);
    expect(statuses.filter((set) => set.has('REPLAYED'))).toHaveLength(19);
    expect(await services.tasks.stats(actor)).toEqual({ total: 15, completed: 10, open: 5 });
  });

  it('in another order each time applies every command once', async () => {
    const batch = commands();
    const answers = await Promise.all(
      times(20, (turn) => apply(...batch.slice(turn % batch.length), ...batch.slice(0, turn % batch.length))),
    );
    const applied = answers.flat().filter(({ status }) => status === 'APPLIED');
    expect(applied.map(({ id }) => id).sort()).toEqual(batch.map(({ id }) => id).sort());
    expect(await services.tasks.stats(actor)).toEqual({ total: 15, completed: 10, open: 5 });
  });
});

describe('batches of one user at once', () => {
  it('lose no write, whatever the order in which they name tasks', async () => {
    const batches = times(12, (turn) => (turn % 2 === 0 ? ids : ids.toReversed()).map((id) => toggle(id)));
    const answers = await Promise.all(batches.map((batch) => apply(...batch)));
    expect(new Set(statusesOf(answers.flat()))).toEqual(new Set(['APPLIED']));
    const tasks = await services.tasks.getMany(actor, ids);
    expect(tasks.map((task) => (task instanceof Error ? task : task.version))).toEqual(ids.map(() => 13));
    expect(repetitions).toBe(0);
  });

  it('let one of them change the version that all know', async () => {
    const answers = await Promise.all(times(10, (turn) => apply(update(ids[0]!, { title: `${turn}` }, 1))));
    expect(statusesOf(answers.flat()).sort()).toEqual(['APPLIED', ...times(9, () => 'FAILED')]);
    for (const { task } of answers.flat()) expect(task!.version).toBe(2);
  });

  it('of which some are atomic and fail leave what the others did', async () => {
    const stale = () => [...ids.map((id) => toggle(id)), update(ids[0]!, { title: 'x' }, 99)];
    const [failed, applied] = await Promise.all([
      Promise.all(times(5, () => services.tasks.applyCommands(actor, { commands: stale(), atomic: true }))),
      Promise.all(times(5, () => apply(...ids.map((id) => toggle(id))))),
    ]);
    expect(failed.map((results) => statusesOf(results).at(-1))).toEqual(times(5, () => 'FAILED'));
    expect(new Set(statusesOf(applied.flat()))).toEqual(new Set(['APPLIED']));
    expect(await services.tasks.stats(actor)).toMatchObject({ completed: 10 });
  });
});

describe('batches beside single writes', () => {
  it('lose nothing and are refused nothing', async () => {
    const key = () => ({ key: { value: randomUUID(), name: 'key' } });
    const singles = times(20, (turn) => {
      const id = ids[turn % ids.length]!;
      if (turn % 4 === 0) return services.tasks.toggle(actor, id, key());
      if (turn % 4 === 1) return services.tasks.update(actor, id, { description: `${turn}` });
      if (turn % 4 === 2) return services.tasks.create(actor, { title: 't' }, key());
      return services.tasks.toggle(actor, id);
    });
    const batches = times(6, (turn) => {
      const order = turn % 2 === 0 ? ids : ids.toReversed();
      return apply(creation({ title: 't' }), ...order.map((id) => toggle(id)), ...order.map((id) => toggle(id)));
    });
    const [, answers] = await Promise.all([Promise.all(singles), Promise.all(batches)]);
    expect(new Set(statusesOf(answers.flat()))).toEqual(new Set(['APPLIED']));
    const versions = (await services.tasks.getMany(actor, ids)).map((task) =>
      task instanceof Error ? 0 : task.version,
    );
    // Of the single writes fifteen are changes, and of each batch twenty.
    expect(versions.reduce((sum, version) => sum + version, 0)).toBe(10 + 15 + 6 * 20);
    expect((await services.tasks.stats(actor)).total).toBe(10 + 5 + 6);
    expect(repetitions).toBe(0);
  });

  it('beside an import make each task once', async () => {
    const tasks = times(300, () => ({ id: randomUUID(), title: 'i', description: null, completed: false }));
    const commands = tasks.slice(100, 200).map(({ id }) => creation({ id, title: 'i' }));
    await Promise.all([
      services.tasks.addMissing(actor, tasks),
      apply(...commands),
      apply(...ids.map((id) => toggle(id))),
    ]);
    expect(await services.tasks.stats(actor)).toMatchObject({ total: 310, completed: 10 });
  });

  it('of two users who want the same new ids in another order give each to one of them', async () => {
    const others = [actor, await services.actor()];
    const wanted = times(3, () => randomUUID());
    const answers = await Promise.all(
      others.map((user, turn) => {
        const order = turn === 0 ? wanted : wanted.toReversed();
        const batch = order.map((id) => creation({ id, title: user.userId }));
        // Such two may end in a deadlock again and again; then the device is told to come back.
        const send = (): ReturnType<typeof apply> =>
          applying(
            services,
            user,
          )(...batch).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
            return send();
          });
        return send();
      }),
    );
    expect(statusesOf(answers.flat()).filter((status) => status === 'APPLIED')).toHaveLength(wanted.length);
    for (const { error } of answers.flat()) if (error) expect([error.code, error.details]).toEqual(['CONFLICT', {}]);
  });
});

describe('the end of an account', () => {
  it('takes the applied commands with it', async () => {
    expect(await appliedCommands(actor)).toBe(10);
    await services.users.deleteAccount(actor, actor.userId);
    expect(await appliedCommands(actor)).toBe(0);
  });

  it('while batches come leaves no task and no command behind', async () => {
    const batches: SentCommand[][] = times(8, (turn) => [
      ...(turn % 2 === 0 ? [creation()] : []),
      // A change that changes nothing writes no row that would wait for the account's.
      ...ids.map((id) => (turn % 3 === 0 ? update(id, {}) : toggle(id))),
      deletion(ids[turn]!),
    ]);
    const outcomes = await Promise.all([
      services.users.deleteAccount(actor, actor.userId),
      ...batches.map((batch) => apply(...batch).catch((error: unknown) => error)),
    ]);
    for (const outcome of outcomes.filter((one) => one instanceof AppError)) {
      expect(outcome).toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(outcomes.filter((one) => one instanceof Error && !(one instanceof AppError))).toEqual([]);
    expect(await appliedCommands(actor)).toBe(0);
    const rows = await services.database.owner('select id from tasks where user_id = $1', [actor.userId]);
    expect(rows).toEqual([]);
    expect(repetitions).toBe(0);
  });
});
