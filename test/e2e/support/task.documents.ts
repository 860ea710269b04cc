import { graphql } from '../../generated/index.ts';

/** What a front end keeps beside its components; codegen types them from `schema/schema.graphql`. */

export const TASK_FIELDS = graphql(`
  fragment TaskFields on Task {
    id
    title
    description
    completed
    completedAt
    version
  }
`);

export const LIST_TASKS = graphql(`
  query ListTasks($first: Int!, $after: String, $filter: TaskFilter, $orderBy: [TaskOrder!]) {
    tasks(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      edges {
        cursor
        node {
          ...TaskFields
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const READ_TASK = graphql(`
  query ReadTask($id: ID!) {
    task(id: $id) {
      ...TaskFields
    }
  }
`);

export const WHO_AM_I = graphql(`
  query WhoAmI {
    viewer {
      id
      taskStats {
        total
        completed
      }
    }
  }
`);

export const CREATE_TASK = graphql(`
  mutation CreateTask($input: CreateTaskInput!) {
    createTask(input: $input) {
      task {
        ...TaskFields
      }
    }
  }
`);

export const TOGGLE_TASK = graphql(`
  mutation ToggleTask($id: ID!) {
    toggleTask(id: $id) {
      task {
        ...TaskFields
      }
    }
  }
`);

export const UPDATE_TASK = graphql(`
  mutation UpdateTask($id: ID!, $input: UpdateTaskInput!, $expectedVersion: Int) {
    updateTask(id: $id, input: $input, expectedVersion: $expectedVersion) {
      task {
        ...TaskFields
      }
    }
  }
`);
