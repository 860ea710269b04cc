/** The part of the product's schema that the workloads use. */
export const SCHEMA = `
  scalar DateTime

  type Task {
    id: ID!
    title: String!
    description: String
    completed: Boolean!
    createdAt: DateTime!
    updatedAt: DateTime!
    version: Int!
  }
  type TaskEdge { cursor: String! node: Task! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type TaskConnection { edges: [TaskEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type TaskPayload { task: Task! }

  input TaskFilter { completed: Boolean }
  input CreateTaskInput { title: String! description: String }
  input UpdateTaskInput { title: String! }

  type Query {
    task(id: ID!): Task!
    tasks(first: Int = 20, after: String, filter: TaskFilter, search: String): TaskConnection!
  }
  type Mutation {
    createTask(input: CreateTaskInput!): TaskPayload!
    updateTask(id: ID!, input: UpdateTaskInput!): TaskPayload!
    toggleTask(id: ID!): TaskPayload!
  }
`;
