import { type FormEvent, useState } from 'react';
import type { CreateTaskInput } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { useTaskActions } from './use-task-actions.ts';

interface QuickAddProps {
  /** what the view asks of its tasks, so that the new one belongs to it */
  readonly defaults: Omit<CreateTaskInput, 'title'>;
}

/** A title and Enter: everything else can wait. */
export function QuickAdd({ defaults }: QuickAddProps) {
  const actions = useTaskActions();
  const [title, setTitle] = useState('');

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (title.trim() === '') return;
    actions.create({ ...defaults, title: title.trim() });
    setTitle('');
  }

  return (
    <form className="quick-add" onSubmit={submit}>
      <Icon name="plus" />
      <input
        id="quick-add"
        aria-label="New task"
        placeholder="Add a task"
        autoComplete="off"
        enterKeyHint="done"
        maxLength={255}
        value={title}
        onChange={({ target }) => setTitle(target.value)}
      />
      {title !== '' && (
        <button className="button button-primary" type="submit">
          Add
        </button>
      )}
    </form>
  );
}
