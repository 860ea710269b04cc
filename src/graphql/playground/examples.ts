/** One tab of the playground. GraphiQL names it after its operation. */
export interface Example {
  readonly query: string;
  readonly variables?: string;
}

const SOME_ID = '01912d68-0000-7000-8000-000000000000';

const variables = (value: object): string => JSON.stringify(value, null, 2);

/** What the playground opens with: a short course, from left to right. Tests run every one of them. */
export const EXAMPLES: readonly Example[] = [
  {
    query: `# Welcome! Press the play button, or Ctrl-Enter.
#
# Every request needs an access token: look under
# "Headers" below. The next tabs create, list and
# change tasks. Ctrl-Space completes what you type;
# the book on the left documents every field.

query Me {
  viewer {
    id
    name
    taskStats {
      total
      completed
    }
  }
}
`,
  },
  {
    query: `# A mutation changes something, and answers with
# what it changed. Its input is below, "Variables".
#
# You may add an id to the input, any new UUID: when
# the answer gets lost, send the same again, and
# there is still only one task.

mutation CreateTask($input: CreateTaskInput!) {
  createTask(input: $input) {
    task {
      id
      title
      createdAt
      version
    }
  }
}
`,
    variables: variables({ input: { title: 'Water the plants', description: 'The ferns more than the cactus.' } }),
  },
  {
    query: `# Without any arguments: your newest 20 tasks.
#
# search   words in title and description, also
#          their beginnings
# filter   conditions; combine with and, or, not
# orderBy  createdAt, updatedAt, title, completed

query Tasks(
  $filter: TaskFilter
  $search: String
  $orderBy: [TaskOrder!]
) {
  tasks(
    first: 10
    filter: $filter
    search: $search
    orderBy: $orderBy
  ) {
    totalCount # counted only when asked for
    nodes {
      id
      title
      completed
      updatedAt
      version
    }
  }
}
`,
    variables: variables({
      filter: { completed: false },
      search: 'plant',
      orderBy: [{ field: 'TITLE', direction: 'ASC' }],
    }),
  },
  {
    query: `# The endCursor of one page is the $after of the
# next. Tasks may come and go meanwhile: you miss
# none of the others, and see none twice.

query NextPage($after: String) {
  tasks(first: 2, after: $after) {
    edges {
      cursor
      node {
        id
        title
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: variables({ after: null }),
  },
  {
    query: `# Put the id of a task of yours below, here and in
# the next tabs.
#
# Fields that you leave out stay as they are; null
# clears a description. With expectedVersion, the
# answer is CONFLICT if somebody has changed the
# task since you read it.

mutation UpdateTask(
  $id: ID!
  $input: UpdateTaskInput!
  $version: Int
) {
  updateTask(
    id: $id
    input: $input
    expectedVersion: $version
  ) {
    task {
      id
      title
      description
      version
    }
  }
}
`,
    variables: variables({ id: SOME_ID, input: { title: 'Water all plants', description: null }, version: 1 }),
  },
  {
    query: `# Completes an open task, reopens a completed one.

mutation ToggleTask($id: ID!) {
  toggleTask(id: $id) {
    task {
      id
      completed
      completedAt
    }
  }
}
`,
    variables: variables({ id: SOME_ID }),
  },
  {
    query: `# Afterwards the task is NOT_FOUND.

mutation DeleteTask($id: ID!) {
  deleteTask(id: $id) {
    deletedTaskId
  }
}
`,
    variables: variables({ id: SOME_ID }),
  },
  {
    query: `# What a device gathers while it is offline goes out
# in one batch, each command under a new UUID. Press
# play twice: nothing is done twice.
#
# Give a new task an id of your own, any new UUID, and
# later commands can name it. A command that fails, as
# the second one here, says why, and the others go on;
# with atomic: true it is all or none.

mutation ApplyCommands(
  $commands: [TaskCommandInput!]!
) {
  applyCommands(commands: $commands) {
    results {
      status
      task {
        id
        title
        completed
        version
      }
      error {
        code
        message
      }
    }
  }
}
`,
    variables: variables({
      commands: [
        { id: '01912d68-0000-7000-8000-000000000001', create: { title: 'Buy a fern' } },
        { id: '01912d68-0000-7000-8000-000000000002', toggle: { id: SOME_ID } },
      ],
    }),
  },
  {
    query: `# How a device stays up to date: first all tasks,
# page by page while hasMore, with the syncToken
# of the last answer as $since. Then the same
# query answers what has changed, nothing else.

query TaskSync($since: String) {
  taskSync(since: $since, first: 10) {
    changed {
      id
      title
      completed
      version
    }
    deletedIds
    syncToken
    hasMore
    fullSync
  }
}
`,
    variables: variables({ since: null }),
  },
  {
    query: `# Shows each change when it happens, until you
# press stop: create a task in another window.
#
# With a syncToken as $since, first what changed
# since then. A client that was cut off comes
# back with the last one, and misses nothing.

subscription TaskChanged($since: String) {
  taskChanged(since: $since) {
    type
    task {
      id
      title
      completed
      version
    }
    deletedTaskId
    syncToken
  }
}
`,
    variables: variables({ since: null }),
  },
];
