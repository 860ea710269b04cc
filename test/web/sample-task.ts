import type { TaskFieldsFragment } from '../../examples/web/src/generated/graphql.ts';

/** A task as the front end has it, with whatever of it matters. */
export function sampleTask(fields: Partial<TaskFieldsFragment> = {}): TaskFieldsFragment {
  return {
    __typename: 'Task',
    id: 'one',
    title: 'Water the plants',
    description: null,
    completed: false,
    completedAt: null,
    priority: 'NONE',
    dueDate: null,
    dueAt: null,
    dueTimeZone: null,
    recurrence: null,
    recurrenceBasis: 'DUE',
    position: 'm1',
    parentId: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
    list: null,
    tags: [],
    subtaskCounts: { __typename: 'TaskStats', total: 0, completed: 0 },
    ...fields,
  };
}
