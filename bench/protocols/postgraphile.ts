import { fieldsOf } from './document-variants.ts';
import { graphqlProtocol } from './graphql.ts';

/** PostGraphile keeps `id` for the global identifier, and calls the column of that name `rowId`. */
const TASK = 'id: rowId title description completed createdAt updatedAt version';
const PAGE = `edges { cursor node { ${TASK} } } pageInfo { hasNextPage endCursor }`;
const NEWEST = 'orderBy: [CREATED_AT_DESC, ROW_ID_DESC], condition: { deletedAt: null }';

/** The API that PostGraphile makes of the tables, with the functions of bench/contenders/postgraphile/database.ts. */
export const POSTGRAPHILE = graphqlProtocol({
  list: `query Tasks($first: Int) { tasks: allTasks(first: $first, ${NEWEST}) { ${PAGE} } }`,
  search: `query Search($words: String!, $first: Int) {
  tasks: openTasks(words: $words, first: $first) { ${PAGE} }
}`,
  count: `query Count($first: Int) { tasks: allTasks(first: $first, ${NEWEST}) { ${PAGE} totalCount } }`,
  page: `query Page($after: Cursor!, $first: Int) { tasks: allTasks(after: $after, first: $first, ${NEWEST}) { ${PAGE} } }`,
  get: `query Task($id: UUID!) { task: taskByRowId(rowId: $id) { ${TASK} } }`,
  create: `mutation CreateTask($input: AddTaskInput!) { createTask: addTask(input: $input) { task: result { ${TASK} } } }`,
  update: `mutation UpdateTask($id: UUID!, $title: String!) {
  updateTask: updateTaskByRowId(input: { rowId: $id, taskPatch: { title: $title } }) { task { ${TASK} } }
}`,
  toggle: `mutation ToggleTask($id: UUID!) { toggleTask(input: { taskId: $id }) { task: result { ${TASK} } } }`,
  variant: (variant, first) => {
    const fields = fieldsOf(variant).map((field) => (field === 'id' ? 'id: rowId' : field));
    return `query Document${variant} {
  list${variant}: allTasks(first: ${first}, ${NEWEST}) { edges { node { ${fields.join(' ')} } } }
}`;
  },
  cursor: `query Cursor($offset: Int!) { tasks: allTasks(first: 1, offset: $offset, ${NEWEST}) { pageInfo { endCursor } } }`,
});
