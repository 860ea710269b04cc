import type { TaskFieldsFragment, TaskFilter } from '../generated/graphql.ts';
import { dueDay, localDay } from './due-day.ts';

/** Whether it holds; `undefined` where only the server can tell. */
type Answer = boolean | undefined;

type Test<Key extends keyof TaskFilter> = (task: TaskFieldsFragment, value: NonNullable<TaskFilter[Key]>) => Answer;

const TESTS: { readonly [Key in keyof TaskFilter]?: Test<Key> } = {
  and: (task, filters) => all(filters.map((filter) => matches(task, filter))),
  or: (task, filters) => not(all(filters.map((filter) => not(matches(task, filter))))),
  not: (task, filter) => not(matches(task, filter)),
  completed: (task, wanted) => task.completed === wanted,
  priorityIn: (task, priorities) => priorities.includes(task.priority),
  listIn: (task, ids) => task.list !== null && ids.includes(task.list.id),
  hasList: (task, wanted) => (task.list !== null) === wanted,
  parentIn: (task, ids) => task.parentId !== null && ids.includes(task.parentId),
  hasParent: (task, wanted) => (task.parentId !== null) === wanted,
  hasDue: (task, wanted) => (dueDay(task) !== undefined) === wanted,
  isRecurring: (task, wanted) => (task.recurrence !== null) === wanted,
  tags: ({ tags }, { any, all: every, none }) => {
    const has = (id: string) => tags.some((tag) => tag.id === id);
    return (any?.some(has) ?? true) && (every?.every(has) ?? true) && !none?.some(has);
  },
  due: (task, window) => {
    const day = dueDay(task);
    const today = localDay();
    if (day === undefined) return false;
    if (window === 'TODAY') return day === today;
    // The time of day counts for what is due at a moment: that is left to the server on the day itself.
    if (window === 'OVERDUE') return day === today && task.dueAt !== null ? undefined : day < today;
    return day >= today && day < localDay(7);
  },
  // Says whose day `due` means, and is no condition.
  timeZone: () => true,
};

/**
 * Whether a task belongs to a list with this filter, so that a change made here shows before the server is asked. It knows
 * the conditions of TESTS and says `undefined` to every other. Take it with the fragment whose fields it reads.
 */
export function matches(task: TaskFieldsFragment, filter: TaskFilter | null | undefined): Answer {
  const conditions = Object.entries(filter ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return all(conditions.map(([key, value]) => test(task, key as keyof TaskFilter, value)));
}

function test<Key extends keyof TaskFilter>(task: TaskFieldsFragment, key: Key, value: unknown): Answer {
  const known = TESTS[key] as Test<Key> | undefined;
  return known?.(task, value as NonNullable<TaskFilter[Key]>);
}

function all(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function not(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer;
}
