import { useSyncExternalStore } from 'react';
import { Store, useStore } from '../ui/store.ts';

/** The server changes so many at once. */
const MOST = 100;

/** The selected tasks in the order in which they were chosen; `undefined` while nobody selects. */
const selected = new Store<ReadonlySet<string> | undefined>(undefined);
/** Where a range begins. */
let anchor: string | undefined;

export function useSelectedTasks(): ReadonlySet<string> | undefined {
  return useStore(selected);
}

/** Of one task, so that a row is drawn again only when it is concerned; `undefined` while nobody selects. */
export function useIsSelected(id: string): boolean | undefined {
  return useSyncExternalStore(selected.subscribe, () => selected.get()?.has(id));
}

export function selectedIds(): readonly string[] {
  return [...(selected.get() ?? [])];
}

export function isSelecting(): boolean {
  return selected.get() !== undefined;
}

export function stopSelecting(): void {
  anchor = undefined;
  if (isSelecting()) selected.set(undefined);
}

export function toggleSelecting(): void {
  if (isSelecting()) stopSelecting();
  else select();
}

/** Adds what is given, if anything. */
export function select(ids: readonly string[] = []): void {
  anchor = ids.at(-1) ?? anchor;
  selected.set(new Set([...selectedIds(), ...ids].slice(0, MOST)));
}

export function toggleSelected(id: string): void {
  const changed = new Set(selectedIds());
  if (!changed.delete(id) && changed.size < MOST) changed.add(id);
  anchor = id;
  selected.set(changed);
}

/** All from the one that was chosen last to this one, as they stand on the page. */
export function selectTo(id: string): void {
  const shown = [...document.querySelectorAll<HTMLElement>('[data-task]')].map(({ dataset }) => dataset.task ?? '');
  const [from, to] = [shown.indexOf(anchor ?? id), shown.indexOf(id)].sort((one, other) => one - other);
  const range = from === undefined || to === undefined || from < 0 ? [id] : shown.slice(from, to + 1);
  // The range ends where the user has clicked: the next one begins there.
  select(range[0] === id ? range.toReversed() : range);
}
