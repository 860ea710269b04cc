import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { asked, TASK, tasksOf } from '../tasks/support/graphql-tasks.ts';
import { KINDS, labelsOf } from './support/label-api.ts';

/** What becomes of tasks when their tags and lists go. */

const SYNC = `query ($since: String) {
  taskSync(since: $since, first: 100) { syncToken changed { ${TASK} } deletedIds hasMore }
}`;

const LARGE = 4000;
const ENTRIES_READ = "select sum(idx_tup_read)::int as entries from pg_stat_user_indexes where relname = 'task_tags'";

let app: TestApp;
let tasks: ReturnType<typeof tasksOf>;
let user: string;

beforeAll(async () => {
  // Thousands of tasks take seconds, and several times as long beside other tests.
  app = await startTestApp({ environment: { DATABASE_STATEMENT_TIMEOUT: '60000' } });
  tasks = tasksOf(app);
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
});

async function synchronised(since?: string) {
  return (await asked(app, user, SYNC, { since })).taskSync;
}

describe.each(KINDS)('a %s that is deleted', (kind) => {
  let labels: ReturnType<typeof labelsOf>;
  beforeAll(() => {
    labels = labelsOf(app, kind);
  });
  const having = (id: string) => (kind === 'Tag' ? { tagIds: [id] } : { listId: id });
  const without = kind === 'Tag' ? { tagIds: [] } : { listId: null };

  it('leaves its tasks, each with a new version, and others as they were', async () => {
    const [label, other] = [await labels.create(user, { name: 'Gone' }), await labels.create(user, { name: 'Stays' })];
    const made = [await tasks.create(user, having(label.id)), await tasks.create(user, having(label.id))];
    const others = [await tasks.create(user, having(other.id)), await tasks.create(user)];
    await labels.delete(user, label.id, { expectedVersion: 1 });
    for (const task of made) {
      const after = await tasks.get(user, task.id);
      expect(after).toEqual({ ...task, ...without, version: 2, updatedAt: after.updatedAt });
      expect(after.updatedAt > task.updatedAt).toBe(true);
    }
    for (const task of others) expect(await tasks.get(user, task.id)).toEqual(task);
  });

  it('has its tasks told to devices', async () => {
    const label = await labels.create(user, { name: 'Gone' });
    const made = await tasks.create(user, having(label.id));
    await tasks.create(user);
    const { syncToken } = await synchronised();
    await labels.delete(user, label.id);
    const news = await synchronised(syncToken);
    expect(news).toMatchObject({ changed: [{ id: made.id, version: 2, ...without }], deletedIds: [], hasMore: false });
  });

  it('is in the history of its tasks', async () => {
    const label = await labels.create(user, { name: 'Gone' });
    const { id } = await tasks.create(user, having(label.id));
    await labels.delete(user, label.id);
    const query = 'query ($id: ID!) { task(id: $id) { history { nodes { version changes { field before after } } } } }';
    const field = kind === 'Tag' ? 'tagIds' : 'listId';
    expect((await asked(app, user, query, { id })).task.history.nodes).toEqual([
      { version: 2, changes: [{ field, before: label.id, after: kind === 'Tag' ? '' : null }] },
    ]);
  });

  it('is taken off tasks in the trash as well, which can be restored without it', async () => {
    const label = await labels.create(user, { name: 'Gone' });
    const { id } = await tasks.create(user, having(label.id));
    await tasks.delete(user, id);
    await labels.delete(user, label.id);
    expect(await tasks.restore(user, id)).toMatchObject(without);
  });

  it('is in conflict with whoever wants to change its task as it was', async () => {
    const label = await labels.create(user, { name: 'Gone' });
    const { id } = await tasks.create(user, having(label.id));
    await labels.delete(user, label.id);
    const refused = await tasks.updateRefused(user, id, { title: 'New' }, { expectedVersion: 1 });
    expect(refused).toMatchObject({ code: 'CONFLICT', version: 2 });
  });

  it('is deleted by one of twenty who do so at once', async () => {
    const label = await labels.create(user, { name: 'Gone' });
    const { id } = await tasks.create(user, having(label.id));
    const answers = await Promise.all(Array.from({ length: 20 }, () => labels.deleteAnswer(user, label.id)));
    const codes = answers.map(({ errors }) => errors[0]?.extensions.code ?? 'deleted').sort();
    expect(codes).toEqual([...Array(19).fill('NOT_FOUND'), 'deleted']);
    expect((await tasks.get(user, id)).version).toBe(2);
  });

  it('fails nobody who edits its tasks, or puts it on others, meanwhile', async () => {
    for (let round = 0; round < 5; round++) {
      const label = await labels.create(user, { name: `Gone ${round}` });
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, index) => tasks.create(user, index < 5 ? having(label.id) : {})),
      );
      const put = kind === 'Tag' ? { addTags: [label.id] } : { listId: label.id };
      const answers = await Promise.all([
        ...made.map(({ id }, index) => tasks.updateAnswer(user, id, index < 5 ? { title: 'Edited' } : put)),
        labels.deleteAnswer(user, label.id),
      ]);
      const codes = new Set(answers.map(({ errors }) => errors[0]?.extensions.code ?? 'done'));
      codes.delete('BAD_USER_INPUT');
      expect([...codes]).toEqual(['done']);
      for (const { id } of made) expect(await tasks.get(user, id)).toMatchObject(without);
      expect(
        (await Promise.all(made.slice(0, 5).map(({ id }) => tasks.get(user, id)))).map(({ title }) => title),
      ).toEqual(Array(5).fill('Edited'));
    }
  });

  it('is deleted with thousands of tasks, each of which gets a number of its own and is looked up by itself', async () => {
    const label = await labels.create(user, { name: 'Large' });
    // PostgreSQL plans for the few that it has counted here; joined by such a plan, ten thousand tasks took a minute.
    await app.owner('analyze');
    await storeTasks(
      app.databaseUrl,
      user,
      Array.from({ length: LARGE }, () => having(label.id)),
    );
    const [before] = await app.owner(ENTRIES_READ);
    await labels.delete(user, label.id);
    const rows = await app.owner(
      `select count(*)::int as tasks, count(distinct rev)::int as revisions, min(version) as least, max(version) as most,
         (count(*) filter (where list_id is not null or tag_ids <> '{}'))::int as labelled
       from tasks where user_id = $1`,
      [user],
    );
    expect(rows).toEqual([{ tasks: LARGE, revisions: LARGE, least: 2, most: 2, labelled: 0 }]);
    const read = async () => (await app.owner(ENTRIES_READ))[0]?.entries - before?.entries;
    if (kind === 'Tag') await eventually('what was read is counted', async () => (await read()) >= LARGE, 15_000);
    expect(await read()).toBeLessThan(20 * LARGE);
  }, 180_000);
});

describe('an account that is erased', () => {
  it('takes tags and lists along, with tasks in every state', async () => {
    const [tag, list] = [await tasks.tag(user, 'Tag'), await tasks.taskList(user, 'List')];
    const parent = await tasks.create(user, { tagIds: [tag.id], listId: list.id });
    const part = await tasks.create(user, { tagIds: [tag.id], listId: list.id, parentId: parent.id });
    await tasks.delete(user, part.id);
    const other = await tasks.create(user, { tagIds: [tag.id], listId: list.id });
    await tasks.create(user, { parentId: other.id, dueDate: '2026-12-24', recurrence: 'FREQ=DAILY' });
    await tasks.delete(user, other.id);
    const recurring = await tasks.create(user, { dueDate: '2026-12-24', recurrence: 'FREQ=DAILY' });
    await tasks.complete(user, recurring.id);
    expect((await app.rest(user, 'DELETE', '/api/auth/me')).status).toBe(204);
    for (const table of ['tags', 'lists', 'task_tags', 'tasks', 'task_changes', 'task_occurrences']) {
      const rows = await app.owner(`select 1 from ${table} where user_id = $1`, [user]);
      expect({ table, rows }).toEqual({ table, rows: [] });
    }
  });
});
