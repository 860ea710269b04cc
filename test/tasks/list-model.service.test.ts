import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DUE_WINDOWS } from '../../src/tasks/task.due.ts';
import type { TaskConnectionQuery, TaskFilter } from '../../src/tasks/task.list-inputs.ts';
import { type SortedTaskRow, TASK_ORDER_FIELDS, type TaskOrder, taskSort } from '../../src/tasks/task.order.ts';
import { TASK_PRIORITIES, type TaskRow } from '../../src/tasks/task.ts';
import { storeTasks } from '../support/factories.ts';
import { meets, sorted, withDueSort } from '../support/memory-lists.ts';
import { countOf, startTestServices, type TestServices } from '../support/test-services.ts';

/** Lists are compared with a model: plain JavaScript over all of a user's tasks. */

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices({ clock: { now: () => NOW } });
});

afterAll(() => services.close());

const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString();
const moments = fc.integer({ min: 0, max: 6 }).map(day);
const words = fc.constantFrom('rate', 'limit', 'Limiting', 'limits', 'add', 'API', 'x', 'the', 'rat', 'it');
const separators = fc.constantFrom(' ', '  ', '-', '/', '.', ', ', ' & ', '_', ': ', '(', "'", '" ');
const phrases = fc
  .array(fc.tuple(words, separators), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.flat().join('').trim());
const asciiTitles = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
    maxLength: 6,
  })
  .filter((title) => title.trim() === title && title !== '');

const NOW = Date.parse('2026-01-04T22:30:00.000Z');
const ids = (kind: number) => fc.constantFrom(...[1, 2, 3].map((n) => `00000000-0000-4000-8000-0000000000${kind}${n}`));
const [tagIds, listIds, parentIds] = [ids(1), ids(2), ids(3)];
const priorities = fc.constantFrom(...TASK_PRIORITIES);
const dates = fc.integer({ min: 0, max: 10 }).map((index) => day(index).slice(0, 10));
const hours = fc.integer({ min: 0, max: 240 }).map((hour) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString());
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati');
const plans = fc
  .oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    fc.record({ dueDate: dates }),
    fc.record({ dueAt: hours, dueTimeZone: fc.option(zones) }),
  )
  .chain((due) => {
    const recurrences = Object.keys(due).length === 0 ? fc.constant(null) : fc.option(fc.constant('FREQ=DAILY'));
    const ranks = fc.option(fc.constantFrom('a0', 'm', 'Zz', 'a0V'));
    return fc
      .record({
        priority: priorities,
        recurrence: recurrences,
        tagIds: fc.uniqueArray(tagIds),
        listId: fc.option(listIds),
        parentId: fc.option(parentIds),
        rank: ranks,
      })
      .map((plan) => ({ ...due, ...plan }));
  });

const tasks = fc.array(
  fc
    .tuple(
      plans,
      fc.record({
        title: fc.oneof(phrases, phrases, asciiTitles),
        description: fc.option(phrases, { nil: null }),
        completed: fc.boolean(),
        createdAt: moments,
        updatedAt: moments,
        completedAt: moments,
      }),
    )
    .map(([plan, task]) => ({ ...plan, ...task })),
  { minLength: 0, maxLength: 40 },
);

const ranges = fc.record(
  { gt: fc.option(moments), gte: fc.option(moments), lt: fc.option(moments), lte: fc.option(moments) },
  { requiredKeys: [] },
);

const dateRanges = fc.record({ gte: fc.option(dates), lt: fc.option(dates) }, { requiredKeys: [] });
const someTags = fc.option(fc.uniqueArray(tagIds, { maxLength: 2 }));

const conditions = {
  completed: fc.option(fc.boolean()),
  priorityIn: fc.option(fc.uniqueArray(priorities)),
  dueDate: fc.option(dateRanges),
  dueAt: fc.option(ranges),
  due: fc.option(fc.constantFrom(...DUE_WINDOWS)),
  timeZone: fc.option(zones),
  hasDue: fc.option(fc.boolean()),
  isRecurring: fc.option(fc.boolean()),
  tags: fc.option(fc.record({ any: someTags, all: someTags, none: someTags }, { requiredKeys: [] })),
  listIn: fc.option(fc.uniqueArray(listIds)),
  hasList: fc.option(fc.boolean()),
  parentIn: fc.option(fc.uniqueArray(parentIds)),
  hasParent: fc.option(fc.boolean()),
  createdAt: fc.option(ranges),
  updatedAt: fc.option(ranges),
  completedAt: fc.option(ranges),
};

/** Sparse, so that most stay below the 50 conditions that a filter may have. */
function filtersOf(levels: number): fc.Arbitrary<TaskFilter> {
  const leaf: fc.Arbitrary<TaskFilter> = fc.record(conditions, { requiredKeys: [] });
  if (levels === 1) return leaf;
  const inner = filtersOf(levels - 1);
  const some = fc.option(fc.array(inner, { minLength: 1, maxLength: 2 }));
  const branch = fc.record({ ...conditions, and: some, or: some, not: fc.option(inner) }, { requiredKeys: [] });
  return fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: branch });
}

const filters = filtersOf(4).filter((filter) => JSON.stringify(filter).split(':').length < 50);

const orders: fc.Arbitrary<TaskOrder[]> = fc
  .uniqueArray(fc.constantFrom(...TASK_ORDER_FIELDS.filter((field) => field !== 'relevance')), { maxLength: 3 })
  .chain((fields) =>
    fc.tuple(
      ...fields.map((field) => fc.record({ field: fc.constant(field), direction: directions, nulls: placements })),
    ),
  );
const placements = fc.constantFrom('first' as const, 'last' as const, null);
const directions = fc.constantFrom('asc' as const, 'desc' as const);

const searches = fc.oneof(
  fc.constantFrom(undefined, null, '', ' '),
  phrases,
  phrases.map((phrase) => phrase.slice(0, 3)),
  phrases.map((phrase) => phrase.toUpperCase()),
);

const queries = fc.record({
  filter: fc.option(filters),
  search: searches,
  orderBy: orders,
  size: fc.option(fc.integer({ min: 1, max: 45 })),
  fromEnd: fc.boolean(),
  /** numbers of the rows, among all, whose cursors bound the page */
  after: fc.option(fc.nat()),
  before: fc.option(fc.nat()),
});

interface Page {
  rows: TaskRow[];
  more: boolean;
}

/** Relay's algorithm over the whole list. */
function modelPage(
  all: readonly TaskRow[],
  query: TaskConnectionQuery,
  bounds: { after?: TaskRow; before?: TaskRow },
): Page {
  const order = sorted(all, taskSort((query.orderBy as TaskOrder[]) ?? []));
  const from = bounds.after ? order.indexOf(bounds.after) + 1 : 0;
  const to = bounds.before ? order.indexOf(bounds.before) : order.length;
  const edges = order
    .slice(from, Math.max(from, to))
    .filter((row) =>
      meets(row, { filter: query.filter as TaskFilter | null, search: query.search?.trim(), asOf: AS_OF }),
    );
  if (query.last != null) return { rows: edges.slice(-query.last), more: edges.length > query.last };
  const size = query.first ?? 20;
  return { rows: edges.slice(0, size), more: edges.length > size };
}

const at = (rows: readonly TaskRow[], index: number | null) =>
  index === null || rows.length === 0 ? undefined : rows[index % rows.length];

/** Without what it was sorted by. */
const plain = ({ dueSort: _dueSort, ...task }: SortedTaskRow): TaskRow => task;
const AS_OF = { now: NOW, timeZone: 'UTC' };

describe('a list of tasks', () => {
  it('holds what the model holds, for every filter, search, order and place', async () => {
    await fc.assert(
      fc.asyncProperty(tasks, fc.array(queries, { minLength: 5, maxLength: 5 }), async (given, asked) => {
        const actor = await services.actor();
        await storeTasks(services.database.url, actor.userId, given);
        const all = (await services.tasks.connection(actor, { first: 100 })).rows.map(withDueSort);
        expect(all).toHaveLength(given.length);

        for (const { filter, search, orderBy, size, fromEnd, ...numbers } of asked) {
          const { cursorOf } = await services.tasks.connection(actor, { first: 1, orderBy });
          const [after, before] = [at(all, numbers.after), at(all, numbers.before)];
          const query: TaskConnectionQuery = {
            ...{ filter, search, orderBy },
            ...(fromEnd ? { last: size ?? 20 } : { first: size }),
            after: after && cursorOf(after),
            before: before && cursorOf(before),
          };
          const expected = modelPage(all, query, { ...(after && { after }), ...(before && { before }) });
          const page = await services.tasks.connection(actor, query);
          expect(page.rows.map(plain)).toEqual(expected.rows.map(plain));
          expect(fromEnd ? page.hasPreviousPage : page.hasNextPage).toBe(expected.more);
          const matching = all.filter((row) => meets(row, { filter, search: search?.trim(), asOf: AS_OF }));
          expect(await countOf(services, actor, { filter, search })).toBe(matching.length);
          const numbered = await services.tasks.offsetPage(actor, {
            filter,
            search,
            orderBy,
            page: 2,
            limit: size ?? 20,
          });
          const start = size ?? 20;
          expect(numbered.total).toBe(matching.length);
          expect(numbered.items.map(plain)).toEqual(
            sorted(matching, taskSort(orderBy))
              .slice(start, 2 * start)
              .map(plain),
          );
        }
      }),
      { numRuns: 150 },
    );
  }, 360_000);
});
