import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SortableContext, sortableKeyboardCoordinates, verticalListSortingStrategy } from '@dnd-kit/sortable';
import type { ReactNode } from 'react';
import type { TaskFieldsFragment } from '../generated/graphql.ts';
import { DRAG_INSTRUCTIONS, dragWords } from './drag-words.ts';
import { placeAt } from './place-at.ts';
import { useTaskActions } from './use-task-actions.ts';

interface SortableTasksProps {
  readonly tasks: readonly TaskFieldsFragment[];
  readonly canMove: boolean;
  readonly children: ReactNode;
}

/** Dragging by the grip of a task: by pointer, or by Space, the arrow keys and Space. */
export function SortableTasks({ tasks, canMove, children }: SortableTasksProps) {
  const actions = useTaskActions();
  const sensors = useSensors(
    // A tap is not the beginning of a drag.
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  function onDragEnd({ active, over }: DragEndEvent): void {
    const index = tasks.findIndex(({ id }) => id === over?.id);
    const place = placeAt(tasks, String(active.id), index);
    if (place) actions.move(place);
  }

  if (!canMove) return children;
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{ announcements: dragWords(tasks), screenReaderInstructions: DRAG_INSTRUCTIONS }}
      onDragEnd={onDragEnd}
    >
      <SortableContext items={tasks.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
        {children}
      </SortableContext>
    </DndContext>
  );
}
