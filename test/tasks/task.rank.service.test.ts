import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultRank, ranksBetween } from '../../src/tasks/task.rank.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const moments = fc.oneof(
  fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
  fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) }),
);
const tasks = fc.uniqueArray(fc.record({ id: fc.uuid(), createdAt: moments }), {
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
    const rows = await database.owner(`select task_rank(null, $1, $2) as rank from set_config('timezone', $3, false)`, [
      '2026-01-23T09:30:00.123999Z',
      id,
      zone,
    ]);
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
