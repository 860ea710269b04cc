import { useEffect, useRef } from 'react';
import type { TaskFieldsFragment, UpdateTaskInput } from '../generated/graphql.ts';
import { isSelecting, select, selectedIds, stopSelecting, toggleSelected } from '../tasks/selected-tasks.ts';
import { toggleTheme } from '../ui/theme.ts';
import { goTo, type View } from '../views/view.ts';
import { singleKeys } from './single-keys.ts';

/** What the shortcuts act on. */
export interface ShortcutTargets {
  /** those of the view; none where it has no tasks to act on */
  readonly tasks: readonly TaskFieldsFragment[];
  readonly setCompleted: (task: TaskFieldsFragment, completed: boolean) => void;
  readonly remove: (task: TaskFieldsFragment) => void;
  readonly updateAll: (ids: readonly string[], set: UpdateTaskInput, does: string) => void;
  readonly removeAll: (ids: readonly string[]) => void;
  /** by so many places down */
  readonly moveBy?: (task: TaskFieldsFragment, places: number) => void;
  readonly undo: () => void;
  readonly showHelp: () => void;
}

const VIEWS: readonly View['kind'][] = ['today', 'all', 'upcoming', 'completed', 'trash'];

/** Single keys, where nobody is writing. The task that they mean is the one whose title has the focus. */
export function useShortcuts(targets: ShortcutTargets): void {
  const latest = useRef(targets);
  latest.current = targets;

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || isWriting(event.target)) return;
      const action = event.altKey ? moveOf(event.key, latest.current) : actionOf(event.key, latest.current);
      if (!action) return;
      event.preventDefault();
      action();
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function actionOf(key: string, targets: ShortcutTargets): (() => void) | undefined {
  if (key !== 'Escape' && !singleKeys.get()) return undefined;
  const { undo, showHelp, setCompleted, remove } = targets;
  const view = VIEWS[Number(key) - 1];
  if (view) return () => goTo({ kind: view } as View);
  const task = focusedTask(targets);
  if (isSelecting()) {
    const action = actionOfSelected(key, targets);
    if (action) return action;
  }
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'n':
      return () => document.getElementById('quick-add')?.focus();
    case '/':
      return () => document.getElementById('search')?.focus();
    case 'j':
    case 'ArrowDown':
      return () => moveFocus(1);
    case 'k':
    case 'ArrowUp':
      return () => moveFocus(-1);
    case 'x':
      return task && (() => setCompleted(task, !task.completed));
    case 'Delete':
    case 'Backspace':
      return task && (() => remove(task));
    case 's':
      return task && (() => toggleSelected(task.id));
    case 'a':
      return () => select(targets.tasks.map(({ id }) => id));
    case 'z':
      return undo;
    case 'd':
      return toggleTheme;
    case '?':
      return showHelp;
    default:
      return undefined;
  }
}

/** While tasks are selected, what is done is done to all of them. */
function actionOfSelected(key: string, { tasks, updateAll, removeAll }: ShortcutTargets): (() => void) | undefined {
  const ids = selectedIds();
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case 'Escape':
      return document.querySelector(':popover-open') ? undefined : stopSelecting;
    case 'x': {
      const isDone = tasks.filter(({ id }) => ids.includes(id)).every(({ completed }) => completed);
      return () => updateAll(ids, { completed: !isDone }, isDone ? 'open again' : 'completed');
    }
    case 'Delete':
    case 'Backspace':
      return () => removeAll(ids);
    default:
      return undefined;
  }
}

function moveOf(key: string, targets: ShortcutTargets): (() => void) | undefined {
  const task = focusedTask(targets);
  if (!task || (key !== 'ArrowUp' && key !== 'ArrowDown')) return undefined;
  return () => targets.moveBy?.(task, key === 'ArrowUp' ? -1 : 1);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, dialog') !== null;
}

function focusedTask({ tasks }: ShortcutTargets): TaskFieldsFragment | undefined {
  const id = document.activeElement?.closest('.task')?.querySelector<HTMLElement>('[data-task]')?.dataset.task;
  return tasks.find((task) => task.id === id);
}

function moveFocus(places: number): void {
  const titles = [...document.querySelectorAll<HTMLElement>('[data-task]')];
  const focused = document.activeElement?.closest('.task')?.querySelector<HTMLElement>('[data-task]');
  const index = focused ? titles.indexOf(focused) + places : 0;
  titles[index]?.focus();
}
