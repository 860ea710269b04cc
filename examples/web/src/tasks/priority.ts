import type { TaskPriority } from '../generated/graphql.ts';

/** Most urgent first. */
export const PRIORITIES: readonly (readonly [TaskPriority, string])[] = [
  ['URGENT', 'Urgent'],
  ['HIGH', 'High'],
  ['MEDIUM', 'Medium'],
  ['LOW', 'Low'],
  ['NONE', 'None'],
];

export function priorityName(priority: TaskPriority): string {
  return PRIORITIES.find(([value]) => value === priority)?.[1] ?? priority;
}
