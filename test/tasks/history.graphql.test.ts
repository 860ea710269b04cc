import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { type Asking, asking } from './support/operations.ts';

let app: TestApp;
let user: string;
let own: Asking;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  user = newUser();
  own = asking(app, user);
});

interface Entry {
  version: number;
  changedAt: string;
  changes: { field: string; before: string | null; after: string | null }[];
}

const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

async function pageOf(id: string, first?: number, after?: string, from = user) {
  const query = `query ($id: ID!, $first: Int, $after: String) {
    task(id: $id) { history(first: $first, after: $after) {
      nodes { version changedAt changes { field before after } } edges { cursor node { version } } ${PAGE} } }
  }`;
  const { data, errors } = await app.graphql(from, query, { id, first, after });
  return { page: data?.task?.history, refusal: errors[0]?.extensions };
}

const historyOf = async (id: string): Promise<Entry[]> => (await pageOf(id)).page.nodes;
const latest = async (id: string) => (await historyOf(id))[0]?.changes;

async function create(input: Record<string, unknown> = {}): Promise<string> {
  return (await own.ask('createTask', { input: { title: 't', ...input } })).task.id;
}

const update = (id: string, input: Record<string, unknown>) => own.ask('updateTask', { id, input });

describe('the history of a task', () => {
  it('is empty at first: how it was made stands in the task', async () => {
    expect(await historyOf(await create({ title: 'a', completed: true }))).toEqual([]);
  });

  it.each([
    ['title', { title: 'before' }, { title: 'after' }, 'before', 'after'],
    ['description', {}, { description: 'Text' }, null, 'Text'],
    ['description', { description: 'Text' }, { description: '' }, 'Text', ''],
    ['completed', {}, { completed: true }, 'false', 'true'],
    ['priority', {}, { priority: 'URGENT' }, 'NONE', 'URGENT'],
    ['dueDate', { dueDate: '2026-12-24' }, { dueDate: '0099-01-31' }, '2026-12-24', '0099-01-31'],
    ['dueAt', {}, { dueAt: '2026-12-24T18:00:00.12+01:00' }, null, '2026-12-24T17:00:00.120Z'],
    [
      'dueAt',
      { dueAt: '9999-12-31T23:59:59.999Z' },
      { dueAt: '0001-01-01T00:00:00Z' },
      '9999-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
    ],
    ['recurrenceBasis', {}, { recurrenceBasis: 'COMPLETION' }, 'DUE', 'COMPLETION'],
  ])('tells of %s as it is shown: from %j by %j', async (field, input, change, before, after) => {
    const id = await create(input);
    await update(id, change);
    expect(await latest(id)).toEqual([{ field, before, after }]);
    const { [field]: shown } = await own.ask('task', { id });
    expect(after).toBe(shown === null ? null : String(shown));
  });

  it('tells of a zone and a rule', async () => {
    const id = await create({ dueAt: '2026-12-24T17:00:00Z' });
    await update(id, { dueTimeZone: 'Europe/Berlin', recurrence: 'FREQ=DAILY' });
    expect(await latest(id)).toEqual([
      { field: 'dueTimeZone', before: null, after: 'Europe/Berlin' },
      { field: 'recurrence', before: null, after: 'FREQ=DAILY' },
    ]);
  });

  it('tells of tags, a list and a parent by their ids', async () => {
    const tag = async (name: string) => (await own.ask('createTag', { input: { name } })).tag.id;
    const [a, b, parent] = [await tag('a'), await tag('b'), await create()];
    const list = (await own.ask('createList', { input: { name: 'a' } })).list.id;
    const id = await create();
    await update(id, { tagIds: [a, b], listId: list, parentId: parent });
    expect(await latest(id)).toEqual([
      { field: 'tagIds', before: '', after: `${a},${b}` },
      { field: 'listId', before: null, after: list },
      { field: 'parentId', before: null, after: parent },
    ]);
    await own.ask('deleteTag', { id: a });
    expect(await latest(id)).toEqual([{ field: 'tagIds', before: `${a},${b}`, after: b }]);
    await own.ask('deleteList', { id: list });
    expect(await latest(id)).toEqual([{ field: 'listId', before: list, after: null }]);
  });

  it('tells of a move by positions, of the first one too', async () => {
    const [first, second] = [await create(), await create()];
    const { position: before } = await own.ask('task', { id: second });
    const { position: after } = (await own.ask('moveTask', { id: second, before: first })).task;
    expect(await latest(second)).toEqual([{ field: 'position', before, after }]);
  });

  it('tells of a deletion and of coming back from it', async () => {
    const id = await create();
    await own.ask('deleteTask', { id });
    const [{ deletedAt }] = (await own.ask('deletedTasks')).nodes;
    await own.ask('restoreTask', { id });
    expect((await historyOf(id)).map(({ changes }) => changes)).toEqual([
      [{ field: 'deletedAt', before: deletedAt, after: null }],
      [{ field: 'deletedAt', before: null, after: deletedAt }],
    ]);
  });

  it('tells of what an undo has done', async () => {
    const id = await create({ title: 'a' });
    const { undoToken } = await update(id, { title: 'b' });
    await own.ask('undo', { token: undoToken });
    expect(await latest(id)).toEqual([{ field: 'title', before: 'b', after: 'a' }]);
  });

  it('tells of all fields of one change together, with its version and moment', async () => {
    const id = await create();
    const { task } = await update(id, { title: 'x', description: 'y', priority: 'LOW' });
    const [entry] = await historyOf(id);
    expect(entry).toMatchObject({ version: task.version, changedAt: task.updatedAt });
    expect(entry?.changes.map(({ field }) => field)).toEqual(['title', 'description', 'priority']);
  });

  it('tells of bulk writes and batches as of single writes', async () => {
    const id = await create({ title: 'a' });
    await own.ask('updateTasks', { ids: [id], set: { title: 'b' } });
    await own.ask('updateTasks', { ids: [id], set: { title: 'never' }, dryRun: true });
    const command = { id: '0198c0de-0000-7000-8000-000000000001', update: { id, input: { title: 'c' } } };
    await own.ask('applyCommands', { commands: [command] });
    expect((await historyOf(id)).map(({ version, changes }) => [version, changes[0]?.after])).toEqual([
      [3, 'c'],
      [2, 'b'],
    ]);
  });

  it('tells of nothing where nothing was changed', async () => {
    const [id, other] = [await create({ title: 'same' }), await create()];
    await update(id, { title: 'same', description: null });
    await own.ask('moveTask', { id: other, after: id });
    await own.told('updateTask', { id, input: { title: 'x' }, expectedVersion: 7 });
    await app.owner('update tasks set title = title where id = $1', [id]);
    expect([...(await historyOf(id)), ...(await historyOf(other))]).toEqual([]);
  });

  it('has room for the longest texts', async () => {
    const [before, after] = ['𝄞'.repeat(32_768), '"\\'.repeat(32_768)];
    const id = await create({ description: before });
    await update(id, { description: after });
    expect(await latest(id)).toEqual([{ field: 'description', before, after }]);
  });

  it('comes page by page, the latest first', async () => {
    const id = await create();
    for (let turn = 0; turn < 7; turn++) await update(id, { title: `${turn}` });
    const seen: number[] = [];
    let { page } = await pageOf(id, 3);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    for (;;) {
      expect(page.edges.map(({ node }: { node: Entry }) => node.version)).toEqual(
        page.nodes.map(({ version }: Entry) => version),
      );
      seen.push(...page.nodes.map(({ version }: Entry) => version));
      if (!page.pageInfo.hasNextPage) break;
      // What is written meanwhile comes before the first page.
      await update(id, { title: `later ${seen.length}` });
      ({ page } = await pageOf(id, 3, page.pageInfo.endCursor));
      expect(page.pageInfo.hasPreviousPage).toBe(true);
    }
    expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2]);
  });

  it.each([
    ['none', 0, undefined, 'first'],
    ['too many', 101, undefined, 'first'],
    ['what is no cursor', 5, 'x', 'after'],
  ])('refuses a page of %s', async (_name, first, after, field) => {
    const { refusal } = await pageOf(await create(), first, after);
    expect(refusal).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ field }] });
  });

  it("shows nothing of another user's", async () => {
    const id = await create();
    await update(id, { title: 'secret' });
    const { page, refusal } = await pageOf(id, 5, undefined, newUser());
    expect([page, refusal?.code]).toEqual([undefined, 'FORBIDDEN']);
    const rest = await app.rest(newUser(), 'GET', `/api/tasks/${id}/history`);
    expect([rest.status, JSON.stringify(rest.body).includes('secret')]).toEqual([403, false]);
  });

  it('of a deleted task can still be read', async () => {
    const id = await create({ title: 'a' });
    await update(id, { title: 'b' });
    await own.ask('deleteTask', { id });
    const { data } = await app.graphql(user, '{ deletedTasks { nodes { history { nodes { version } } } } }');
    expect(data.deletedTasks.nodes).toEqual([{ history: { nodes: [{ version: 3 }, { version: 2 }] } }]);
  });

  it('is forgotten in time, and not before', async () => {
    const id = await create();
    await update(id, { title: 'old' });
    await update(id, { title: 'recent' });
    const age = (version: number, days: number) =>
      app.owner(
        'update task_changes set changed_at = changed_at - make_interval(days => $3) where task_id = $1 and version = $2',
        [id, version, days],
      );
    await age(2, 366);
    await age(3, 364);
    await app.owner('select purge_task_changes(365)');
    expect((await historyOf(id)).map(({ version }) => version)).toEqual([3]);
    await app.owner('select purge_task_changes(0)');
    expect((await historyOf(id)).map(({ version }) => version)).toEqual([]);
  });

  it('goes with the account', async () => {
    const id = await create();
    await update(id, { title: 'x' });
    await app.rest(user, 'DELETE', '/api/auth/me');
    expect(await app.owner('select from task_changes where user_id = $1', [user])).toEqual([]);
  });
});
