import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultRank,
  isRank,
  MAXIMUM_RANK,
  type Rank,
  rankBetween,
  ranksBetween,
  respread,
} from '../../src/tasks/task.rank.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

const ids = fc.uuid();
const moments = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });

function isSorted(ranks: readonly Rank[]): boolean {
  return ranks.every((rank, index) => index === 0 || (ranks[index - 1] ?? '') < rank);
}

/** Puts a rank before `place`, and answers how many others were written for that. */
function insert(ranks: Rank[], place: number): number {
  const rank = rankBetween(ranks[place - 1] ?? null, ranks[place] ?? null);
  if (rank !== undefined) {
    ranks.splice(place, 0, rank);
    return 0;
  }
  const spread = respread([null, ...ranks, null], place + 1);
  if (!spread) throw new Error('The whole list must always be enough');
  ranks.splice(spread.start - 1, spread.ranks.length - 1, ...spread.ranks);
  return spread.ranks.length - 1;
}

describe('the rank of a task that was never moved', () => {
  it('is made of its creation and its id', () => {
    expect(defaultRank(Date.UTC(2026, 0, 1), '0198C0DE-0000-7000-8000-00000000000F')).toBe(
      'l019b76daa8000198c0de00007000800000000000000f1',
    );
  });

  it('is a rank, in the order of creation and then of ids', () => {
    fc.assert(
      fc.property(moments, moments, ids, ids, (first, second, id, other) => {
        const [rank, next] = [defaultRank(first, id), defaultRank(second, other)];
        expect([isRank(rank), isRank(next)]).toEqual([true, true]);
        if (first !== second) expect(rank < next).toBe(first < second);
        expect(defaultRank(first, id) < defaultRank(first, other)).toBe(id < other);
      }),
    );
  });

  it('is that of the start of time when it was created before', () => {
    expect(defaultRank(-1, 'a')).toBe('l000000000000a1');
  });
});

describe('a rank', () => {
  it.each(['a0', 'Zz', 'a0V', 'b00', 'zzzzzzzzzzzzzzzzzzzzzzzzzzz', `a0${'1'.repeat(254)}`])('may be %s', (text) => {
    expect(isRank(text)).toBe(true);
  });

  it.each(['', 'a', 'a00', 'a0V0', '0', '1', 'b0', 'a!', 'a-', 'a0é', 'a0 ', ' a0', 'a0\n', `A${'0'.repeat(26)}`])(
    'may not be %j',
    (text) => {
      expect(isRank(text)).toBe(false);
    },
  );

  it('may not have more than 256 characters', () => {
    for (const length of [255, 10_000_000]) expect(isRank(`a0${'1'.repeat(length)}`)).toBe(false);
  });

  it('is told from arbitrary text without an error, and can be moved to and from', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z][0-9A-Za-z]{1,30}$/)), (text) => {
        fc.pre(isRank(text));
        const [low, high] = [rankBetween(null, text) ?? '', rankBetween(text, null) ?? ''];
        expect(isSorted([low, text, high])).toBe(true);
      }),
    );
  });
});

describe('a rank between two', () => {
  it('of which both are ends is in the middle of everything', () => {
    expect(rankBetween(null, null)).toBe('a0');
  });

  it('is none for neighbours that are equal, and refused for those in the wrong order', () => {
    expect(rankBetween('a1', 'a1')).toBeUndefined();
    expect(() => rankBetween('a1', 'a0')).toThrow('Rank a1 is not before a0');
    expect(() => rankBetween('', 'a0')).toThrow();
  });

  it('is none when it would be longer than a rank may be', () => {
    const [low, high] = [`a0${'0'.repeat(253)}1`, `a0${'0'.repeat(253)}2`];
    expect([isRank(low), isRank(high), low.length]).toEqual([true, true, MAXIMUM_RANK]);
    expect(rankBetween(low, high)).toBeUndefined();
  });

  it('is between tasks that were never moved, even of the same moment', () => {
    fc.assert(
      fc.property(moments, moments, ids, ids, (first, second, id, other) => {
        const [low = '', high = ''] = [defaultRank(first, id), defaultRank(second, other)].sort();
        fc.pre(low !== high);
        const between = rankBetween(low, high) ?? '';
        expect(isSorted([low, between, high])).toBe(true);
        expect(isRank(between)).toBe(true);
      }),
    );
  });

  it('comes in any number, in order and short', () => {
    fc.assert(
      fc.property(moments, moments, ids, fc.integer({ min: 0, max: 500 }), (first, second, id, count) => {
        const [low = '', high = ''] = [defaultRank(first, id), defaultRank(second, id)].sort();
        fc.pre(low !== high);
        const bounds: [Rank | null, Rank | null][] = [
          [low, high],
          [null, high],
          [low, null],
          [null, null],
        ];
        for (const [lower, upper] of bounds) {
          const ranks = ranksBetween(lower, upper, count);
          expect(ranks).toHaveLength(count);
          expect(isSorted([lower ?? '', ...ranks, upper ?? '~'])).toBe(true);
          expect(ranks.every((rank) => isRank(rank) && rank.length <= low.length + 3)).toBe(true);
        }
      }),
    );
  });
});

describe('the order of a list', () => {
  it('is kept by any sequence of moves', () => {
    const moves = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 200 });
    fc.assert(
      fc.property(fc.uniqueArray(ids, { minLength: 1, maxLength: 20 }), moves, (names, sequence) => {
        const tasks = names.map((id, index) => ({ id, rank: defaultRank(index, id) }));
        for (const [from, to] of sequence) {
          const [task] = tasks.splice(from % tasks.length, 1);
          if (!task) continue;
          const place = to % (tasks.length + 1);
          const rank = rankBetween(tasks[place - 1]?.rank ?? null, tasks[place]?.rank ?? null);
          if (rank === undefined) throw new Error('Two hundred moves must never be too many');
          tasks.splice(place, 0, { id: task.id, rank });
        }
        expect(isSorted(tasks.map(({ rank }) => rank))).toBe(true);
      }),
    );
  });

  it.each<[string, (index: number, length: number) => number]>([
    ['right after the same task', () => 5],
    ['right before the same task', (_index, length) => length - 5],
    ['alternately before and after the last one', (index) => 5 + Math.floor(index / 2)],
    ['at the start', () => 0],
    ['at the end', (_index, length) => length],
  ])('is kept with 30,000 moves %s, and few others are written for that', (_title, placeOf) => {
    const ranks = Array.from({ length: 10 }, (_, index) => defaultRank(index, `${index}`.padStart(32, '0')));
    const written = Array.from({ length: 30_000 }, (_, index) => insert(ranks, placeOf(index, ranks.length)));
    expect(isSorted(ranks)).toBe(true);
    expect(ranks).toHaveLength(30_010);
    expect(Math.max(...ranks.map((rank) => rank.length))).toBeLessThanOrEqual(MAXIMUM_RANK);
    expect(Math.max(...written)).toBeLessThanOrEqual(4096);
    expect(written.reduce((sum, rows) => sum + rows) / written.length).toBeLessThan(3);
  });

  it('needs more neighbours where those that are given leave no room', () => {
    const digits = (count: number) => `a0${'0'.repeat(count)}`;
    const around = [`${digits(253)}1`, `${digits(253)}2`, `${digits(253)}3`, `${digits(253)}4`];
    expect(respread(around, 2)).toBeUndefined();
    expect(respread([null, ...around, null], 3)).toEqual({ start: 1, ranks: ['a0', 'a1', 'a2', 'a3', 'a4'] });
    expect(respread(['a0', ...around, 'a1'], 3)?.start).toBe(1);
  });
});

describe('ranks in PostgreSQL', () => {
  let database: OpenTestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const near = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) });
  const tasks = fc.uniqueArray(fc.record({ id: ids, createdAt: fc.oneof(moments, near) }), {
    minLength: 1,
    maxLength: 200,
    selector: ({ id }) => id,
  });

  it('SQL ranks tasks that were never moved as the server does, and sorts them alike', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, async (created) => {
        const rows = await database.owner<{ id: string; rank: string }>(
          `select id, rank from unnest($1::uuid[], $2::timestamptz[]) as tasks (id, created_at),
          task_rank(null, created_at, id) as rank order by rank collate "C"`,
          [created.map(({ id }) => id), created.map(({ createdAt }) => new Date(createdAt).toISOString())],
        );
        const expected = created.map(({ id, createdAt }) => ({ id, rank: defaultRank(createdAt, id) }));
        expect(rows).toEqual(expected.sort((left, right) => (left.rank < right.rank ? -1 : 1)));
      }),
      { numRuns: 30 },
    );
  });

  it('SQL does so in every time zone of a session, and for moments finer than milliseconds', async () => {
    const id = '0198c0de-0000-7000-8000-00000000000f';
    for (const zone of ['UTC', 'America/Sao_Paulo', 'Asia/Kathmandu']) {
      const rows = await database.owner(
        `select task_rank(null, $1, $2) as rank from set_config('timezone', $3, false)`,
        ['2026-01-23T09:30:00.123999Z', id, zone],
      );
      expect(rows).toEqual([{ rank: defaultRank(Date.UTC(2026, 0, 23, 9, 30, 0, 123), id) }]);
    }
  });

  it('SQL keeps the rank of tasks that were moved, and sorts ranks as the server does', async () => {
    const ranks = ['Zz', 'a0', ...ranksBetween('a0', 'a1', 50), 'a1', 'aA', 'aa', defaultRank(0, 'f'), 'z'.repeat(27)];
    const rows = await database.owner<{ rank: string }>(
      `select rank from unnest($1::text[]) as moved, task_rank(moved, now(), gen_random_uuid()) as rank
      order by rank collate "C"`,
      [ranks.toReversed()],
    );
    expect(rows.map(({ rank }) => rank)).toEqual(ranks.toSorted());
  });

  it('SQL puts the expression in place of the call, and has it in indexes', async () => {
    await database.owner('create table ranked (rank text, created_at timestamptz(3), id uuid)');
    await database.owner('create index on ranked (task_rank(rank, created_at, id) collate "C")');
    const plan = await database.owner('explain (verbose) select task_rank(rank, created_at, id) from ranked');
    expect(JSON.stringify(plan)).toContain('Output: COALESCE(rank,');
  });
});
