import type { TaskFieldsFragment } from '../generated/graphql.ts';
import { priorityName } from './priority.ts';

interface CheckboxProps {
  readonly task: Pick<TaskFieldsFragment, 'title' | 'completed' | 'priority'>;
  readonly onChange: (completed: boolean) => void;
}

/** A native checkbox that shows the priority by its colour, and says it. */
export function TaskCheckbox({ task: { title, completed, priority }, onChange }: CheckboxProps) {
  const words = priority === 'NONE' ? '' : `, ${priorityName(priority).toLowerCase()} priority`;
  return (
    <input
      className="check"
      type="checkbox"
      checked={completed}
      data-priority={priority}
      aria-label={`${title}${words}`}
      onChange={({ target }) => onChange(target.checked)}
    />
  );
}
