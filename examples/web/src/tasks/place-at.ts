import type { TaskCommandInput, TaskFieldsFragment } from '../generated/graphql.ts';

/**
 * The move that brings a task to a place of a list which shows the manual order from its end, as the page does: what
 * stands above a task there comes after it in the order.
 */
export function placeAt(
  tasks: readonly TaskFieldsFragment[],
  id: string,
  index: number,
): NonNullable<TaskCommandInput['move']> | undefined {
  const from = tasks.findIndex((task) => task.id === id);
  if (from < 0 || index < 0 || index >= tasks.length || from === index) return undefined;
  const others = tasks.toSpliced(from, 1);
  const above = others[index - 1];
  const below = others[index];
  if (below) return { id, after: below.id };
  return above && { id, before: above.id };
}
