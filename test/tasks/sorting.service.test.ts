import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IsolatedDatabase } from '../../src/db/database.ts';
import { subtaskCounts, subtasks } from '../../src/tasks/subtask.queries.ts';
import type { TaskFilter } from '../../src/tasks/task.list-inputs.ts';
import { type NullPlacement, type SortedTaskRow, type TaskOrder, taskSort } from '../../src/tasks/task.order.ts';
import { taskSlice } from '../../src/tasks/task.queries.ts';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import { deletedTasks } from '../../src/tasks/trash.store.ts';
import type { OpenTestDatabase } from '../support/open-test-database.ts';
import { measuredPlans } from './support/measured-plans.ts';
import { LARGE_LIST, openPlannedTasks, PARENT, TASKS, USER } from './support/planned-tasks.ts';

/** Orders and lists of a user of 100,000 planned tasks: half are due on no day, most have no priority. */

const PAGE = 100;
/** What a page may read: of each range that a place makes as much as a page, and twice where PostgreSQL sorts what it reads. */
const MOST = 8 * PAGE;
/** Rows at a time where all of them are wanted, of which only the keys are looked at; no divisor of their number. */
const STEP = 997;
const PLAIN = { isPlain: true, tags: false, list: false, subtaskCounts: false };

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openPlannedTasks();
}, 360_000);

afterAll(() => database.close());

const order = (field: TaskOrder['field'], direction: TaskOrder['direction'], nulls?: NullPlacement): TaskOrder => ({
  ...{ field, direction, nulls },
});
const nameOf = ({ field, direction, nulls }: TaskOrder) =>
  `${field} ${direction}${nulls === undefined ? '' : ` nulls ${nulls}`}`;

/** What a database that had all in memory would answer, by what the documentation says of the order. */
const TRUTH: [TaskOrder, string][] = [
  [order('due', 'asc'), 'due_sort asc nulls last, priority desc, id desc'],
  [order('due', 'desc'), 'due_sort desc nulls last, priority asc, id asc'],
  [order('due', 'asc', 'first'), 'due_sort asc nulls first, priority desc, id desc'],
  [order('due', 'desc', 'first'), 'due_sort desc nulls first, priority asc, id asc'],
  [order('priority', 'desc'), 'priority desc, due_sort asc nulls last, id asc'],
  [order('priority', 'asc'), 'priority asc, due_sort desc nulls first, id desc'],
  [order('completedAt', 'desc'), 'completed_at desc nulls last, created_at desc, id desc'],
  [order('completedAt', 'asc', 'first'), 'completed_at asc nulls first, created_at asc, id asc'],
  [order('position', 'asc'), 'task_rank(rank, created_at, id) collate "C", id'],
  [order('position', 'desc'), 'task_rank(rank, created_at, id) collate "C" desc, id desc'],
];

const filters: [string, TaskFilter | undefined, string][] = [
  ['all tasks', undefined, 'true'],
  ['a list', { listIn: [LARGE_LIST] }, `list_id = '${LARGE_LIST}'`],
  [
    'open tasks of high priority',
    { completed: false, priorityIn: ['HIGH', 'URGENT'] },
    'not completed and priority >= 3',
  ],
];

async function truth(by: string, condition: string): Promise<string[]> {
  const rows = await database.owner<{ id: string }>(
    `select id from tasks where user_id = '${USER}' and deleted_at is null and ${condition} order by ${by}`,
  );
  return rows.map(({ id }) => id);
}

/** All of it, page by page, from the start or from the end. */
async function paged(orders: TaskOrder[], filter: TaskFilter | undefined, fromEnd: boolean): Promise<string[]> {
  const sort = taskSort(orders);
  const seen: string[] = [];
  let edge: SortedTaskRow | undefined;
  for (;;) {
    const place = edge && sort.keys.map((key) => key.of(edge!));
    const bounds = place && (fromEnd ? { before: place } : { after: place });
    const slice = { sort, criteria: { filter }, limit: STEP, fromEnd, ...bounds, selection: PLAIN };
    const rows = await taskSlice(database, USER, slice);
    const ids = rows.map(({ id }) => id);
    if (fromEnd) seen.unshift(...ids);
    else seen.push(...ids);
    if (rows.length < STEP) return seen;
    edge = fromEnd ? rows[0] : rows.at(-1);
  }
}

describe.each(TRUTH.map(([by, sql]) => [nameOf(by), by, sql] as const))('by %s', (_name, by, sql) => {
  // Orders of a single column go through the whole of it in pages among millions.
  it.each(by.field === 'due' || by.field === 'priority' ? filters : filters.slice(1))(
    '%s come each once, by every page from the start and from the end',
    async (_what, filter, condition) => {
      const expected = await truth(sql, condition);
      expect(expected.length).toBeGreaterThan(1000);
      for (const fromEnd of [false, true]) expect((await paged([by], filter, fromEnd)).join()).toBe(expected.join());
    },
    360_000,
  );
});

interface Cost {
  rowsRead: number;
  sequential: string[];
  sorts: number;
}

/** The dearer one of both plans. */
async function costOf(work: (isolated: IsolatedDatabase) => Promise<unknown>): Promise<Cost> {
  const plans = await measuredPlans(database, USER, work);
  return {
    rowsRead: Math.max(...plans.map(({ rowsRead }) => rowsRead)),
    sequential: plans.flatMap(({ sequential }) => sequential),
    sorts: Math.max(...plans.map(({ sorts }) => sorts)),
  };
}

/** The places at certain shares of the list. */
async function placesOf(orders: TaskOrder[], filter: TaskFilter | undefined, by: string, condition: string) {
  const sort = taskSort(orders);
  const ids = await truth(by, condition);
  const wanted = [0.25, 0.5, 0.75, 0.99].map((share) => ids[Math.floor(ids.length * share)]!);
  const places = [];
  for (const id of wanted) {
    const selected = sort.keys.flatMap((key) => key.selected ?? []);
    const slice = { sort, criteria: { filter }, limit: 1, fromEnd: false };
    expect((await taskSlice(database, USER, slice)).length).toBe(1);
    const [row] = await database
      .as(USER)
      .query<SortedTaskRow>(
        `select id, title, completed, priority, rank, ${['completed_at', 'created_at', 'updated_at']
          .map(
            (name) =>
              `to_char(${name} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "${name.replace(/_a/, 'A')}"`,
          )
          .join(', ')}${selected.map((column) => `, ${column}`).join('')} from tasks where id = $1`,
        [id],
      );
    const shown = { ...row!, priority: (['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'] as const)[Number(row!.priority)]! };
    places.push(sort.keys.map((key) => key.of(shown)));
  }
  return places;
}

describe.each(TRUTH.map(([by, sql]) => [nameOf(by), by, sql] as const))('a page by %s', (_name, by, sql) => {
  it('reads deep in the list what the first one reads, by indexes', async () => {
    const sort = taskSort([by]);
    const places = await placesOf([by], undefined, sql, 'true');
    for (const fromEnd of [false, true]) {
      for (const place of [undefined, ...places]) {
        const bounds = place && (fromEnd ? { before: place } : { after: place });
        const slice = { sort, criteria: {}, limit: PAGE, fromEnd, ...bounds };
        const { rowsRead, sequential } = await costOf((isolated) => taskSlice(isolated, USER, slice));
        expect({ place, fromEnd, sequential, few: rowsRead <= MOST }).toEqual({
          place,
          fromEnd,
          sequential: [],
          few: true,
        });
      }
    }
  });
});

const POSITION = [order('position', 'asc')];
const READS: [string, (isolated: IsolatedDatabase) => Promise<unknown>, string][] = [
  [
    'the order by due date',
    (of) => taskSlice(of, USER, { sort: taskSort([order('due', 'asc')]), criteria: {}, limit: PAGE, fromEnd: false }),
    'tasks_due_index',
  ],
  [
    'the order by priority',
    (of) =>
      taskSlice(of, USER, { sort: taskSort([order('priority', 'desc')]), criteria: {}, limit: PAGE, fromEnd: false }),
    'tasks_priority_index',
  ],
  [
    'the order by completion',
    (of) =>
      taskSlice(of, USER, {
        sort: taskSort([order('completedAt', 'desc')]),
        criteria: {},
        limit: PAGE,
        fromEnd: false,
      }),
    'tasks_completed_at_index',
  ],
  [
    'the order by position',
    (of) => taskSlice(of, USER, { sort: taskSort(POSITION), criteria: {}, limit: PAGE, fromEnd: false }),
    'tasks_rank_index',
  ],
  [
    'the order by position in a list',
    (of) =>
      taskSlice(of, USER, {
        sort: taskSort(POSITION),
        criteria: { filter: { listIn: [LARGE_LIST] } },
        limit: PAGE,
        fromEnd: false,
      }),
    'tasks_list_id_index',
  ],
  [
    'the order by position of subtasks',
    (of) =>
      taskSlice(of, USER, {
        sort: taskSort(POSITION),
        criteria: { filter: { parentIn: [PARENT] } },
        limit: PAGE,
        fromEnd: false,
      }),
    'tasks_parent_id_index',
  ],
  ['the subtasks of a task', (of) => subtasks(of, USER, [PARENT], PAGE), 'tasks_parent_id_index'],
  ['the trash', (of) => deletedTasks(of, USER, { limit: PAGE }), 'tasks_trash_index'],
];

describe('an index', () => {
  it.each(READS)('serves %s without a sort of more than pages', async (_what, read, index) => {
    const { rowsRead, sequential, sorts } = await costOf(read);
    // What is completed and what is not are two pages, of which one is made.
    expect({ sequential, sorts }).toEqual({ sequential: [], sorts: index === 'tasks_completed_at_index' ? 1 : 0 });
    expect(rowsRead).toBeLessThanOrEqual(MOST);
  });

  it('serves tags, lists and numbers of subtasks that are read with a page', async () => {
    const selection = { isPlain: false, tags: true, list: true, subtaskCounts: true };
    const slice = { sort: taskSort([order('due', 'asc')]), criteria: {}, limit: PAGE, fromEnd: false, selection };
    const { rowsRead, sequential } = await costOf((of) => taskSlice(of, USER, slice));
    expect({ sequential, few: rowsRead <= MOST }).toEqual({ sequential: [], few: true });
  });

  it('serves a task that is moved far into the list', async () => {
    const places = await truth('task_rank(rank, created_at, id) collate "C"', 'true');
    const [id, anchorId] = [places[10]!, places[places.length >> 1]!];
    const plans = await measuredPlans(database, USER, (of) =>
      createTaskStore(of).move(USER, { id, anchorId, side: 'after' }),
    );
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.filter(({ rowsRead, sequential }) => rowsRead > PAGE || sequential.length > 0)).toEqual([]);
  });

  it('serves counts of subtasks', async () => {
    const { rowsRead, sequential } = await costOf((of) => subtaskCounts(of, USER, [PARENT]));
    expect({ sequential, few: rowsRead <= TASKS / 10 }).toEqual({ sequential: [], few: true });
  });

  it('serves deep pages of the trash', async () => {
    const pages = await deletedTasks(database, USER, { limit: 4000 });
    const { deletedAt, id } = pages.at(-1)!;
    const { rowsRead } = await costOf((of) => deletedTasks(of, USER, { limit: PAGE, after: [deletedAt, id] }));
    expect(rowsRead).toBeLessThanOrEqual(2 * PAGE);
  });

  // Each is gone for good: these cases are the last ones.
  it.each(READS.filter(([, , index], place) => READS.findIndex(([, , other]) => other === index) === place))(
    'is missed when it is gone: %s',
    async (_what, read, index) => {
      await database.owner(`drop index ${index}`);
      const { rowsRead, sequential, sorts } = await costOf(read);
      expect(rowsRead > MOST || sequential.length > 0 || sorts > 1).toBe(true);
    },
  );
});
