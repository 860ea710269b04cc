import { type FormEvent, useState } from 'react';
import type { CreateTaskInput } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { showToast } from '../ui/toasts.tsx';
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
    const id = crypto.randomUUID();
    actions.create({ ...defaults, id, title: title.trim() });
    setTitle('');
    showNew(id);
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

/** Frames of the browser until a new task is thought to be elsewhere. */
const PATIENCE = 30;

/** Where the new one stands may be below the fold, or behind the pages that were read. */
function showNew(id: string, patience = PATIENCE): void {
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-task="${id}"]`)?.closest('.task');
    if (row) row.scrollIntoView({ block: 'nearest' });
    else if (patience > 0) showNew(id, patience - 1);
    else showToast('Added');
  });
}
