import { expect } from '@jest/globals';
import { type Api, type Credentials, expectSafe, Refusal, type RefusalDetails } from './api.ts';

const TASK = `id title description completed completedAt priority dueDate dueAt dueTimeZone recurrence recurrenceBasis
  tagIds listId parentId position createdAt updatedAt version`;
const FIELDS: Record<string, string> = {
  createdAt: 'CREATED_AT',
  updatedAt: 'UPDATED_AT',
  title: 'TITLE',
  completed: 'COMPLETED',
};

interface GraphQLError {
  message: string;
  path?: unknown[];
  extensions: RefusalDetails & { requestId: string };
}

/** Drives GraphQL over HTTP, with variables as real clients send them. */
export function createGraphQLApi(url: string, credentials: Credentials): Api {
  async function run(user: string | undefined, query: string, variables: Record<string, unknown> = {}) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await credentials(user)) },
      body: JSON.stringify({ query, variables }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the answer of whatever was asked
    const answer = (await response.json()) as { data?: any; errors?: GraphQLError[] };
    if (answer.errors) throw refusal(answer.errors, answer.data, response);
    expect(response.status).toBe(200);
    return answer.data;
  }

  return {
    async create(user, input, key) {
      const query = `mutation ($input: CreateTaskInput!, $key: String) {
        createTask(input: $input, idempotencyKey: $key) { task { ${TASK} } }
      }`;
      return (await run(user, query, { input, key })).createTask.task;
    },
    async get(user, id) {
      return (await run(user, `query ($id: ID!) { task(id: $id) { ${TASK} } }`, { id })).task;
    },
    async list(user, { limit, sort = 'createdAt', descending = true, search, completed } = {}) {
      const query = `query ($first: Int, $filter: TaskFilter, $search: String, $orderBy: [TaskOrder!]) {
        tasks(first: $first, filter: $filter, search: $search, orderBy: $orderBy) { nodes { ${TASK} } totalCount }
      }`;
      const { tasks } = await run(user, query, {
        first: limit,
        search,
        filter: completed === undefined ? undefined : { completed },
        orderBy: [{ field: FIELDS[sort], direction: descending ? 'DESC' : 'ASC' }],
      });
      return { tasks: tasks.nodes, total: tasks.totalCount };
    },
    async update(user, id, changes, expectedVersion, key) {
      const query = `mutation ($id: ID!, $input: UpdateTaskInput!, $expectedVersion: Int, $key: String) {
        updateTask(id: $id, input: $input, expectedVersion: $expectedVersion, idempotencyKey: $key) { task { ${TASK} } }
      }`;
      return (await run(user, query, { id, input: changes, expectedVersion, key })).updateTask.task;
    },
    async delete(user, id, expectedVersion, key) {
      const query = `mutation ($id: ID!, $expectedVersion: Int, $key: String) {
        deleteTask(id: $id, expectedVersion: $expectedVersion, idempotencyKey: $key) { deletedTaskId }
      }`;
      expect((await run(user, query, { id, expectedVersion, key })).deleteTask.deletedTaskId).toBe(id);
    },
    async toggle(user, id, key) {
      const query = `mutation ($id: ID!, $key: String) {
        toggleTask(id: $id, idempotencyKey: $key) { task { ${TASK} } }
      }`;
      return (await run(user, query, { id, key })).toggleTask.task;
    },
    me: async (user) => (await run(user, '{ viewer { id email name createdAt } }')).viewer,
    async revoke(user) {
      expect((await run(user, 'mutation { revokeTokens { revoked } }')).revokeTokens).toEqual({ revoked: true });
    },
    async deleteAccount(user) {
      const query = 'mutation ($confirm: String!) { deleteAccount(confirm: $confirm) { deletedUserId } }';
      expect((await run(user, query, { confirm: user ?? '' })).deleteAccount).toEqual({ deletedUserId: user });
    },
  };
}

/** Statuses that GraphQL has as well; every other error of an operation that was executed comes with 200. */
const HTTP_STATUS: Record<string, number> = { UNAUTHENTICATED: 401, SERVICE_UNAVAILABLE: 503, PAYLOAD_TOO_LARGE: 413 };

function refusal(errors: GraphQLError[], data: unknown, response: Response): Refusal {
  const [error] = errors;
  if (!error) throw new Error('errors without an error');
  const { message, path, extensions } = error;
  expectSafe(errors, response.headers, extensions.requestId);
  expect(data ?? null).toBeNull();
  const executed = path === undefined ? 400 : 200;
  expect(response.status).toBe(HTTP_STATUS[extensions.code] ?? executed);
  return new Refusal(message, extensions, response.headers);
}
