import { type ReactNode, useRef, useState } from 'react';
import type { TaskFieldsFragment } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { useOnLeave } from '../ui/use-on-leave.ts';
import { useTaskActions } from './use-task-actions.ts';
import { useTaskList } from './use-task-list.ts';

/** So many subtasks are shown. */
const MOST = 100;

interface SubtaskListProps {
  readonly parentId: string;
  /** with a line to add another one */
  readonly canAdd?: boolean;
  /** a subtask is shown as any task, which may have subtasks in its turn */
  readonly renderTask: (task: TaskFieldsFragment) => ReactNode;
}

/** The subtasks of a task, done ones too, in the order in which they were made. */
export function SubtaskList({ parentId, canAdd = false, renderTask }: SubtaskListProps) {
  const actions = useTaskActions();
  const [title, setTitle] = useState('');
  const written = useRef('');
  const { tasks } = useTaskList({
    first: MOST,
    filter: { parentIn: [parentId] },
    search: null,
    orderBy: [{ field: 'POSITION', direction: 'ASC' }],
  });

  function write(text: string): void {
    written.current = text;
    setTitle(text);
  }

  function add(): void {
    const newTitle = written.current.trim();
    write('');
    if (newTitle !== '') actions.create({ title: newTitle, parentId });
  }

  useOnLeave(add);

  return (
    <div className="subtasks">
      <ul>{tasks.map(renderTask)}</ul>
      {canAdd && (
        <div className="subtask-new">
          <Icon name="plus" />
          <input
            aria-label="New subtask"
            placeholder="Add a subtask"
            maxLength={255}
            value={title}
            onChange={({ target }) => write(target.value)}
            onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && add()}
            onBlur={add}
          />
        </div>
      )}
    </div>
  );
}
