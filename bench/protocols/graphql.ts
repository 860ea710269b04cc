import { type HttpCall, listAt, type Protocol, toTaskAnswer, valueAt } from '../protocol.ts';

const TASK_FIELDS = 'id title description completed createdAt updatedAt version';

const LIST = `query Tasks($first: Int) {
  tasks(first: $first) { edges { cursor node { ${TASK_FIELDS} } } pageInfo { hasNextPage endCursor } }
}`;
const GET = `query Task($id: ID!) { task(id: $id) { ${TASK_FIELDS} } }`;
const CREATE = `mutation CreateTask($input: CreateTaskInput!) { createTask(input: $input) { task { ${TASK_FIELDS} } } }`;
const TOGGLE = `mutation ToggleTask($id: ID!) { toggleTask(id: $id) { task { ${TASK_FIELDS} } } }`;

/** The public GraphQL API, with variables, as a client library would send it. */
export const GRAPHQL_PROTOCOL: Protocol = {
  list: (first) => operation('Tasks', LIST, { first }),
  get: (id) => operation('Task', GET, { id }),
  create: (input) => operation('CreateTask', CREATE, { input }),
  toggle: (id) => operation('ToggleTask', TOGGLE, { id }),
  readList: (answer) => listAt(answer, 'data', 'tasks', 'edges').map((edge) => toTaskAnswer(valueAt(edge, 'node'))),
  readGet: (answer) => toTaskAnswer(valueAt(answer, 'data', 'task')),
  readCreate: (answer) => toTaskAnswer(valueAt(answer, 'data', 'createTask', 'task')),
  readToggle: (answer) => toTaskAnswer(valueAt(answer, 'data', 'toggleTask', 'task')),
};

function operation(operationName: string, query: string, variables: Record<string, unknown>): HttpCall {
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ operationName, query, variables }) };
}
