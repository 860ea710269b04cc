import type { Place } from '../protocol.ts';
import { fieldsOf } from './document-variants.ts';
import { graphqlProtocol } from './graphql.ts';

const TASK = 'id title description completed createdAt updatedAt version';
const PLAN = 'priority dueDate tags { id name color } list { id name color } subtaskCounts { total completed }';
const PAGE = `edges { cursor node { ${TASK} } } pageInfo { hasNextPage endCursor }`;

const documents = {
  list: `query Tasks($first: Int) { tasks(first: $first) { ${PAGE} } }`,
  search: `query Search($words: String!, $first: Int) {
  tasks(filter: { completed: false }, search: $words, first: $first) { ${PAGE} }
}`,
  count: `query Count($first: Int) { tasks(first: $first) { ${PAGE} totalCount } }`,
  page: `query Page($after: String!, $first: Int) { tasks(after: $after, first: $first) { ${PAGE} } }`,
  get: `query Task($id: ID!) { task(id: $id) { ${TASK} } }`,
  create: `mutation CreateTask($input: CreateTaskInput!) { createTask(input: $input) { task { ${TASK} } } }`,
  update: `mutation UpdateTask($id: ID!, $title: String!) {
  updateTask(id: $id, input: { title: $title }) { task { ${TASK} } }
}`,
  toggle: `mutation ToggleTask($id: ID!) { toggleTask(id: $id) { task { ${TASK} } } }`,
  variant: (variant: number, first: number) =>
    `query Document${variant} { list${variant}: tasks(first: ${first}) { edges { node { ${fieldsOf(variant).join(' ')} } } } }`,
};

/** The product's public GraphQL API. Its cursors are opaque, so it is asked for one. */
export const PRODUCT_GRAPHQL = graphqlProtocol({
  ...documents,
  planned: `query Planned($first: Int) {
  tasks(first: $first) { edges { cursor node { ${TASK} ${PLAN} } } pageInfo { hasNextPage endCursor } }
}`,
  cursor: `query Cursor($createdAt: DateTime!) {
  tasks(first: 1, filter: { createdAt: { lte: $createdAt } }) { pageInfo { endCursor } }
}`,
});

/** The part of the same API that the contenders of this folder's parent have, with cursors as MikroORM makes them. */
export const CONTENDER_GRAPHQL = graphqlProtocol({
  ...documents,
  cursor: ({ createdAt, id }: Place) => Buffer.from(JSON.stringify([createdAt, id])).toString('base64url'),
});
