import { dueDay, localDay } from '../apollo/due-day.ts';
import type { TaskFieldsFragment } from '../generated/graphql.ts';

export interface DueLabel {
  readonly text: string;
  readonly tone: 'overdue' | 'today' | 'soon' | 'later';
}

const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: 'long' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

/** When a task is due, as people say it. */
export function dueLabel(task: TaskFieldsFragment): DueLabel | undefined {
  const day = dueDay(task);
  if (day === undefined) return undefined;
  const time = task.dueAt === null ? '' : ` ${TIME.format(new Date(task.dueAt))}`;
  const isPast = task.dueAt === null ? day < localDay() : new Date(task.dueAt) < new Date();
  const tone = isPast ? 'overdue' : day === localDay() ? 'today' : day < localDay(7) ? 'soon' : 'later';
  return { text: nameOf(day) + time, tone };
}

function nameOf(day: string): string {
  if (day === localDay()) return 'Today';
  if (day === localDay(1)) return 'Tomorrow';
  if (day === localDay(-1)) return 'Yesterday';
  const date = new Date(`${day}T12:00`);
  if (day > localDay() && day < localDay(7)) return WEEKDAY.format(date);
  return (day.startsWith(localDay().slice(0, 4)) ? DAY : DAY_OF_YEAR).format(date);
}
