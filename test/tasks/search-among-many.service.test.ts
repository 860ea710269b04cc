import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Actor } from '../../src/core/actor.ts';
import { TASK_ORDER_FIELDS, type TaskOrder, taskSort } from '../../src/tasks/task.order.ts';
import { TASK_COLUMNS, type TaskRow } from '../../src/tasks/task.ts';
import { storeTasks } from '../support/factories.ts';
import { meets, sorted, withDueSort } from '../support/memory-lists.ts';
import { countOf, startTestServices, type TestServices } from '../support/test-services.ts';

/** A user with more tasks than a search looks through before it asks the index of words. */

const TASKS = 2500;
const LONG_WORD = 'b'.repeat(150);

let services: TestServices;
let actor: Actor;
let all: TaskRow[];

beforeAll(async () => {
  services = await startTestServices();
  actor = await services.actor();
  const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 86_400_000).toISOString();
  const every = (number: number, divisor: number, word: string) => (number % divisor === 1 ? ` ${word}` : '');
  const tasks = Array.from({ length: TASKS }, (_, number) => ({
    title: `Task ${number % 40}${every(number, 10, 'tenth part')}${every(number, 500, 'seldom seen')}${number < 750 ? ' ancient' : ''}`,
    description:
      number === 7
        ? `once ${LONG_WORD}tail ${'c'.repeat(2045)} ${'d'.repeat(3000)}`
        : number % 3 === 0
          ? 'of the third'
          : null,
    completed: number % 4 === 0,
    createdAt: day(Math.floor(number / 3)),
    updatedAt: day(number % 97),
  }));
  for (let start = 0; start < TASKS; start += 1000) {
    await storeTasks(services.database.url, actor.userId, tasks.slice(start, start + 1000));
  }
  await storeTasks(services.database.url, 'somebody else', tasks.slice(0, 100));
  await services.database.owner('analyze tasks');
  all = (await services.database
    .as(actor.userId)
    .query<TaskRow>(`select ${TASK_COLUMNS} from tasks where user_id = $1`, [actor.userId])) as TaskRow[];
});

afterAll(() => services.close());

const searches = fc.constantFrom(
  ...[
    'task',
    't',
    'tenth',
    'seldom',
    'ancient',
    'once',
    'nothing',
    'task seldom',
    'ancient seldom',
    'task of the third',
  ],
  ...[
    '"tenth part"',
    '"part tenth"',
    '"seldom seen" task',
    '"of the" ancient',
    '"tas"',
    '"',
    'third once',
    'ancient tenth',
  ],
  ...[`${LONG_WORD.slice(0, 120)}`, `"${LONG_WORD}tail"`, 'c', 'cc', '"once" '],
);
const directions = fc.constantFrom('asc' as const, 'desc' as const);
const orders: fc.Arbitrary<TaskOrder[]> = fc
  .uniqueArray(fc.constantFrom(...TASK_ORDER_FIELDS.filter((field) => field !== 'relevance')), { maxLength: 2 })
  .chain((fields) =>
    fc.tuple(...fields.map((field) => fc.record({ field: fc.constant(field), direction: directions }))),
  );
const moments = fc
  .nat(Math.floor(TASKS / 3))
  .map((day) => new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString());
const filters = fc.record(
  {
    completed: fc.boolean(),
    createdAt: fc.record({ lt: moments }),
    updatedAt: fc.record({ gte: moments.map((moment) => moment.replace('2027', '2026')) }),
    not: fc.record({ completed: fc.boolean() }),
  },
  { requiredKeys: [] },
);
const places = fc.option(fc.nat(TASKS - 1), { nil: undefined });

describe('a search among many tasks', () => {
  it('finds what a reading of all of them finds, for every frequency, order, filter and place', async () => {
    const queries = fc.record({
      search: searches,
      orderBy: orders,
      filter: fc.option(filters),
      size: fc.constantFrom(1, 20, 100),
      fromEnd: fc.boolean(),
      after: places,
      before: places,
    });
    await fc.assert(
      fc.asyncProperty(queries, async ({ search, orderBy, filter, size, fromEnd, ...numbers }) => {
        const sort = taskSort(orderBy);
        const order = sorted(all, sort).map(withDueSort);
        const place = (number: number | undefined) => (number === undefined ? undefined : order[number]);
        const [after, before] = [place(numbers.after), place(numbers.before)];
        const { cursorOf } = await services.tasks.connection(actor, { first: 1, orderBy });
        const page = await services.tasks.connection(actor, {
          ...{ search, orderBy, filter },
          ...(fromEnd ? { last: size } : { first: size }),
          after: after && cursorOf(after),
          before: before && cursorOf(before),
        });
        const from = numbers.after === undefined ? 0 : numbers.after + 1;
        const span = order
          .slice(from, Math.max(from, numbers.before ?? TASKS))
          .filter((row) => meets(row, { search, filter }));
        expect(page.rows.map(withDueSort)).toEqual(fromEnd ? span.slice(-size) : span.slice(0, size));
        const matching = order.filter((row) => meets(row, { search, filter }));
        const numbered = await services.tasks.offsetPage(actor, { search, orderBy, filter, page: 3, limit: 20 });
        expect(numbered.total).toBe(matching.length);
        expect(numbered.items.map(withDueSort)).toEqual(matching.slice(40, 60));
      }),
      { numRuns: 200 },
    );
  }, 360_000);

  it('finds nothing of another user whose words are the same', async () => {
    const { rows } = await services.tasks.connection(actor, { search: 'once', first: 100 });
    expect(rows).toHaveLength(1);
    expect(await countOf(services, actor, { search: 'once' })).toBe(1);
  });
});
