import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { type MouseEvent, memo } from 'react';
import type { TaskFieldsFragment } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { isSelecting, selectTo, toggleSelected, useIsSelected } from './selected-tasks.ts';
import { SubtaskList } from './subtask-list.tsx';
import { TaskCheckbox } from './task-checkbox.tsx';
import { TaskEditor } from './task-editor.tsx';
import { TaskMeta } from './task-meta.tsx';
import { useOpenTask } from './use-open-task.ts';
import { useTaskActions } from './use-task-actions.ts';

interface RowProps {
  readonly task: TaskFieldsFragment;
  readonly canMove: boolean;
  /** within a list, whose name need not be said again */
  readonly isInList: boolean;
  /** below its parent */
  readonly isSubtask?: boolean;
}

/** The others make room at once where motion is not wanted. */
const MOTION = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? { transition: null } : {};

/** One task: a line, or a card when it is open. Its subtasks stand indented below it. */
export const TaskRow = memo(function TaskRow({ task, canMove, isInList, isSubtask = false }: RowProps) {
  const { id, title, completed, subtaskCounts } = task;
  const actions = useTaskActions();
  const { isOpen, isExpanded, open, close, toggleExpanded } = useOpenTask(id);
  const isSelected = useIsSelected(id);
  const canDrag = canMove && isSelected === undefined;
  const sortable = useSortable({ id, disabled: !canDrag || isOpen, ...MOTION });
  const style = { transform: CSS.Translate.toString(sortable.transform), transition: sortable.transition };

  if (isOpen) {
    return (
      <li className="task-open" ref={sortable.setNodeRef}>
        <TaskEditor task={task} onClose={close}>
          <SubtaskList parentId={id} canAdd renderTask={renderSubtask} />
        </TaskEditor>
      </li>
    );
  }
  return (
    <li ref={sortable.setNodeRef} style={style} className="task-item" data-dragging={sortable.isDragging || undefined}>
      <div className="task" data-completed={completed || undefined} data-selected={isSelected || undefined}>
        {canDrag && (
          <button
            className="task-grip"
            type="button"
            ref={sortable.setActivatorNodeRef}
            {...sortable.attributes}
            {...sortable.listeners}
            aria-label={`Move ${title}`}
          >
            <Icon name="grip" />
          </button>
        )}
        {isSelected === undefined ? (
          <TaskCheckbox task={task} onChange={(checked) => actions.setCompleted(task, checked)} />
        ) : (
          <input
            className="check select"
            type="checkbox"
            checked={isSelected}
            aria-label={`Select ${title}`}
            onChange={() => toggleSelected(id)}
          />
        )}
        <div className="task-body">
          <button
            className="task-title"
            type="button"
            data-task={id}
            onClick={(event) => {
              if (!selectBy(event, id)) open();
            }}
          >
            {title}
          </button>
          <TaskMeta task={task} isInList={isInList} isSubtask={isSubtask} />
        </div>
        {subtaskCounts.total > 0 && (
          <button
            className="task-fold"
            type="button"
            aria-expanded={isExpanded}
            aria-label={`Subtasks of ${title}`}
            onClick={toggleExpanded}
          >
            <Icon name="chevron" />
          </button>
        )}
      </div>
      {isExpanded && subtaskCounts.total > 0 && <SubtaskList parentId={id} renderTask={renderSubtask} />}
    </li>
  );
});

/** With Shift a range, with Ctrl or ⌘ one more; while something is selected a click is as good. */
function selectBy({ shiftKey, ctrlKey, metaKey }: MouseEvent, id: string): boolean {
  if (shiftKey) selectTo(id);
  else if (ctrlKey || metaKey || isSelecting()) toggleSelected(id);
  else return false;
  return true;
}

function renderSubtask(task: TaskFieldsFragment) {
  return <TaskRow key={task.id} task={task} canMove={false} isInList isSubtask />;
}
