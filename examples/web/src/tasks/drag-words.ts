import type { Announcements, ScreenReaderInstructions, UniqueIdentifier } from '@dnd-kit/core';
import type { TaskFieldsFragment } from '../generated/graphql.ts';

export const DRAG_INSTRUCTIONS: ScreenReaderInstructions = {
  draggable: 'Press Space to pick the task up, the arrow keys to move it, Space to put it down and Escape to leave it.',
};

/** What a screen reader says during a drag: titles and places, where the library would read out ids. */
export function dragWords(tasks: readonly TaskFieldsFragment[]): Announcements {
  const titleOf = (id: UniqueIdentifier) => tasks.find((task) => task.id === id)?.title ?? 'The task';
  const placeOf = (id: UniqueIdentifier) => `place ${tasks.findIndex((task) => task.id === id) + 1} of ${tasks.length}`;
  return {
    onDragStart: ({ active }) => `${titleOf(active.id)} picked up`,
    onDragOver: ({ active, over }) => (over ? `${titleOf(active.id)}, ${placeOf(over.id)}` : undefined),
    onDragEnd: ({ active, over }) => `${titleOf(active.id)} put down${over ? `, ${placeOf(over.id)}` : ''}`,
    onDragCancel: ({ active }) => `${titleOf(active.id)} left where it was`,
  };
}
