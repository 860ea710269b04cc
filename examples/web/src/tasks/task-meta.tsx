import { useFragment } from '@apollo/client/react';
import type { CSSProperties } from 'react';
import { type TaskFieldsFragment, TaskTitleFragmentDoc } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { useToday } from '../ui/today.ts';
import { dueLabel } from './due-label.ts';
import { recurrenceName } from './recurrence.ts';

interface MetaProps {
  readonly task: TaskFieldsFragment;
  readonly isInList: boolean;
  /** below its parent, which need not be named again */
  readonly isSubtask: boolean;
}

/** The second line of a task: what there is to say of it besides its title, if anything. */
export function TaskMeta({ task, isInList, isSubtask }: MetaProps) {
  const { completed, recurrence, subtaskCounts, list, tags, description, parentId } = task;
  useToday();
  const due = dueLabel(task);
  return (
    <div className="task-meta">
      {due && (
        <span className="meta" data-tone={completed ? undefined : due.tone}>
          <Icon name="calendar" />
          {due.text}
        </span>
      )}
      {recurrence && (
        <span className="meta" title={recurrenceName(recurrence)}>
          <Icon name="repeat" />
          <span className="visually-hidden">{recurrenceName(recurrence)}</span>
        </span>
      )}
      {subtaskCounts.total > 0 && (
        <span className="meta">
          <Progress {...subtaskCounts} />
          {subtaskCounts.completed}/{subtaskCounts.total}
          <span className="visually-hidden"> subtasks completed</span>
        </span>
      )}
      {parentId && !isSubtask && <ParentTitle id={parentId} />}
      {description && (
        <span className="meta">
          <Icon name="list" />
          <span className="visually-hidden">Has notes</span>
        </span>
      )}
      {list && !isInList && (
        <span className="meta">
          <span className="dot" style={colorOf(list.color)} />
          {list.name}
        </span>
      )}
      {tags.map(({ id, name, color }) => (
        <span key={id} className="tag" style={colorOf(color)}>
          {name}
        </span>
      ))}
    </div>
  );
}

/** From the cache, where the feed of changes has put all tasks. */
function ParentTitle({ id }: { readonly id: string }) {
  const { data, complete } = useFragment({
    fragment: TaskTitleFragmentDoc,
    fragmentName: 'TaskTitle',
    from: { __typename: 'Task', id },
  });
  if (!complete) return null;
  return (
    <span className="meta">
      <Icon name="subtasks" />
      <span className="visually-hidden">Subtask of </span>
      {data.title}
    </span>
  );
}

/** For styles that show a label in its own colour. */
export function colorOf(color: string | null): CSSProperties {
  return color === null ? {} : ({ '--label': color } as CSSProperties);
}

const CIRCUMFERENCE = 2 * Math.PI * 5;

function Progress({ total, completed }: { readonly total: number; readonly completed: number }) {
  const part = (completed / total) * CIRCUMFERENCE;
  return (
    <svg className="progress" viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r="5" />
      <circle cx="7" cy="7" r="5" strokeDasharray={`${part} ${CIRCUMFERENCE}`} />
    </svg>
  );
}
