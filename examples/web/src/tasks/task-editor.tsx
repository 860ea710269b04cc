import {
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { TaskFieldsFragment, UpdateTaskInput } from '../generated/graphql.ts';
import { Icon } from '../ui/icon.tsx';
import { useOnLeave } from '../ui/use-on-leave.ts';
import { TaskCheckbox } from './task-checkbox.tsx';
import { TaskHistory } from './task-history.tsx';
import { TaskProperties } from './task-properties.tsx';
import { useTaskActions } from './use-task-actions.ts';

interface EditorProps {
  readonly task: TaskFieldsFragment;
  readonly onClose: () => void;
  /** the subtasks */
  readonly children: ReactNode;
}

/**
 * The card of an open task. Properties are saved as they are chosen; title and notes when their field is left, against
 * the version that the user began with: what somebody else wrote meanwhile becomes a conflict and is not lost.
 */
export function TaskEditor({ task, onClose, children }: EditorProps) {
  const actions = useTaskActions();
  const card = useRef<HTMLDivElement>(null);
  const base = useRef(task);
  const [title, setTitle] = useState(task.title);
  const [notes, setNotes] = useState(task.description ?? '');

  function save(): void {
    const { title: oldTitle, description } = base.current;
    const input: UpdateTaskInput = {
      ...(title.trim() !== '' && title.trim() !== oldTitle ? { title: title.trim() } : {}),
      ...(notes !== (description ?? '') ? { description: notes === '' ? null : notes } : {}),
    };
    if (Object.keys(input).length === 0) return;
    actions.update(task.id, input, base.current);
    base.current = { ...base.current, title: input.title ?? oldTitle, description: notes === '' ? null : notes };
  }

  function close(): void {
    save();
    onClose();
  }

  /** With what was written, which is there again when the task is. */
  function remove(): void {
    save();
    actions.remove(task);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const isDone = event.key === 'Escape' || (event.key === 'Enter' && (event.metaKey || event.ctrlKey));
    // A menu of the card goes first.
    if (!isDone || event.defaultPrevented || card.current?.querySelector(':popover-open')) return;
    event.preventDefault();
    close();
  }

  function onBlur({ relatedTarget }: FocusEvent): void {
    if (!card.current?.contains(relatedTarget)) save();
  }

  useClickOutside(card, close);
  useOnLeave(save);
  useEffect(() => {
    void card.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears keys of the controls within, and is none itself
    <div className="card" ref={card} onKeyDown={onKeyDown} onBlur={onBlur}>
      <div className="card-head">
        <TaskCheckbox task={task} onChange={(checked) => actions.setCompleted(task, checked)} />
        <input
          className="card-title"
          aria-label="Title"
          // biome-ignore lint/a11y/noAutofocus: the user has just opened the card to write here
          autoFocus
          maxLength={255}
          value={title}
          onChange={({ target }) => setTitle(target.value)}
          onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && close()}
        />
      </div>
      <textarea
        className="card-notes"
        aria-label="Notes"
        placeholder="Notes"
        rows={1}
        maxLength={65_536}
        value={notes}
        onChange={({ target }) => setNotes(target.value)}
      />
      {children}
      <TaskProperties task={task} />
      <TaskHistory task={task} />
      <div className="card-foot">
        <button className="button button-quiet" type="button" onClick={remove}>
          <Icon name="trash" />
          Delete
        </button>
        <button className="button button-primary" type="button" onClick={close}>
          Done
        </button>
      </div>
    </div>
  );
}

/** As people expect of a card: a click beside it puts it down. Menus of the card are in the top layer, and part of it. */
function useClickOutside(card: RefObject<HTMLElement | null>, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    function onPointerDown({ target }: PointerEvent): void {
      const isInside =
        target instanceof Element && (card.current?.contains(target) || target.closest('.toasts, dialog'));
      if (!isInside) latest.current();
    }
    document.addEventListener('pointerdown', onPointerDown);
    return () => document.removeEventListener('pointerdown', onPointerDown);
  }, [card]);
}
