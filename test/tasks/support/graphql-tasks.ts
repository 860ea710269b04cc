import { expect } from '@jest/globals';
import type { TaskView } from '../../support/api.ts';
import type { GraphQLAnswer, TestApp } from '../../support/app.ts';

/** Tasks, tags and lists over GraphQL, for tests that say with a word what they want done. */

export const TASK = `id title description completed completedAt priority dueDate dueAt dueTimeZone recurrence recurrenceBasis
  tagIds listId parentId position createdAt updatedAt version`;

export type Variables = Record<string, unknown>;

export interface Label {
  id: string;
  name: string;
  color: string | null;
  version: number;
}

/** Whatever was asked for, in the one answer that there is; an error fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: the answer of whatever was asked
export async function asked(app: TestApp, user: string, query: string, variables: Variables = {}): Promise<any> {
  const { data, errors } = await app.graphql(user, query, variables);
  expect(errors).toEqual([]);
  return data;
}

export interface Refused {
  code: string;
  fields: string[];
  version: unknown;
}

export function refusedWith({ data, errors }: GraphQLAnswer): Refused {
  expect(errors).toHaveLength(1);
  expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true);
  const { code, fields = [], version } = errors[0]!.extensions;
  return { code, fields: (fields as { field: string }[]).map(({ field }) => field), version };
}

export function tasksOf(app: TestApp) {
  const create = `mutation ($input: CreateTaskInput!, $key: String) {
    createTask(input: $input, idempotencyKey: $key) { task { ${TASK} } }
  }`;
  const update = `mutation ($id: ID!, $input: UpdateTaskInput!, $expectedVersion: Int, $key: String) {
    updateTask(id: $id, input: $input, expectedVersion: $expectedVersion, idempotencyKey: $key) { task { ${TASK} } }
  }`;
  const complete = `mutation ($id: ID!, $expectedVersion: Int, $key: String) {
    completeTask(id: $id, expectedVersion: $expectedVersion, idempotencyKey: $key) { task { ${TASK} } }
  }`;
  const toggle = `mutation ($id: ID!, $key: String) { toggleTask(id: $id, idempotencyKey: $key) { task { ${TASK} } } }`;
  const list = `query ($first: Int, $filter: TaskFilter, $orderBy: [TaskOrder!]) {
    tasks(first: $first, filter: $filter, orderBy: $orderBy) { totalCount nodes { ${TASK} } }
  }`;
  const titled = (input: Variables) => ({ title: 'Task', ...input });
  return {
    async create(user: string, input: Variables = {}, key?: string): Promise<TaskView> {
      return (await asked(app, user, create, { input: titled(input), key })).createTask.task;
    },
    async createRefused(user: string, input: Variables): Promise<Refused> {
      return refusedWith(await app.graphql(user, create, { input: titled(input) }));
    },
    async update(user: string, id: string, input: Variables, options: Variables = {}): Promise<TaskView> {
      return (await asked(app, user, update, { id, input, ...options })).updateTask.task;
    },
    async updateRefused(user: string, id: string, input: Variables, options: Variables = {}): Promise<Refused> {
      return refusedWith(await app.graphql(user, update, { id, input, ...options }));
    },
    updateAnswer: (user: string, id: string, input: Variables, options: Variables = {}) =>
      app.graphql(user, update, { id, input, ...options }),
    async complete(user: string, id: string, options: Variables = {}): Promise<TaskView> {
      return (await asked(app, user, complete, { id, ...options })).completeTask.task;
    },
    completeAnswer: (user: string, id: string, options: Variables = {}) =>
      app.graphql(user, complete, { id, ...options }),
    async toggle(user: string, id: string, options: Variables = {}): Promise<TaskView> {
      return (await asked(app, user, toggle, { id, ...options })).toggleTask.task;
    },
    async get(user: string, id: string): Promise<TaskView> {
      return (await asked(app, user, `query ($id: ID!) { task(id: $id) { ${TASK} } }`, { id })).task;
    },
    async list(user: string, variables: Variables = {}): Promise<TaskView[]> {
      return (await asked(app, user, list, { first: 100, ...variables })).tasks.nodes;
    },
    async listRefused(user: string, variables: Variables): Promise<Refused> {
      return refusedWith(await app.graphql(user, list, variables));
    },
    async delete(user: string, id: string): Promise<void> {
      await asked(app, user, 'mutation ($id: ID!) { deleteTask(id: $id) { deletedTaskId } }', { id });
    },
    async restore(user: string, id: string): Promise<TaskView> {
      const query = `mutation ($id: ID!) { restoreTask(id: $id) { task { ${TASK} } } }`;
      return (await asked(app, user, query, { id })).restoreTask.task;
    },
    async setTimeZone(user: string, timeZone: string | null): Promise<void> {
      const query = 'mutation ($input: UpdateViewerInput!) { updateViewer(input: $input) { viewer { timeZone } } }';
      expect((await asked(app, user, query, { input: { timeZone } })).updateViewer.viewer).toEqual({ timeZone });
    },
    async tag(user: string, name: string): Promise<Label> {
      const query = 'mutation ($input: CreateTagInput!) { createTag(input: $input) { tag { id name color version } } }';
      return (await asked(app, user, query, { input: { name } })).createTag.tag;
    },
    async taskList(user: string, name: string): Promise<Label> {
      const query =
        'mutation ($input: CreateListInput!) { createList(input: $input) { list { id name color version } } }';
      return (await asked(app, user, query, { input: { name } })).createList.list;
    },
  };
}
