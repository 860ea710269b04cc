import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MAXIMUM_RANK, ranksBetween } from '../../src/tasks/task.rank.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { BY_POSITION, type Moving, movingOf } from './support/moving.ts';

let app: TestApp;
let own: Moving;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  own = await movingOf(app);
});

describe('moves to one place', () => {
  it('twenty at once leave every task once, each at a place of its own', async () => {
    const more = await own.stored(Array.from({ length: 20 }, (_, i) => ({ title: `${i % 10}` })));
    await Promise.all(more.map((one) => own.ask('moveTask', { id: one, after: own.id('a') })));
    const titles = await own.order();
    expect(titles).toHaveLength(26);
    expect(titles[0]).toBe('a');
    expect(titles.slice(-5)).toBe('bcdef');
  });

  it('at once before and after the same task leave it between them', async () => {
    const others = ['a', 'b', 'd', 'e', 'f'];
    await Promise.all(
      others.map((title, i) => own.move(title, i % 2 === 0 ? { before: own.id('c') } : { after: own.id('c') })),
    );
    const titles = await own.order();
    expect([...titles.slice(0, 3)].sort().join('')).toBe('adf');
    expect(titles[3]).toBe('c');
    expect([...titles.slice(4)].sort().join('')).toBe('be');
  });

  it('hundreds of times, each between the last two, never want for room', async () => {
    let [low, high] = ['a', 'b'];
    for (let turn = 0; turn < 300; turn++) {
      const [moved] = 'cdef'.split('').filter((title) => title !== low && title !== high);
      await own.move(moved!, { after: own.id(low), before: own.id(high) });
      [low, high] = turn % 2 === 0 ? [moved!, high] : [low, moved!];
    }
    expect(await own.order()).toHaveLength(6);
  });

  it('where no short rank is left ranks neighbours anew and keeps their order', async () => {
    await crowd(40, 250);
    const before = await own.order();
    const crowded = before.length;
    await own.move('f', { after: own.id('a') });
    expect(await own.order()).toBe(before.replace('f', '').replace('a', 'af'));
    const rows = await app.owner(
      'select max(length(rank))::int as longest, count(*)::int as count from tasks where user_id = $1',
      [own.user],
    );
    expect(rows).toEqual([{ longest: expect.any(Number), count: crowded }]);
    const [moved] = await app.owner('select rank from tasks where id = $1', [own.id('f')]);
    expect(moved.rank.length).toBeLessThanOrEqual(64);
  });

  it('where hundreds of neighbours have long ranks looks as far as it takes', async () => {
    const between = await crowd(300, 250);
    await own.ask('moveTask', { id: own.id('f'), after: between[150] });
    const { nodes } = await own.ask('tasks', { ...BY_POSITION, first: 100 });
    expect(nodes).toHaveLength(100);
    const rows = await app.owner(
      'select id from tasks where user_id = $1 order by task_rank(rank, created_at, id) collate "C"',
      [own.user],
    );
    const places = rows.map((row) => row.id);
    expect(places.indexOf(own.id('f'))).toBe(places.indexOf(between[150]) + 1);
    expect(places.filter((one) => between.includes(one))).toEqual(between);
    expect(places[0]).toBe(own.id('a'));
  });

  it('where room must be made twenty at once lose nothing', async () => {
    const between = await crowd(30, 254);
    await Promise.all(between.slice(0, 20).map((one) => own.ask('moveTask', { id: one, after: own.id('a') })));
    const titles = await own.order();
    expect(titles).toHaveLength(36);
    expect(titles[0]).toBe('a');
    expect(titles.slice(-5)).toBe('bcdef');
  });

  /** Tasks between the first and the second with ranks so long that there is hardly room between them. */
  async function crowd(count: number, length: number): Promise<string[]> {
    const low = (await own.ask('task', { id: own.id('a') })).position;
    const prefix = `${low}${'V'.repeat(length - low.length - 3)}`;
    const ranks = ranksBetween(prefix, `${prefix}V`, count).map((rank) => rank.slice(0, MAXIMUM_RANK));
    expect(Math.max(...ranks.map((rank) => rank.length))).toBeGreaterThan(240);
    return own.stored(ranks.map((rank) => ({ title: 'x', rank })));
  }
});

describe('moves in batches of commands', () => {
  const command = (title: string, place: object) => ({ id: randomUUID(), move: { id: own.id(title), ...place } });

  it('are applied in order, each once', async () => {
    const commands = [command('f', { before: own.id('a') }), command('e', { after: own.id('f') })];
    const first = await own.ask('applyCommands', { commands });
    expect(first.results).toMatchObject([{ status: 'APPLIED', task: { title: 'f' } }, { status: 'APPLIED' }]);
    expect(await own.order()).toBe('feabcd');
    await own.move('f', { after: own.id('d') });
    const again = await own.ask('applyCommands', { commands });
    expect(again.results).toMatchObject([
      { status: 'REPLAYED', task: { title: 'f', version: 3 } },
      { status: 'REPLAYED' },
    ]);
    expect(await own.order()).toBe('eabcdf');
  });

  it('name tasks that an earlier command of the batch has made', async () => {
    const made = randomUUID();
    const commands = [
      { id: randomUUID(), create: { id: made, title: 'g' } },
      { id: randomUUID(), move: { id: made, before: own.id('a') } },
      { id: randomUUID(), move: { id: own.id('f'), after: made } },
    ];
    const { results } = await own.ask('applyCommands', { commands });
    expect(results.map(({ status }: { status: string }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(await own.order()).toBe('gfabcde');
  });

  it('fail one by one with the field that is wrong', async () => {
    const [foreign] = await storeTasks(app.databaseUrl, newUser(), [{}]);
    const commands = [
      command('a', { before: own.id('a') }),
      command('a', {}),
      command('a', { before: foreign }),
      { id: randomUUID(), move: { id: foreign, before: own.id('a') } },
      { id: randomUUID(), move: { id: randomUUID(), before: own.id('a') } },
      command('f', { before: own.id('a') }),
    ];
    const { results } = await own.ask('applyCommands', { commands });
    const told = results.map(({ status, error }: { status: string; error: { code: string; fields: object[] } }) => [
      status,
      error?.code,
      ...(error?.fields.map((fault) => (fault as { field: string }).field) ?? []),
    ]);
    expect(told).toEqual([
      ['FAILED', 'BAD_USER_INPUT', 'move.before'],
      ['FAILED', 'BAD_USER_INPUT', 'move.before'],
      ['FAILED', 'BAD_USER_INPUT', 'move.before'],
      ['FAILED', 'FORBIDDEN'],
      ['FAILED', 'NOT_FOUND'],
      ['APPLIED', undefined],
    ]);
    expect(await own.order()).toBe('fabcde');
  });

  it('are taken back with an atomic batch', async () => {
    const commands = [command('f', { before: own.id('a') }), command('a', { before: randomUUID() })];
    const { results } = await own.ask('applyCommands', { commands, atomic: true });
    expect(results.map(({ status }: { status: string }) => status)).toEqual(['NOT_APPLIED', 'FAILED']);
    expect(await own.order()).toBe('abcdef');
  });

  it('beside single moves lose nothing', async () => {
    const places = own.ids.map((_one, i) => own.ids[(i + 3) % own.ids.length]!);
    const batches = Array.from({ length: 6 }, (_, turn) =>
      own.ask('applyCommands', {
        commands: own.ids.map((one, i) => ({
          id: randomUUID(),
          move: { id: one, [turn % 2 === 0 ? 'before' : 'after']: places[i] },
        })),
      }),
    );
    const singles = Array.from({ length: 12 }, (_, turn) =>
      own.ask('moveTask', { id: own.ids[turn % 6], [turn % 2 === 0 ? 'after' : 'before']: places[turn % 6] }),
    );
    const [answers] = await Promise.all([Promise.all(batches), Promise.all(singles)]);
    const statuses = answers.flatMap(({ results }) => results.map(({ status }: { status: string }) => status));
    expect(new Set(statuses)).toEqual(new Set(['APPLIED']));
    expect([...(await own.order())].sort().join('')).toBe('abcdef');
  });
});
