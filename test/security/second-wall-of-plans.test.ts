import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { undoTokenOf } from '../../src/tasks/undo.token.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { taskStoreWithoutFirstWall } from '../support/without-first-wall.ts';

/** The service's check and every WHERE are gone; both APIs stand on what row-level security leaves. */

const TITLE = 'Nobody else may know this';

let database: OpenTestDatabase;
let app: TestApp;

beforeAll(async () => {
  database = await openTestDatabase();
  app = await startTestApp({
    beside: { databaseUrl: database.url },
    overrides: { taskStore: taskStoreWithoutFirstWall(database) },
  });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

async function graphql(user: string, query: string, variables: Record<string, unknown>) {
  const { data, errors } = await app.graphql(user, query, variables);
  return { data, errors };
}

const changes = { title: 'Taken over', completed: true };
const input = (id: string) => ({ id, input: changes });

/** Everything that can be asked about one task. */
const ATTACKS: [string, (user: string, id: string) => Promise<unknown>][] = [
  ['task', (user, id) => graphql(user, 'query ($id: ID!) { task(id: $id) { title description } }', { id })],
  ['tasks', (user) => graphql(user, '{ tasks(first: 100) { nodes { title description } totalCount } }', {})],
  [
    'tasks, filtered and in another order',
    (user) =>
      graphql(
        user,
        `{ tasks(last: 100, filter: { not: { completed: true } }, orderBy: [{ field: TITLE }, { field: UPDATED_AT, direction: DESC }]) {
             edges { cursor node { title } } totalCount } }`,
        {},
      ),
  ],
  ['tasks, searched', (user) => graphql(user, '{ tasks(search: "nobody") { nodes { title } totalCount } }', {})],
  ['viewer.taskStats', (user) => graphql(user, '{ viewer { taskStats { total open completed } } }', {})],
  [
    'updateTask',
    (user, id) =>
      graphql(
        user,
        'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input) { task { title description } } }',
        input(id),
      ),
  ],
  [
    'updateTask with a version',
    (user, id) =>
      graphql(
        user,
        'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input, expectedVersion: 7) { task { title } } }',
        input(id),
      ),
  ],
  ['toggleTask', (user, id) => graphql(user, 'mutation ($id: ID!) { toggleTask(id: $id) { task { title } } }', { id })],
  ['deleteTask', (user, id) => graphql(user, 'mutation ($id: ID!) { deleteTask(id: $id) { deletedTaskId } }', { id })],
  [
    'createTask under its id',
    (user, id) =>
      graphql(user, 'mutation ($id: ID!) { createTask(input: { id: $id, title: "Mine" }) { task { title } } }', { id }),
  ],
  ...Object.entries({
    moveTask: 'moveTask(id: $id, after: $id) { task { title } }',
    restoreTask: 'restoreTask(id: $id) { task { title } }',
    purgeTask: 'purgeTask(id: $id) { purgedTaskId }',
    completeTask: 'completeTask(id: $id) { task { title } }',
    reopenTask: 'reopenTask(id: $id) { task { title } }',
    updateTasks: 'updateTasks(ids: [$id], set: { title: "Taken over" }) { tasks { title } errors { message } }',
    deleteTasks: 'deleteTasks(ids: [$id]) { deletedTaskIds errors { message } }',
    'createTask under it': 'createTask(input: { title: "Mine", parentId: $id }) { task { title parent { title } } }',
  }).map(([name, field]): (typeof ATTACKS)[number] => [
    name,
    (user, id) => graphql(user, `mutation ($id: ID!) { ${field} }`, { id }),
  ]),
  [
    'updateTasks by a filter',
    (user) => graphql(user, 'mutation { updateTasks(filter: {}, set: { title: "x" }) { tasks { title } } }', {}),
  ],
  ['deleteTasks by a filter', (user) => graphql(user, 'mutation { deleteTasks(filter: {}) { deletedTaskIds } }', {})],
  [
    'undo',
    (user, id) =>
      graphql(user, 'mutation ($token: String!) { undo(token: $token) { tasks { title } } }', {
        token: undoTokenOf([{ id, version: 1 }]),
      }),
  ],
  ['deletedTasks', (user) => graphql(user, '{ deletedTasks(first: 100) { nodes { title } totalCount } }', {})],
  [
    'node',
    (user, id) =>
      graphql(user, 'query ($id: ID!) { node(id: $id) { ... on Task { title history { nodes { version } } } } }', {
        id,
      }),
  ],
  ['GET', (user, id) => app.rest(user, 'GET', `/api/tasks/${id}`)],
  ['GET of the list', (user) => app.rest(user, 'GET', '/api/tasks?limit=100&search=nobody&sort=title')],
  ['PUT', (user, id) => app.rest(user, 'PUT', `/api/tasks/${id}`, changes)],
  ['PATCH', (user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}`, changes)],
  ['DELETE', (user, id) => app.rest(user, 'DELETE', `/api/tasks/${id}`)],
  ['PATCH toggle', (user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}/toggle`)],
  ['POST under its id', (user, id) => app.rest(user, 'POST', '/api/tasks', { id, title: 'Mine' })],
];

describe('rows of tags, lists, histories and occurrences', () => {
  const TABLES = ['tasks', 'tags', 'lists', 'task_tags', 'task_changes', 'task_occurrences'];
  /** A user with a row in each table. */
  async function planner() {
    const user = newUser('planner');
    const ids = { user, task: uuidv7(), part: uuidv7(), tag: uuidv7(), list: uuidv7() };
    await app.graphql(user, '{ viewer { id } }');
    const insert = (table: string, columns: string, values: unknown[]) =>
      database.owner(
        `insert into ${table} (user_id, ${columns}) values ($1, ${values.map((_, i) => `$${i + 2}`).join()})`,
        [user, ...values],
      );
    await insert('tags', 'id, name', [ids.tag, TITLE]);
    await insert('lists', 'id, name', [ids.list, TITLE]);
    await insert('tasks', 'id, title, list_id, tag_ids', [ids.task, TITLE, ids.list, [ids.tag]]);
    await insert('tasks', 'id, title, parent_id', [ids.part, TITLE, ids.task]);
    await insert('task_occurrences', 'task_id, version, completed_at', [ids.task, 1, new Date()]);
    await database.owner('update tasks set description = $2 where id = $1', [ids.task, TITLE]);
    return ids;
  }

  it.each(TABLES)(
    'of another user in %s can neither be read nor changed nor deleted, whatever a statement asks for',
    async (table) => {
      const { user } = await planner();
      const attacker = database.as(newUser('attacker'));
      const kept = () => database.owner(`select * from ${table} where user_id = $1 order by 1, 2, 3`, [user]);
      const before = await kept();
      expect(before).not.toEqual([]);
      expect(await attacker.query(`select * from ${table}`, [])).toEqual([]);
      expect(await attacker.query(`delete from ${table} returning *`, [])).toEqual([]);
      const change = attacker.query(`update ${table} set user_id = user_id returning *`, []);
      // Some tables may be added to and deleted from, and no more.
      expect(await change.catch((error: { code: string }) => error.code)).toEqual(
        ['tasks', 'tags', 'lists'].includes(table) ? [] : 'FORBIDDEN',
      );
      expect(await kept()).toEqual(before);
    },
  );

  it.each([
    ['tags', 'id, name', () => [uuidv7(), 'a']],
    ['lists', 'id, name', () => [uuidv7(), 'a']],
    ['tasks', 'id, title', () => [uuidv7(), 'a']],
    ['task_changes', 'task_id, version, changed_at, changes', (ids: Ids) => [ids.task, 99, new Date(), {}]],
    ['task_occurrences', 'task_id, version, completed_at', (ids: Ids) => [ids.task, 99, new Date()]],
    ['task_tags', 'task_id, tag_id', (ids: Ids) => [ids.part, ids.tag]],
  ])('cannot be put into %s in the name of another user', async (table, columns, values) => {
    const ids = await planner();
    const given = [ids.user, ...values(ids)];
    const places = given.map((_, index) => `$${index + 1}`).join();
    const insert = database
      .as(newUser('attacker'))
      .query(`insert into ${table} (user_id, ${columns}) values (${places})`, given);
    // The trigger that counts changes finds no such owner, or else the policy refuses the row.
    await expect(insert).rejects.toMatchObject({ code: expect.stringMatching(/^(FORBIDDEN|UNAUTHENTICATED)$/) });
  });

  type Ids = Awaited<ReturnType<typeof planner>>;

  it.each([
    [
      'a task in the list',
      'tasks_list_id_fkey',
      'update tasks set list_id = $2 where id = $1',
      (own: Ids, their: Ids) => [own.task, their.list],
    ],
    [
      'a part of the task',
      'tasks_parent_id_fkey',
      'update tasks set parent_id = $2 where id = $1',
      (own: Ids, their: Ids) => [own.task, their.task],
    ],
    [
      'a task with the tag',
      'task_tags_tag_id_fkey',
      'update tasks set tag_ids = $2 where id = $1',
      (own: Ids, their: Ids) => [own.task, [their.tag]],
    ],
    [
      'a tag of the task',
      'task_tags_task_id_fkey',
      'insert into task_tags (user_id, task_id, tag_id) values ($1, $2, $3)',
      (own: Ids, their: Ids) => [own.user, their.task, own.tag],
    ],
    [
      'a change of the task',
      'task_changes_task_id_fkey',
      "insert into task_changes (user_id, task_id, version, changed_at, changes) values ($1, $2, 99, now(), '{}')",
      (own: Ids, their: Ids) => [own.user, their.task],
    ],
    [
      'an occurrence of the task',
      'task_occurrences_task_id_fkey',
      'insert into task_occurrences (user_id, task_id, version, completed_at) values ($1, $2, 99, now())',
      (own: Ids, their: Ids) => [own.user, their.task],
    ],
  ])(
    'cannot be %s of another user, not even by the owner of the tables',
    async (_name, constraint, statement, values) => {
      const [own, their] = [await planner(), await planner()];
      await expect(database.owner(statement, values(own, their))).rejects.toMatchObject({ constraint });
    },
  );

  it('tell nothing of each other to functions that requests may call', async () => {
    const { task, tag, user } = await planner();
    const attacker = database.as(newUser('attacker'));
    const [found] = await attacker.query('select task_free_rank($1, $2, $3) as rank', [user, uuidv7(), 'a0']);
    expect(found).toEqual({ rank: 'a0' });
    const counts = 'select (select count(*)::int from task_tags where tag_id = $1 or task_id = $2) as count';
    expect(await attacker.query(counts, [tag, task])).toEqual([{ count: 0 }]);
  });
});
