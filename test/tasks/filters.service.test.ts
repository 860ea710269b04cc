import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { Parameters } from '../../src/db/parameters.ts';
import { criteriaConditions } from '../../src/tasks/task.criteria.ts';
import type { TaskConnectionQuery, TaskFilter } from '../../src/tasks/task.list-inputs.ts';
import { TASK_PRIORITIES } from '../../src/tasks/task.ts';
import { type StoredTask, storeTasks } from '../support/factories.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

/** Filters of planned tasks, in any combination, against a look at each task. */

type Filter = TaskFilter;
type Known = StoredTask & { title: string };

let services: TestServices;
let actor: Actor;
let tags: string[];
let lists: string[];
let stored: Known[];

beforeAll(async () => {
  services = await startTestServices();
  actor = await services.actor();
  tags = [];
  lists = [];
  for (const name of ['a', 'b', 'c']) {
    tags.push((await services.labels.create(actor, 'tags', { name })).id);
    lists.push((await services.labels.create(actor, 'lists', { name })).id);
  }
  stored = Array.from({ length: 120 }, (_, index): Known => {
    const at = new Date(Date.UTC(2026, 2, 1, index)).toISOString();
    return {
      title: `Task ${String(index).padStart(3, '0')}`,
      completed: index % 4 === 0,
      priority: TASK_PRIORITIES[index % 5]!,
      ...(index % 3 === 0 ? { dueDate: at.slice(0, 10) } : index % 3 === 1 ? { dueAt: at } : {}),
      recurrence: index % 6 === 0 ? 'FREQ=DAILY' : null,
      tagIds: tags.filter((_tag, place) => (index >> place) % 2 === 0),
      listId: index % 4 === 3 ? null : lists[index % 4]!,
    };
  });
  const ids = await storeTasks(services.database.url, actor.userId, stored);
  const parts = Array.from(
    { length: 10 },
    (_, index): Known => ({ title: `Part ${index}`, parentId: ids[index % 2]! }),
  );
  await storeTasks(services.database.url, actor.userId, parts);
  stored.push(...parts);
});
afterAll(() => services.close());

const same = <Value>(wanted: Value | undefined, holds: (value: Value) => boolean) =>
  wanted === undefined || holds(wanted);

/** What a filter means. */
function matches(task: Known, filter: Filter): boolean {
  const { tagIds = [], listId = null, parentId = null, dueDate = null, dueAt = null, priority = 'NONE' } = task;
  return (
    same(filter.completed ?? undefined, (wanted) => (task.completed ?? false) === wanted) &&
    same(filter.priorityIn ?? undefined, (wanted) => wanted.includes(priority)) &&
    same(filter.hasDue ?? undefined, (wanted) => ((dueDate ?? dueAt) !== null) === wanted) &&
    same(filter.isRecurring ?? undefined, (wanted) => ((task.recurrence ?? null) !== null) === wanted) &&
    same(filter.dueDate?.gte ?? undefined, (wanted) => dueDate !== null && dueDate >= wanted) &&
    same(filter.dueDate?.lt ?? undefined, (wanted) => dueDate !== null && dueDate < wanted) &&
    same(filter.dueAt?.gt ?? undefined, (wanted) => dueAt !== null && dueAt > wanted) &&
    same(filter.tags?.any ?? undefined, (wanted) => wanted.some((tag) => tagIds.includes(tag))) &&
    same(filter.tags?.all ?? undefined, (wanted) => wanted.every((tag) => tagIds.includes(tag))) &&
    same(filter.tags?.none ?? undefined, (wanted) => !wanted.some((tag) => tagIds.includes(tag))) &&
    same(filter.listIn ?? undefined, (wanted) => listId !== null && wanted.includes(listId)) &&
    same(filter.hasList ?? undefined, (wanted) => (listId !== null) === wanted) &&
    same(filter.hasParent ?? undefined, (wanted) => (parentId !== null) === wanted) &&
    (filter.and ?? []).every((branch) => matches(task, branch)) &&
    same(filter.or ?? undefined, (branches) => branches.some((branch) => matches(task, branch))) &&
    same(filter.not ?? undefined, (branch) => !matches(task, branch))
  );
}

const some = <Value>(of: () => readonly Value[]) =>
  fc.array(fc.nat({ max: 2 }), { maxLength: 3 }).map((places) => [...new Set(places)].map((place) => of()[place]!));
const leaf = fc.record(
  {
    completed: fc.boolean(),
    priorityIn: fc.subarray([...TASK_PRIORITIES]),
    hasDue: fc.boolean(),
    isRecurring: fc.boolean(),
    dueDate: fc.constantFrom({ gte: '2026-03-02' }, { lt: '2026-03-04' }, { gte: '2026-03-02', lt: '2026-03-03' }, {}),
    dueAt: fc.constant({ gt: '2026-03-03T00:00:00.000Z' }),
    tags: fc.record({ any: some(() => tags), all: some(() => tags), none: some(() => tags) }, { requiredKeys: [] }),
    listIn: some(() => lists),
    hasList: fc.boolean(),
    hasParent: fc.boolean(),
  },
  { requiredKeys: [] },
);
const { filters } = fc.letrec<{ filters: Filter }>((tie) => ({
  filters: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    leaf as fc.Arbitrary<Filter>,
    fc.record({ and: fc.array(tie('filters'), { minLength: 1, maxLength: 2 }) }) as fc.Arbitrary<Filter>,
    fc.record({ or: fc.array(tie('filters'), { minLength: 1, maxLength: 2 }) }) as fc.Arbitrary<Filter>,
    fc.record({ not: tie('filters') }) as fc.Arbitrary<Filter>,
  ),
}));

const ORDERS = [
  [],
  [{ field: 'due', direction: 'asc', nulls: 'first' }],
  [{ field: 'priority', direction: 'desc' }],
  [
    { field: 'due', direction: 'desc' },
    { field: 'title', direction: 'asc' },
  ],
  [
    { field: 'completedAt', direction: 'desc', nulls: 'first' },
    { field: 'due', direction: 'asc' },
  ],
  [{ field: 'position', direction: 'desc' }],
] satisfies TaskConnectionQuery['orderBy'][];

describe('any filter', () => {
  it('finds what a look at each task finds, in any order and by pages, and counts it', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom(...ORDERS), async (filter, orderBy) => {
        const expected = stored.filter((task) => matches(task, filter)).map(({ title }) => title);
        const seen: string[] = [];
        for (let after: string | undefined, more = true; more; ) {
          const page = await services.tasks.connection(actor, { first: 40, after, filter, orderBy });
          seen.push(...page.rows.map(({ title }) => title));
          more = page.hasNextPage;
          after = page.rows.length > 0 ? page.cursorOf(page.rows.at(-1)!) : undefined;
          if (!more) expect(await page.count()).toBe(expected.length);
        }
        expect(seen.sort()).toEqual(expected.sort());
        expect((await services.tasks.stats(actor, { filter })).total).toBe(expected.length);
      }),
      { numRuns: 150 },
    );
  }, 180_000);

  it('finds within a search what it finds without it', async () => {
    await fc.assert(
      fc.asyncProperty(leaf as fc.Arbitrary<Filter>, async (filter) => {
        const expected = stored.filter((task) => task.title.startsWith('Task 0') && matches(task, filter)).length;
        const criteria = { filter, search: 'task 0' };
        const { rows, count } = await services.tasks.connection(actor, { first: 100, ...criteria });
        const stats = await services.tasks.stats(actor, criteria);
        expect([rows.length, await count(), stats.total]).toEqual([expected, expected, expected]);
      }),
      { numRuns: 50 },
    );
  });

  const manyTags = (): Filter => {
    const all = Array.from({ length: 50 }, (_, index) => tags[index % 3]!);
    const tagged = { any: all, all, none: [] };
    return { and: Array.from({ length: 49 }, () => ({ tags: tagged })) };
  };

  it('of as many tags as may be asked for is answered', async () => {
    const filter = manyTags();
    const expected = stored.filter((task) => matches(task, filter)).length;
    const { rows } = await services.tasks.connection(actor, { first: 100, filter, search: 'task' });
    expect(rows).toHaveLength(expected);
    expect((await services.tasks.stats(actor, { filter })).total).toBe(expected);
  });

  // Each was a join: planning 98 of them took PostgreSQL seconds, and more than its time limit on a busy machine.
  it('of as many tags as may be asked for has four sub-selects', () => {
    const conditions = criteriaConditions({ filter: manyTags() }, new Parameters('somebody'));
    expect(conditions.join().match(/select/g)).toHaveLength(4);
  });
});

describe('a cursor', () => {
  it('of a day at either end of the calendar leads on', async () => {
    const own = await services.actor();
    await storeTasks(services.database.url, own.userId, [
      { title: 'last', dueAt: '9999-12-31T23:59:59.999Z', dueTimeZone: 'Pacific/Kiritimati' },
      { title: 'first', dueAt: '0001-01-01T00:00:00.000Z', dueTimeZone: 'America/New_York' },
      { title: 'first of all', dueAt: '0001-01-01T00:00:00.000Z', dueTimeZone: 'Etc/GMT+12' },
      { title: 'between', dueDate: '2026-03-10' },
      { title: 'never' },
    ]);
    for (const direction of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      for (let after: string | undefined, more = true; more; ) {
        const orderBy = [{ field: 'due' as const, direction }];
        const page = await services.tasks.connection(own, { first: 1, after, orderBy });
        seen.push(...page.rows.map(({ title }) => title));
        more = page.hasNextPage;
        after = page.cursorOf(page.rows.at(-1)!);
      }
      const due = ['first of all', 'first', 'between', 'last'];
      expect(seen).toEqual([...(direction === 'asc' ? due : due.reverse()), 'never']);
    }
  });
});
