import { type FocusEvent, type RefObject, useEffect, useRef } from 'react';

/**
 * Keys go on where they were: a row that leaves the list, as one that is completed does, would take the focus with it.
 * Whoever points and does not use keys needs none of this. Returns what hears the focus.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>) {
  const last = useRef<{ readonly id: string | undefined; readonly index: number }>(undefined);

  useEffect(() => {
    // Not within the press of a key: the row would take it for its own.
    const frame = requestAnimationFrame(() => {
      if (!last.current || !list.current || document.activeElement !== document.body) return;
      const { id, index } = last.current;
      const rows = [...list.current.children].map((row) => row.querySelector<HTMLElement>('[data-task]'));
      const row = rows.find((title) => id !== undefined && title?.dataset.task === id) ?? rows[index] ?? rows.at(-1);
      row?.focus();
    });
    return () => cancelAnimationFrame(frame);
  });

  return {
    onFocus({ target, currentTarget }: FocusEvent): void {
      const index = [...currentTarget.children].findIndex((row) => row.contains(target));
      const title = currentTarget.children[index]?.querySelector<HTMLElement>('[data-task]');
      last.current = target.matches(':focus-visible') ? { id: title?.dataset.task, index } : undefined;
    },
    onBlur(): void {
      last.current = undefined;
    },
  };
}
