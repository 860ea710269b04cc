import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import type { TaskConnectionQuery } from '../../src/tasks/task.list-inputs.ts';
import type { TaskOrder } from '../../src/tasks/task.order.ts';
import { type StoredTask, storeTasks } from '../support/factories.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

const STABLE = 1000;
const PAGE = 100;

const asc = (field: TaskOrder['field']): TaskOrder => ({ field, direction: 'asc' });
const desc = (field: TaskOrder['field']): TaskOrder => ({ field, direction: 'desc' });

/** Every order with what PostgreSQL is asked for to know the truth; the id follows the last key. */
const ORDERS: [sql: string, orderBy: TaskOrder[]][] = [
  ['created_at desc, id desc', []],
  ['created_at, id', [asc('createdAt')]],
  ['created_at desc, id desc', [desc('createdAt')]],
  ['updated_at, id', [asc('updatedAt')]],
  ['updated_at desc, id desc', [desc('updatedAt')]],
  ['title, id', [asc('title')]],
  ['title desc, id desc', [desc('title')]],
  ['completed, created_at desc, id desc', [asc('completed')]],
  ['completed desc, created_at, id', [desc('completed')]],
  ['completed, created_at desc, id desc', [asc('completed'), desc('createdAt')]],
  ['completed, created_at, id', [asc('completed'), asc('createdAt')]],
  ['completed desc, title, id', [desc('completed'), asc('title')]],
  ['title, updated_at desc, id desc', [asc('title'), desc('updatedAt')]],
  ['title desc, updated_at, id', [desc('title'), asc('updatedAt')]],
  ['completed, title desc, created_at, id', [asc('completed'), desc('title'), asc('createdAt')]],
  ['completed desc, updated_at desc, title, id', [desc('completed'), desc('updatedAt'), asc('title')]],
];

let services: TestServices;

beforeAll(async () => {
  services = await startTestServices();
});

afterAll(() => services.close());

const hour = (index: number) => new Date(Date.UTC(2026, 0, 1, index)).toISOString();
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)] as Value;

/** Many rows share a title or a time, so that every key of an order has to decide somewhere. */
function ordinaryTask(description: 'stable' | 'passing'): StoredTask {
  const title = pick(['Apfel', 'äpfel', 'Zebra', 'apple', 'a b', 'a-b', '日本', '\u{1f600} smile', 'x'.repeat(255)]);
  const completed = pick([true, false]);
  return {
    title,
    description,
    completed,
    createdAt: hour(pick([...Array(200).keys()])),
    updatedAt: hour(pick([7, 8])),
  };
}

async function fill(actor: Actor, count: number, description: 'stable' | 'passing'): Promise<void> {
  const tasks = Array.from({ length: count }, () => ordinaryTask(description));
  await storeTasks(services.database.url, actor.userId, tasks);
}

/** Others insert and delete, also where the reader stands: at the ends of the page that was just read. */
async function disturb(actor: Actor, page: { id: string; description: string | null }[]): Promise<void> {
  const near = [page.at(-1), page[0], ...page].filter((row) => row?.description === 'passing').slice(0, 3);
  await services.database.owner('update tasks set deleted_at = now() where id = any($1)', [near.map((row) => row?.id)]);
  await services.database.owner(
    `insert into tasks (id, user_id, title, description, completed, created_at)
     select gen_random_uuid(), $1, t.title, 'passing', t.completed, t.created_at from tasks t
     where t.id = any($2::uuid[])`,
    [actor.userId, [...page.slice(0, 2), ...page.slice(-2)].map((row) => row.id)],
  );
}

/** Reads the whole list page by page, in the order of the list whichever way it goes. */
async function readAll(actor: Actor, orderBy: TaskOrder[], backwards: boolean) {
  const rows: { id: string; description: string | null }[] = [];
  let place: string | undefined;
  for (let more = true; more; ) {
    const way: TaskConnectionQuery = backwards ? { last: PAGE, before: place } : { first: PAGE, after: place };
    const page = await services.tasks.connection(actor, { ...way, orderBy });
    expect(page.rows.length).toBeLessThanOrEqual(PAGE);
    if (backwards) rows.unshift(...page.rows);
    else rows.push(...page.rows);
    more = backwards ? page.hasPreviousPage : page.hasNextPage;
    expect(backwards ? page.hasNextPage : page.hasPreviousPage).toBe(place !== undefined);
    const last = backwards ? page.rows[0] : page.rows.at(-1);
    place = last && page.cursorOf(last);
    if (more) await disturb(actor, page.rows);
  }
  return rows;
}

describe('a list that is read by cursor while others insert and delete', () => {
  describe.each([
    ['forwards', false],
    ['backwards', true],
  ])('%s', (_way, backwards) => {
    it.each(ORDERS)('shows each stable task exactly once and in order by %s %#', async (sql, orderBy) => {
      const actor = await services.actor();
      await fill(actor, STABLE, 'stable');
      await fill(actor, 200, 'passing');
      const rows = await readAll(actor, orderBy, backwards);
      const stable = rows.filter((row) => row.description === 'stable').map((row) => row.id);
      const truth = await services.database.owner<{ id: string }>(
        `select id from tasks where user_id = $1 and description = 'stable' and deleted_at is null order by ${sql}`,
        [actor.userId],
      );
      expect(truth).toHaveLength(STABLE);
      expect(stable).toEqual(truth.map((row) => row.id));
      expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    });
  });
});

describe('a page of a list', () => {
  it('holds 20 tasks unless another size is asked for', async () => {
    const actor = await services.actor();
    await fill(actor, 25, 'stable');
    expect((await services.tasks.connection(actor, {})).rows).toHaveLength(20);
    expect((await services.tasks.connection(actor, { first: 21 })).rows).toHaveLength(21);
    expect((await services.tasks.connection(actor, { last: 22 })).rows).toHaveLength(22);
  });

  it('is empty, without a next or previous one, in an empty list', async () => {
    const page = await services.tasks.connection(await services.actor(), {});
    expect(page).toMatchObject({ rows: [], hasNextPage: false, hasPreviousPage: false });
  });

  it('has no next one when it ends with the last task', async () => {
    const actor = await services.actor();
    await fill(actor, 10, 'stable');
    expect(await services.tasks.connection(actor, { first: 10 })).toMatchObject({ hasNextPage: false });
    expect(await services.tasks.connection(actor, { first: 9 })).toMatchObject({ hasNextPage: true });
    expect(await services.tasks.connection(actor, { last: 10 })).toMatchObject({ hasPreviousPage: false });
    expect(await services.tasks.connection(actor, { last: 9 })).toMatchObject({ hasPreviousPage: true });
  });

  it('begins after a task that was deleted since, where it stood', async () => {
    const actor = await services.actor();
    await fill(actor, 5, 'stable');
    const { rows, cursorOf } = await services.tasks.connection(actor, {});
    const after = cursorOf(rows[2]!);
    await services.tasks.delete(actor, rows[2]!.id);
    expect((await services.tasks.connection(actor, { after })).rows).toEqual(rows.slice(3));
  });

  it('takes a cursor whose title is as long as titles can be', async () => {
    const actor = await services.actor();
    const titles = ['\u{1f600}', '\u{1f601}', '\u{1f602}'].map((emoji) => emoji.repeat(255));
    await storeTasks(
      services.database.url,
      actor.userId,
      titles.map((title) => ({ title })),
    );
    const orderBy = [asc('title'), desc('updatedAt'), asc('createdAt')];
    const { rows, cursorOf } = await services.tasks.connection(actor, { orderBy });
    const page = await services.tasks.connection(actor, {
      orderBy,
      after: cursorOf(rows[0]!),
      before: cursorOf(rows[2]!),
    });
    expect(page.rows).toEqual([rows[1]]);
  });

  it('begins at the place that a cursor of another user names, within the own list', async () => {
    const [owner, stranger] = [await services.actor(), await services.actor()];
    await storeTasks(services.database.url, owner.userId, [{ createdAt: hour(2) }, { createdAt: hour(4) }]);
    const own = await storeTasks(
      services.database.url,
      stranger.userId,
      [1, 3, 5].map((index) => ({ createdAt: hour(index) })),
    );
    const orderBy = [asc('createdAt')];
    const { rows, cursorOf } = await services.tasks.connection(owner, { orderBy });
    const page = await services.tasks.connection(stranger, { orderBy, after: cursorOf(rows[0]!) });
    expect(page.rows.map((row) => row.id)).toEqual(own.slice(1));
  });
});
