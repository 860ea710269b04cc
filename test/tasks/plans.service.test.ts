import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IsolatedDatabase } from '../../src/db/database.ts';
import { sessionContext } from '../../src/db/isolation.ts';
import type { TaskCriteria } from '../../src/tasks/task.list-inputs.ts';
import { type TaskOrder, taskSort } from '../../src/tasks/task.order.ts';
import {
  taskCount,
  taskOffsetPage,
  taskSlice,
  taskStats,
  tasksByIds,
  toggleTask,
} from '../../src/tasks/task.queries.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

const USERS = 20;
const TASKS_EACH = 1000;
const USER = 'user-7';

let database: OpenTestDatabase;
let place: Record<string, string>;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.owner(`insert into users (id) select 'user-' || n from generate_series(1, ${USERS}) n`);
  await database.owner('alter table tasks disable trigger tasks_stamp');
  await database.owner(
    `insert into tasks (id, user_id, title, description, completed, completed_at, created_at, updated_at, deleted_at)
     select gen_random_uuid(), 'user-' || u, 'Task ' || md5(n::text || u) || case when n % 50 = 0 then ' rate limiting' else '' end,
       'Something about ' || n, n % 3 = 0, case when n % 3 = 0 then now() end,
       now() - n * interval '1 hour', now() - n * interval '1 minute', case when n % 100 = 1 then now() end
     from generate_series(1, ${TASKS_EACH}) n, generate_series(1, ${USERS}) u`,
  );
  await database.owner('analyze tasks');
  await database.owner('analyze users');
  [place] = (await database.owner(
    `select id, title, completed::text, to_char(created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
       to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
     from tasks where user_id = $1 and deleted_at is null order by created_at offset 400 limit 1`,
    [USER],
  )) as [Record<string, string>];
});

afterAll(() => database.close());

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

interface Sent {
  text: string;
  values: readonly unknown[];
}

/** What a query function would send, without sending it. */
async function sentBy(query: (database: IsolatedDatabase) => Promise<unknown>): Promise<Sent> {
  const sent: Sent[] = [];
  const recorder = {
    async query(text: string, values: readonly unknown[]) {
      sent.push({ text, values });
      return [];
    },
  };
  await query({ as: () => recorder, asServer: () => recorder } as unknown as IsolatedDatabase);
  expect(sent).toHaveLength(1);
  return sent[0]!;
}

/** Both plans that a prepared statement can get, for these values and for any, under the user's policies. */
async function plansOf({ text, values }: Sent): Promise<Plan[]> {
  const [custom] = await database
    .as(USER)
    .query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`explain (format json) ${text}`, values);
  const { role, variables } = sessionContext('switch', USER);
  const client = await database.pool.connect();
  await client.query(`begin; set local role ${role}; set local "app.user_id" to '${variables['app.user_id']}'`);
  const { rows } = await client.query(`explain (generic_plan, format json) ${text}`);
  await client.query('rollback');
  client.release();
  return [custom!['QUERY PLAN'][0]!.Plan, rows[0]['QUERY PLAN'][0].Plan];
}

function nodes(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** No table is read from end to end, and nothing is sorted where an index has the order already. */
async function expectIndexes(
  query: (database: IsolatedDatabase) => Promise<unknown>,
  { sorted = false } = {},
): Promise<void> {
  const sent = await sentBy(query);
  for (const plan of await plansOf(sent)) {
    const all = nodes(plan);
    const sequential = all.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'tasks');
    expect({ text: sent.text, sequential }).toEqual({ text: sent.text, sequential: [] });
    if (sorted) {
      const sorts = all.filter((node) => node['Node Type'] === 'Sort');
      expect({ text: sent.text, sorts }).toEqual({ text: sent.text, sorts: [] });
    }
  }
}

const asc = (field: TaskOrder['field']): TaskOrder => ({ field, direction: 'asc' });
const desc = (field: TaskOrder['field']): TaskOrder => ({ field, direction: 'desc' });

/** Those that an index holds in this very order, and mixed ones that only begin as one. */
const INDEXED: TaskOrder[][] = [
  [asc('createdAt')],
  [desc('createdAt')],
  [asc('updatedAt')],
  [desc('updatedAt')],
  [asc('title')],
  [desc('title')],
  [asc('completed')],
  [desc('completed')],
  [asc('completed'), desc('createdAt')],
];
const MIXED: TaskOrder[][] = [
  [asc('completed'), asc('createdAt')],
  [asc('completed'), desc('title')],
  [asc('title'), desc('updatedAt')],
  [desc('updatedAt'), asc('title')],
  [asc('completed'), desc('title'), asc('createdAt')],
];

const CRITERIA: [string, TaskCriteria][] = [
  ['no criteria', {}],
  ['completed', { filter: { completed: true } }],
  ['open', { filter: { completed: false } }],
  ['a span of time', { filter: { createdAt: { gte: '2026-01-01T00:00:00.000Z', lt: '2100-01-01T00:00:00.000Z' } } }],
  [
    'a nested filter',
    { filter: { or: [{ completed: true }, { not: { updatedAt: { lt: '2026-01-01T00:00:00.000Z' } } }] } },
  ],
  ['a search', { search: 'rate limi' }],
];

const name = (orders: TaskOrder[]) => orders.map(({ field, direction }) => `${field} ${direction}`).join(', ');

describe('the plan of a page by cursor', () => {
  describe.each([...INDEXED, ...MIXED].map((orders) => [name(orders), orders] as const))('by %s', (_name, orders) => {
    it.each(CRITERIA)('reads no table from end to end, with %s', async (_criteria, criteria) => {
      const sort = taskSort(orders);
      const values = sort.keys.map((key) => place[key.column]!);
      for (const fromEnd of [false, true]) {
        for (const bounds of [{}, { after: values }, { before: values }, { after: values, before: values }]) {
          await expectIndexes((isolated) =>
            taskSlice(isolated, USER, { sort, criteria, limit: 21, fromEnd, ...bounds }),
          );
        }
      }
    });
  });

  it.each(INDEXED.map((orders) => [name(orders), orders] as const))('sorts nothing by %s', async (_name, orders) => {
    const sort = taskSort(orders);
    const first = sort.keys.map((key) => place[key.column]!);
    const mixed = new Set(sort.keys.map((key) => key.direction)).size > 1;
    for (const fromEnd of [false, true]) {
      await expectIndexes((isolated) => taskSlice(isolated, USER, { sort, criteria: {}, limit: 21, fromEnd }), {
        sorted: true,
      });
      const bounds = fromEnd ? { before: first } : { after: first };
      const slice = { sort, criteria: {}, limit: 21, fromEnd, ...bounds };
      await expectIndexes((isolated) => taskSlice(isolated, USER, slice), { sorted: !mixed });
    }
  });
});

describe('a page by cursor', () => {
  it.each(INDEXED.map((orders) => [name(orders), orders] as const))(
    'reads no more rows by %s deep in the list than it shows',
    async (_name, orders) => {
      const sort = taskSort(orders);
      for (const fromEnd of [false, true]) {
        const deep = await taskSlice(database, USER, { sort, criteria: {}, limit: 900, fromEnd });
        const row = deep.at(fromEnd ? 0 : -1)!;
        const values = sort.keys.map((key) => key.of(row));
        const bounds = fromEnd ? { before: values } : { after: values };
        const slice = { sort, criteria: {}, limit: 21, fromEnd, ...bounds };
        const { text, values: parameters } = await sentBy((isolated) => taskSlice(isolated, USER, slice));
        const [row0] = await database
          .as(USER)
          .query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`explain (analyze, timing off, format json) ${text}`, parameters);
        const scans = nodes(row0!['QUERY PLAN'][0]!.Plan).filter((node) => node['Node Type'].includes('Scan'));
        const read = scans
          .filter((node) => node['Relation Name'] === 'tasks')
          .map(
            (node) => (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1) + (node['Rows Removed by Filter'] ?? 0),
          );
        expect(read.length).toBeGreaterThan(0);
        expect(read.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(2 * 21);
      }
    },
  );
});

describe('the plan of everything else', () => {
  it.each(CRITERIA)(
    'reads no table from end to end for a numbered page and its count, with %s',
    async (_name, criteria) => {
      for (const orders of [...INDEXED, ...MIXED]) {
        const page = { sort: taskSort(orders), criteria, limit: 20, offset: 200 };
        await expectIndexes((isolated) => taskOffsetPage(isolated, USER, page));
      }
      await expectIndexes((isolated) => taskCount(isolated, USER, criteria));
    },
  );

  it('reads no table from end to end for single tasks', async () => {
    const ids = [place.id!, '01890a5d-ac96-774b-bcce-b302099a8057'];
    await expectIndexes((isolated) => tasksByIds(isolated, USER, ids.slice(0, 1)));
    await expectIndexes((isolated) => tasksByIds(isolated, USER, ids));
    await expectIndexes((isolated) => toggleTask(isolated, USER, ids[0]!));
  });

  it("reads no table from end to end for a user's numbers", async () => {
    await expectIndexes((isolated) => taskStats(isolated, USER, {}));
  });
});
