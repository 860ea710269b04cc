import type { TaskCommandInput, TaskFieldsFragment } from '../generated/graphql.ts';

/** The move that brings a task to a place of a list in manual order. */
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
  // What comes behind the last one that was read is not known: before the one below, if there is one.
  if (below) return { id, before: below.id };
  return above && { id, after: above.id };
}
