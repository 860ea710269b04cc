import type { TestApp } from '../../support/app.ts';

/** What clients ask for in GraphQL, by the names of fields and of their arguments. */

export const TASK = `id title description completed completedAt priority dueDate dueAt dueTimeZone recurrence recurrenceBasis
  tagIds listId parentId position createdAt updatedAt version`;
const PAGE = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const BULK_ERRORS = 'errors { index id code message version fields { field message } } affected undoToken';

const MUTATIONS: Record<string, string> = {
  createTask: `task { ${TASK} } undoToken`,
  updateTask: `task { ${TASK} } undoToken`,
  toggleTask: `task { ${TASK} } undoToken`,
  completeTask: `task { ${TASK} } undoToken`,
  reopenTask: `task { ${TASK} } undoToken`,
  moveTask: `task { ${TASK} } undoToken`,
  restoreTask: `task { ${TASK} } undoToken`,
  deleteTask: 'deletedTaskId undoToken',
  purgeTask: 'purgedTaskId',
  undo: `tasks { ${TASK} } deletedTaskIds undoToken`,
  createTasks: `tasks { ${TASK} } ${BULK_ERRORS}`,
  updateTasks: `tasks { ${TASK} } ${BULK_ERRORS}`,
  deleteTasks: `deletedTaskIds ${BULK_ERRORS}`,
  createTag: 'tag { id name color version }',
  updateTag: 'tag { id name color version }',
  deleteTag: 'deletedTagId',
  createList: 'list { id name color version }',
  updateList: 'list { id name color version }',
  deleteList: 'deletedListId',
  applyCommands: `results { id status deletedTaskId task { ${TASK} } error { code message version fields { field message } } }`,
};
const QUERIES: Record<string, string> = {
  task: TASK,
  tasks: `nodes { ${TASK} } totalCount ${PAGE}`,
  deletedTasks: `nodes { ${TASK} deletedAt } edges { cursor } totalCount ${PAGE}`,
  tags: 'id name',
  lists: 'id name taskCounts { total }',
  tag: 'id name',
  list: 'id name taskCounts { total }',
  node: '__typename id ... on Task { title } ... on Tag { name } ... on TaskList { name }',
  nodes: '__typename id ... on Task { title } ... on Tag { name } ... on TaskList { name }',
  taskStats: 'total',
  taskSync: `changed { ${TASK} } deletedIds syncToken hasMore`,
};
const TYPES: Record<string, string> = {
  id: 'ID!',
  first: 'Int',
  before: 'ID',
  expectedVersion: 'Int',
  expectedVersions: '[Int!]',
  maxAffected: 'Int',
  filter: 'TaskFilter',
  orderBy: '[TaskOrder!]',
  set: 'UpdateTaskInput!',
  inputs: '[CreateTaskInput!]!',
  commands: '[TaskCommandInput!]!',
  atomic: 'Boolean',
  dryRun: 'Boolean',
  token: 'String!',
  since: 'String',
  idempotencyKey: 'String',
};
const INPUTS: Record<string, string> = {
  createTask: 'CreateTaskInput!',
  updateTask: 'UpdateTaskInput!',
  createTag: 'CreateTagInput!',
  createList: 'CreateListInput!',
  updateTag: 'UpdateTagInput!',
  updateList: 'UpdateListInput!',
};

type Arguments = Record<string, unknown>;

/** Its result, or the first error's code and what else it tells. */
export interface Told {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  result: any;
  refusal: ({ code: string; message: string } & Record<string, unknown>) | undefined;
}

/** The operation that asks for one field with these arguments, as variables, and for `selection` or all there is of it. */
export function documentOf(name: string, given: Arguments, selection = MUTATIONS[name] ?? QUERIES[name]): string {
  const names = Object.keys(given);
  const typeOf = (argument: string) => {
    if (argument === 'input') return INPUTS[name];
    if (argument === 'ids') return name === 'nodes' ? '[ID!]!' : '[ID!]';
    // A place in a list, and beside which task one is to stand.
    return argument === 'after' ? (name === 'moveTask' ? 'ID' : 'String') : TYPES[argument];
  };
  const declared = names.map((argument) => `$${argument}: ${typeOf(argument)}`).join(', ');
  const passed = names.map((argument) => `${argument}: $${argument}`).join(', ');
  return `${MUTATIONS[name] ? 'mutation' : 'query'}${declared && ` (${declared})`} {
    ${name}${passed && `(${passed})`} { ${selection} }
  }`;
}

/** One user's way to the server: the result of a field, or what it was refused for. */
export function asking(app: TestApp, user: string) {
  async function told(name: string, given: Arguments = {}): Promise<Told> {
    const query = documentOf(name, given);
    const { data, errors } = await app.graphql(user, query, given);
    const [error] = errors;
    return {
      result: data?.[name],
      refusal: error && { ...error.extensions, message: error.message },
    };
  }

  return {
    told,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    async ask(name: string, given: Arguments = {}): Promise<any> {
      const { result, refusal } = await told(name, given);
      if (refusal) throw new Error(`${name}(${JSON.stringify(given)}) was refused: ${JSON.stringify(refusal)}`);
      return result;
    },
    async codeOf(name: string, given: Arguments = {}): Promise<string | undefined> {
      return (await told(name, given)).refusal?.code;
    },
  };
}

export type Asking = ReturnType<typeof asking>;
