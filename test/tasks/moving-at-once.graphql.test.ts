import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { MAXIMUM_RANK, ranksBetween } from '../../src/tasks/task.rank.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

let app: TestApp;
let database: Client;
let user: string;
let own: Asking;
/** of tasks in the order of their creation, which is the user's own until one is moved */
let ids: string[];

beforeAll(async () => {
  app = await startTestApp();
  database = new Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});
beforeEach(async () => {
  user = newUser();
  own = asking(app, user);
  ids = await storeTasks(
    app.databaseUrl,
    user,
    'abcdef'.split('').map((title) => ({ title })),
  );
});

const BY_POSITION = { first: 100, orderBy: [{ field: 'POSITION', direction: 'ASC' }] };
const id = (title: string) => ids[title.charCodeAt(0) - 'a'.charCodeAt(0)]!;

/** Titles in the user's own order, which is that of the positions that are shown. */
async function order(): Promise<string> {
  const { nodes } = await own.ask('tasks', BY_POSITION);
  const positions = nodes.map(({ position }: { position: string }) => position);
  expect(positions).toEqual(positions.toSorted());
  expect(new Set(positions).size).toBe(positions.length);
  return nodes.map(({ title }: { title: string }) => title).join('');
}

const move = (title: string, place: Record<string, unknown>) => own.ask('moveTask', { id: id(title), ...place });

describe('moves to one place', () => {
  it('twenty at once leave every task once, each at a place of its own', async () => {
    const more = await storeTasks(
      app.databaseUrl,
      user,
      Array.from({ length: 20 }, (_, i) => ({ title: `${i % 10}` })),
    );
    await Promise.all(more.map((one) => own.ask('moveTask', { id: one, after: id('a') })));
    const titles = await order();
    expect(titles).toHaveLength(26);
    expect(titles[0]).toBe('a');
    expect(titles.slice(-5)).toBe('bcdef');
  });

  it('at once before and after the same task leave it between them', async () => {
    const others = ['a', 'b', 'd', 'e', 'f'];
    await Promise.all(others.map((title, i) => move(title, i % 2 === 0 ? { before: id('c') } : { after: id('c') })));
    const titles = await order();
    expect([...titles.slice(0, 3)].sort().join('')).toBe('adf');
    expect(titles[3]).toBe('c');
    expect([...titles.slice(4)].sort().join('')).toBe('be');
  });

  it('hundreds of times, each between the last two, never want for room', async () => {
    let [low, high] = ['a', 'b'];
    for (let turn = 0; turn < 300; turn++) {
      const [moved] = 'cdef'.split('').filter((title) => title !== low && title !== high);
      await move(moved!, { after: id(low), before: id(high) });
      [low, high] = turn % 2 === 0 ? [moved!, high] : [low, moved!];
    }
    expect(await order()).toHaveLength(6);
  });

  it('where no short rank is left ranks neighbours anew and keeps their order', async () => {
    await crowd(40, 250);
    const before = await order();
    const crowded = before.length;
    await move('f', { after: id('a') });
    expect(await order()).toBe(before.replace('f', '').replace('a', 'af'));
    const { rows } = await database.query(
      'select max(length(rank))::int as longest, count(*)::int as count from tasks where user_id = $1',
      [user],
    );
    expect(rows).toEqual([{ longest: expect.any(Number), count: crowded }]);
    const [moved] = (await database.query('select rank from tasks where id = $1', [id('f')])).rows;
    expect(moved.rank.length).toBeLessThanOrEqual(64);
  });

  it('where hundreds of neighbours have long ranks looks as far as it takes', async () => {
    const between = await crowd(300, 250);
    await own.ask('moveTask', { id: id('f'), after: between[150] });
    const { nodes } = await own.ask('tasks', { ...BY_POSITION, first: 100 });
    expect(nodes).toHaveLength(100);
    const { rows } = await database.query(
      'select id from tasks where user_id = $1 order by task_rank(rank, created_at, id) collate "C"',
      [user],
    );
    const places = rows.map((row) => row.id);
    expect(places.indexOf(id('f'))).toBe(places.indexOf(between[150]) + 1);
    expect(places.filter((one) => between.includes(one))).toEqual(between);
    expect(places[0]).toBe(id('a'));
  });

  it('where room must be made twenty at once lose nothing', async () => {
    const between = await crowd(30, 254);
    await Promise.all(between.slice(0, 20).map((one) => own.ask('moveTask', { id: one, after: id('a') })));
    const titles = await order();
    expect(titles).toHaveLength(36);
    expect(titles[0]).toBe('a');
    expect(titles.slice(-5)).toBe('bcdef');
  });

  /** Tasks between the first and the second with ranks so long that there is hardly room between them. */
  async function crowd(count: number, length: number): Promise<string[]> {
    const low = (await own.ask('task', { id: id('a') })).position;
    const prefix = `${low}${'V'.repeat(length - low.length - 3)}`;
    const ranks = ranksBetween(prefix, `${prefix}V`, count).map((rank) => rank.slice(0, MAXIMUM_RANK));
    expect(Math.max(...ranks.map((rank) => rank.length))).toBeGreaterThan(240);
    return storeTasks(
      app.databaseUrl,
      user,
      ranks.map((rank) => ({ title: 'x', rank })),
    );
  }
});

describe('moves in batches of commands', () => {
  const command = (title: string, place: object) => ({ id: randomUUID(), move: { id: id(title), ...place } });

  it('are applied in order, each once', async () => {
    const commands = [command('f', { before: id('a') }), command('e', { after: id('f') })];
    const first = await own.ask('applyCommands', { commands });
    expect(first.results).toMatchObject([{ status: 'APPLIED', task: { title: 'f' } }, { status: 'APPLIED' }]);
    expect(await order()).toBe('feabcd');
    await move('f', { after: id('d') });
    const again = await own.ask('applyCommands', { commands });
    expect(again.results).toMatchObject([
      { status: 'REPLAYED', task: { title: 'f', version: 3 } },
      { status: 'REPLAYED' },
    ]);
    expect(await order()).toBe('eabcdf');
  });

  it('name tasks that an earlier command of the batch has made', async () => {
    const made = randomUUID();
    const commands = [
      { id: randomUUID(), create: { id: made, title: 'g' } },
      { id: randomUUID(), move: { id: made, before: id('a') } },
      { id: randomUUID(), move: { id: id('f'), after: made } },
    ];
    const { results } = await own.ask('applyCommands', { commands });
    expect(results.map(({ status }: { status: string }) => status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(await order()).toBe('gfabcde');
  });

  it('fail one by one with the field that is wrong', async () => {
    const [foreign] = await storeTasks(app.databaseUrl, newUser(), [{}]);
    const commands = [
      command('a', { before: id('a') }),
      command('a', {}),
      command('a', { before: foreign }),
      { id: randomUUID(), move: { id: foreign, before: id('a') } },
      { id: randomUUID(), move: { id: randomUUID(), before: id('a') } },
      command('f', { before: id('a') }),
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
    expect(await order()).toBe('fabcde');
  });

  it('are taken back with an atomic batch', async () => {
    const commands = [command('f', { before: id('a') }), command('a', { before: randomUUID() })];
    const { results } = await own.ask('applyCommands', { commands, atomic: true });
    expect(results.map(({ status }: { status: string }) => status)).toEqual(['NOT_APPLIED', 'FAILED']);
    expect(await order()).toBe('abcdef');
  });

  it('beside single moves lose nothing', async () => {
    const places = ids.map((_one, i) => ids[(i + 3) % ids.length]!);
    const batches = Array.from({ length: 6 }, (_, turn) =>
      own.ask('applyCommands', {
        commands: ids.map((one, i) => ({
          id: randomUUID(),
          move: { id: one, [turn % 2 === 0 ? 'before' : 'after']: places[i] },
        })),
      }),
    );
    const singles = Array.from({ length: 12 }, (_, turn) =>
      own.ask('moveTask', { id: ids[turn % 6], [turn % 2 === 0 ? 'after' : 'before']: places[turn % 6] }),
    );
    const [answers] = await Promise.all([Promise.all(batches), Promise.all(singles)]);
    const statuses = answers.flatMap(({ results }) => results.map(({ status }: { status: string }) => status));
    expect(new Set(statuses)).toEqual(new Set(['APPLIED']));
    expect([...(await order())].sort().join('')).toBe('abcdef');
  });
});
