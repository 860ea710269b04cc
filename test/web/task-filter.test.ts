import { describe, expect, it } from '@jest/globals';
import { localDay } from '../../examples/web/src/apollo/due-day.ts';
import { matches } from '../../examples/web/src/apollo/task-filter.ts';
import type { TaskFilter } from '../../examples/web/src/generated/graphql.ts';
import { sampleTask } from './sample-task.ts';

const tag = (id: string) => ({ __typename: 'Tag' as const, id, name: id, color: null });
const task = sampleTask({
  priority: 'HIGH',
  dueDate: localDay(),
  parentId: 'parent',
  list: { __typename: 'TaskList', id: 'home', name: 'Home', color: null },
  tags: [tag('quick'), tag('errand')],
});

const CASES: [TaskFilter, boolean | undefined][] = [
  [{}, true],
  [{ completed: false, priorityIn: ['HIGH'] }, true],
  [{ completed: true }, false],
  [{ listIn: ['home', 'work'], hasList: true }, true],
  [{ parentIn: ['other'] }, false],
  [{ hasParent: false }, false],
  [{ tags: { any: ['quick', 'other'], all: ['quick', 'errand'], none: ['other'] } }, true],
  [{ tags: { none: ['quick'] } }, false],
  [{ due: 'TODAY', timeZone: 'UTC' }, true],
  [{ due: 'OVERDUE' }, false],
  [{ due: 'NEXT_7_DAYS', hasDue: true }, true],
  [{ or: [{ completed: true }, { due: 'TODAY' }] }, true],
  [{ and: [{ isRecurring: false }, { not: { completed: true } }] }, true],
  [{ createdAt: { gt: '2025-01-01T00:00:00.000Z' } }, undefined],
  [{ completed: true, createdAt: { gt: '2025-01-01T00:00:00.000Z' } }, false],
  [{ or: [{ completed: false }, { createdAt: {} }] }, true],
];

describe('whether a task belongs to a filter', () => {
  it.each(CASES)('%j: %s', (filter, answer) => {
    expect(matches(task, filter)).toBe(answer);
  });
});
