import type { TaskFieldsFragment } from '../generated/graphql.ts';

/** A day of the calendar here, as the server writes them: `2026-12-24`. */
export function localDay(daysFromNow = 0, from = new Date()): string {
  const day = new Date(from.getFullYear(), from.getMonth(), from.getDate() + daysFromNow);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** The day on which a task is due here, whether it has a date or a moment. */
export function dueDay({ dueDate, dueAt }: Pick<TaskFieldsFragment, 'dueDate' | 'dueAt'>): string | undefined {
  if (dueDate !== null) return dueDate;
  return dueAt === null ? undefined : localDay(0, new Date(dueAt));
}
