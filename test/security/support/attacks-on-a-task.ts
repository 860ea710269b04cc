import { undoTokenOf } from '../../../src/tasks/undo.token.ts';
import type { TestApp } from '../../support/app.ts';

async function graphql(app: TestApp, user: string, query: string, variables: Record<string, unknown>) {
  const { data, errors } = await app.graphql(user, query, variables);
  return { data, errors };
}

const changes = { title: 'Taken over', completed: true };
const input = (id: string) => ({ id, input: changes });

/** Everything that can be asked about one task. */
export const ATTACKS: [string, (app: TestApp, user: string, id: string) => Promise<unknown>][] = [
  ['task', (app, user, id) => graphql(app, user, 'query ($id: ID!) { task(id: $id) { title description } }', { id })],
  ['tasks', (app, user) => graphql(app, user, '{ tasks(first: 100) { nodes { title description } totalCount } }', {})],
  [
    'tasks, filtered and in another order',
    (app, user) =>
      graphql(
        app,
        user,
        `{ tasks(last: 100, filter: { not: { completed: true } }, orderBy: [{ field: TITLE }, { field: UPDATED_AT, direction: DESC }]) {
             edges { cursor node { title } } totalCount } }`,
        {},
      ),
  ],
  [
    'tasks, searched',
    (app, user) => graphql(app, user, '{ tasks(search: "nobody") { nodes { title } totalCount } }', {}),
  ],
  ['viewer.taskStats', (app, user) => graphql(app, user, '{ viewer { taskStats { total open completed } } }', {})],
  [
    'updateTask',
    (app, user, id) =>
      graphql(
        app,
        user,
        'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input) { task { title description } } }',
        input(id),
      ),
  ],
  [
    'updateTask with a version',
    (app, user, id) =>
      graphql(
        app,
        user,
        'mutation ($id: ID!, $input: UpdateTaskInput!) { updateTask(id: $id, input: $input, expectedVersion: 7) { task { title } } }',
        input(id),
      ),
  ],
  [
    'toggleTask',
    (app, user, id) => graphql(app, user, 'mutation ($id: ID!) { toggleTask(id: $id) { task { title } } }', { id }),
  ],
  [
    'deleteTask',
    (app, user, id) => graphql(app, user, 'mutation ($id: ID!) { deleteTask(id: $id) { deletedTaskId } }', { id }),
  ],
  [
    'createTask under its id',
    (app, user, id) =>
      graphql(app, user, 'mutation ($id: ID!) { createTask(input: { id: $id, title: "Mine" }) { task { title } } }', {
        id,
      }),
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
    (app, user, id) => graphql(app, user, `mutation ($id: ID!) { ${field} }`, { id }),
  ]),
  [
    'updateTasks by a filter',
    (app, user) =>
      graphql(app, user, 'mutation { updateTasks(filter: {}, set: { title: "x" }) { tasks { title } } }', {}),
  ],
  [
    'deleteTasks by a filter',
    (app, user) => graphql(app, user, 'mutation { deleteTasks(filter: {}) { deletedTaskIds } }', {}),
  ],
  [
    'undo',
    (app, user, id) =>
      graphql(app, user, 'mutation ($token: String!) { undo(token: $token) { tasks { title } } }', {
        token: undoTokenOf([{ id, version: 1 }]),
      }),
  ],
  [
    'deletedTasks',
    (app, user) => graphql(app, user, '{ deletedTasks(first: 100) { nodes { title } totalCount } }', {}),
  ],
  [
    'node',
    (app, user, id) =>
      graphql(app, user, 'query ($id: ID!) { node(id: $id) { ... on Task { title history { nodes { version } } } } }', {
        id,
      }),
  ],
  ['GET', (app, user, id) => app.rest(user, 'GET', `/api/tasks/${id}`)],
  ['GET of the list', (app, user) => app.rest(user, 'GET', '/api/tasks?limit=100&search=nobody&sort=title')],
  ['PUT', (app, user, id) => app.rest(user, 'PUT', `/api/tasks/${id}`, changes)],
  ['PATCH', (app, user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}`, changes)],
  ['DELETE', (app, user, id) => app.rest(user, 'DELETE', `/api/tasks/${id}`)],
  ['PATCH toggle', (app, user, id) => app.rest(user, 'PATCH', `/api/tasks/${id}/toggle`)],
  ['POST under its id', (app, user, id) => app.rest(user, 'POST', '/api/tasks', { id, title: 'Mine' })],
];
