import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { auditCount, auditPage, auditSlice } from '../../src/audit/audit.queries.ts';
import type { IsolatedDatabase } from '../../src/db/database.ts';
import { once } from '../../src/db/once.ts';
import type { TaskCriteria } from '../../src/tasks/task.list-inputs.ts';
import { NEWEST_FIRST, type TaskOrder, taskSort } from '../../src/tasks/task.order.ts';
import {
  idsOfOthers,
  taskCount,
  taskOffsetPage,
  taskSlice,
  taskStats,
  tasksByIds,
  toggleTask,
} from '../../src/tasks/task.queries.ts';
import { createTaskStore } from '../../src/tasks/task.store.ts';
import type { TaskRow } from '../../src/tasks/task.ts';
import { createUserStore } from '../../src/users/user.store.ts';
import type { OpenTestDatabase } from '../support/open-test-database.ts';
import { type MeasuredPlan, measuredPlans } from './support/measured-plans.ts';
import { BUSY_USER, BUSY_USERS_TASKS, ORDINARY_USER, openMillionTasks, WORDS } from './support/million-tasks.ts';

/** The statements as they are executed, for a user of 100,000 tasks and one of 200 among a million. */

const PAGE = 21;
/** What a search looks through before it asks its index. */
const PROBED = 1000;

let database: OpenTestDatabase;
let middle: Record<string, TaskRow>;

beforeAll(async () => {
  database = await openMillionTasks();
  const rowInTheMiddle = async (userId: string, offset: number) =>
    (await taskOffsetPage(database, userId, { sort: NEWEST_FIRST, criteria: {}, limit: 1, offset })).rows[0]!;
  middle = {
    [BUSY_USER]: await rowInTheMiddle(BUSY_USER, BUSY_USERS_TASKS / 2),
    [ORDINARY_USER]: await rowInTheMiddle(ORDINARY_USER, 100),
  };
}, 600_000);

afterAll(() => database.close());

type Work = (database: IsolatedDatabase) => Promise<unknown>;

/** No table is read from end to end, and no more rows are read than `bound` says. */
async function expectFew(
  userId: string,
  bound: number,
  work: Work,
  undo?: () => Promise<unknown>,
): Promise<MeasuredPlan[]> {
  const plans = await measuredPlans(database, userId, work, undo);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.filter((plan) => plan.sequential.length > 0 || plan.rowsRead > bound)).toEqual([]);
  return plans;
}

const asc = (field: TaskOrder['field']): TaskOrder => ({ field, direction: 'asc' });
const desc = (field: TaskOrder['field']): TaskOrder => ({ field, direction: 'desc' });
const ORDERS: TaskOrder[][] = [
  ...(['createdAt', 'updatedAt', 'title', 'completed'] as const).flatMap((field) => [[asc(field)], [desc(field)]]),
  [asc('completed'), desc('createdAt')],
];
const nameOf = (orders: TaskOrder[]) => orders.map(({ field, direction }) => `${field} ${direction}`).join(', ');

describe.each([BUSY_USER, ORDINARY_USER])('for the user %s', (user) => {
  describe.each(ORDERS.map((orders) => [nameOf(orders), orders] as const))('a page by %s', (_name, orders) => {
    const sort = taskSort(orders);

    it.each([false, true])(
      'reads what it shows, at either end and in the middle (from the end: %s)',
      async (fromEnd) => {
        const place = sort.keys.map((key) => key.of(middle[user]!));
        const bounds = [{}, fromEnd ? { before: place } : { after: place }];
        for (const bound of bounds) {
          // Where directions change within an order, two ranges may be read for one page.
          const plans = await expectFew(user, 2 * PAGE, (isolated) =>
            taskSlice(isolated, user, { sort, criteria: {}, limit: PAGE, fromEnd, ...bound }),
          );
          for (const plan of plans) expect(plan.rowsReturned).toBeLessThanOrEqual(PAGE);
        }
      },
    );
  });

  it('a page of completed or of open tasks reads what it shows', async () => {
    for (const completed of [true, false]) {
      const criteria = { filter: { completed } };
      for (const orders of [[desc('createdAt')], [asc('createdAt')]]) {
        const slice = { sort: taskSort(orders), criteria, limit: PAGE, fromEnd: false };
        await expectFew(user, 2 * PAGE, (isolated) => taskSlice(isolated, user, slice));
      }
    }
  });

  it('a span of time reads what it shows', async () => {
    const criteria = { filter: { createdAt: { lt: middle[user]!.createdAt } } };
    const slice = { sort: NEWEST_FIRST, criteria, limit: PAGE, fromEnd: false };
    await expectFew(user, 2 * PAGE, (isolated) => taskSlice(isolated, user, slice));
  });

  it('a numbered page reads what it skips and shows, and what it counts', async () => {
    const page = { sort: NEWEST_FIRST, criteria: {}, limit: 20, offset: 100 };
    const count = await taskCount(database, user, {});
    await expectFew(user, 120 + count, (isolated) => taskOffsetPage(isolated, user, page));
  });

  it.each<[string, TaskCriteria]>([
    ['all', {}],
    ['completed', { filter: { completed: true } }],
  ])('a count of %s reads what it counts', async (_what, criteria) => {
    const count = await taskCount(database, user, criteria);
    await expectFew(user, count, (isolated) => taskCount(isolated, user, criteria));
  });

  it('statistics read what they count', async () => {
    const { total } = await taskStats(database, user, {});
    await expectFew(user, total, (isolated) => taskStats(isolated, user, {}));
  });

  it.each([
    [WORDS.every, 0],
    ['t', 0],
    [WORDS.tenth, 0],
    [WORDS.hundredth, 1000],
    [WORDS.seldom, 100],
    [`${WORDS.every} ${WORDS.seldom}`, 100],
    [`"${WORDS.hundredth} ${WORDS.seldom}"`, 100],
    ['nothing', 0],
  ])('a search for %s reads what it looks through and finds', async (search, found) => {
    for (const orders of [[desc('createdAt')], [asc('title')], [asc('completed')]]) {
      const sort = taskSort(orders);
      const after = sort.keys.map((key) => key.of(middle[user]!));
      for (const bounds of [{}, { after }]) {
        const slice = { sort, criteria: { search }, limit: PAGE, fromEnd: false, ...bounds };
        await expectFew(user, PROBED + found + PAGE, (isolated) => taskSlice(isolated, user, slice));
      }
    }
    const page = { sort: NEWEST_FIRST, criteria: { search }, limit: 20, offset: 20 };
    await expectFew(user, PROBED + found + PAGE, (isolated) => taskOffsetPage(isolated, user, page));
  });

  it.each([WORDS.tenth, WORDS.hundredth, WORDS.seldom, `${WORDS.every} ${WORDS.seldom}`])(
    'a count of a search for %s reads what it looks through and counts',
    async (search) => {
      const count = await taskCount(database, user, { search });
      await expectFew(user, PROBED + count, (isolated) => taskCount(isolated, user, { search }));
    },
  );

  it('single tasks are read by their ids', async () => {
    const ids = [middle[user]!.id, uuidv7()];
    await expectFew(user, 1, (isolated) => tasksByIds(isolated, user, ids.slice(0, 1)));
    await expectFew(user, 2, (isolated) => tasksByIds(isolated, user, ids));
    await expectFew(user, 2, (isolated) => idsOfOthers(isolated, user, ids));
  });

  it('writes find what they change by its id', async () => {
    const id = uuidv7();
    const { [user]: row } = middle;
    const store = (isolated: IsolatedDatabase) => createTaskStore(isolated);
    const remove = () => database.owner('delete from tasks where id = $1', [id]);
    const task = { id, title: 'New', description: null, completed: false };
    await expectFew(user, 1, (isolated) => store(isolated).insert(user, task), remove);
    await expectFew(user, 1, (isolated) => toggleTask(isolated, user, row!.id));
    await expectFew(user, 2, (isolated) => store(isolated).insertMissing(user, [task], () => {}), remove);
    const reservation = { key: 'a key', fingerprint: 'a print', taskId: id };
    const answer = async () => 'an answer';
    // The key and its owner.
    await expectFew(user, 2, (isolated) => once(isolated, user, reservation, answer));
  });

  it.each<[string, () => object]>([
    ['an update', () => ({ title: `Task ${uuidv7()}` })],
    ['a deletion', () => ({ deletedAt: new Date() })],
  ])('%s finds what it changes by its id', async (_what, changes) => {
    const [row] = await taskSlice(database, user, { sort: NEWEST_FIRST, criteria: {}, limit: 1, fromEnd: false });
    const undo = () =>
      database.owner('update tasks set deleted_at = null, version = $2 - 1 where id = $1', [row!.id, row!.version]);
    await expectFew(user, 1, (isolated) => createTaskStore(isolated).change(user, row!.id, changes), undo);
  });

  it('security events are read as they are shown', async () => {
    const [event] = await auditSlice(database, user, 1, undefined);
    const after = [event!.occurredAt, event!.id];
    await expectFew(user, PAGE, (isolated) => auditSlice(isolated, user, PAGE, undefined));
    await expectFew(user, PAGE, (isolated) => auditSlice(isolated, user, PAGE, after));
    await expectFew(user, PAGE, (isolated) => auditPage(isolated, user, 1, 2));
    await expectFew(user, await auditCount(database, user), (isolated) => auditCount(isolated, user));
  });

  it('the account is found by its id', async () => {
    await expectFew(user, 1, (isolated) => createUserStore(isolated).find(user));
    await expectFew(user, 1, (isolated) => createUserStore(isolated).importSalt(user));
    await expectFew(user, 1, (isolated) => createUserStore(isolated).upsert(user, { email: null, name: null }));
    await expectFew(user, 1, (isolated) => createUserStore(isolated).revokeTokens(user, new Date(0)));
  });
});

describe('an account that is erased', () => {
  it('has only its own rows read', async () => {
    const user = 'user-8';
    const count = await taskCount(database, user, {});
    const restore = () => database.owner('update users set deleted_at = null where id = $1', [user]);
    await expectFew(user, 2 * count, (isolated) => createUserStore(isolated).erase(user, new Date()), restore);
  });
});

describe('this test', () => {
  const bound = PROBED + PAGE;
  /** Whether each plan would have failed, with the index gone for good: these cases are the last ones. */
  async function failuresWithout(index: string, work: Work): Promise<boolean[]> {
    await database.owner(`drop index ${index}`);
    const plans = await measuredPlans(database, BUSY_USER, work);
    return plans.map(({ sequential, rowsRead }) => sequential.length > 0 || rowsRead > bound);
  }

  it('fails for a search, when the index of words is gone', async () => {
    const slice = { sort: NEWEST_FIRST, criteria: { search: WORDS.seldom }, limit: PAGE, fromEnd: false };
    const work: Work = (isolated) => taskSlice(isolated, BUSY_USER, slice);
    expect(await failuresWithout('tasks_search_keys_index', work)).toEqual([true, true]);
  });

  it('fails for a list, when the index of its order is gone', async () => {
    const slice = { sort: taskSort([desc('updatedAt')]), criteria: {}, limit: PAGE, fromEnd: false };
    const work: Work = (isolated) => taskSlice(isolated, BUSY_USER, slice);
    expect(await failuresWithout('tasks_updated_at_index', work)).toEqual([true, true]);
  });
});
