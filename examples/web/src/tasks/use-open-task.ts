import { createUserStore, useStore } from '../ui/store.ts';

/** The task whose card is open: one at a time. */
const openTask = createUserStore<string | undefined>(undefined);
/** The tasks whose subtasks are shown. */
const expandedTasks = createUserStore<ReadonlySet<string>>(new Set());

export function useOpenTask(id: string) {
  const isOpen = useStore(openTask) === id;
  const expanded = useStore(expandedTasks);

  return {
    isOpen,
    isExpanded: expanded.has(id),
    open: () => openTask.set(id),
    close: () => closeTask(id),
    toggleExpanded() {
      const changed = new Set(expanded);
      if (!changed.delete(id)) changed.add(id);
      expandedTasks.set(changed);
    },
  };
}

/** The focus goes back to the line that the card takes the place of. */
function closeTask(id: string): void {
  if (openTask.get() !== id) return;
  openTask.set(undefined);
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-task="${id}"]`)?.focus());
}
