import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { memo } from 'react';
import type { TaskFieldsFragment } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
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
  const sortable = useSortable({ id, disabled: !canMove || isOpen, ...MOTION });
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
      <div className="task" data-completed={completed || undefined}>
        {canMove && (
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
        <TaskCheckbox task={task} onChange={(checked) => actions.setCompleted(task, checked)} />
        <div className="task-body">
          <button className="task-title" type="button" data-task={id} onClick={open}>
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

function renderSubtask(task: TaskFieldsFragment) {
  return <TaskRow key={task.id} task={task} canMove={false} isInList isSubtask />;
}
