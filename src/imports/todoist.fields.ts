import { readWallClock, timeZoneName } from '../core/time-zone.ts';
import type { TaskDraft } from './import.report.ts';
import type { ImportedPriority, ReadingOptions } from './imported-task.ts';
import { readDue } from './todoist.due.ts';

/** Cells by the names of their columns. */
export type TodoistRow = ReadonlyMap<string, string>;

const PRIORITIES = new Map<string, ImportedPriority>([
  ['1', 'URGENT'],
  ['2', 'HIGH'],
  ['3', 'MEDIUM'],
  ['4', 'NONE'],
  // The documentation makes it 1: a task that nobody gave a priority would be urgent.
  ['', 'NONE'],
]);

export function priorityOf(row: TodoistRow, report: (message: string) => void): ImportedPriority {
  const priority = PRIORITIES.get(textOf(row, 'PRIORITY'));
  if (priority === undefined) report('PRIORITY must be 1, 2, 3 or 4');
  return priority ?? 'NONE';
}

/** Words like `@home` are labels; after a backslash they are none. */
export function labelsOf(content: string): { title: string; tags: string[] } {
  const tags: string[] = [];
  const rest: string[] = [];
  // Blanks and words in turn.
  for (const part of content.split(/(\s+)/)) {
    if (/^@\S/.test(part)) {
      tags.push(part.slice(1));
      rest.pop();
    } else rest.push(/^\\+@\S/.test(part) ? part.slice(1) : part);
  }
  return { title: rest.join(''), tags };
}

type DueFields = Pick<TaskDraft, 'dueDate' | 'dueAt' | 'dueTimeZone' | 'recurrence' | 'recurrenceBasis' | 'leftovers'>;

/** When a task is due, and how it repeats. What cannot be told goes to the end of the description as it stands. */
export function dueOf(row: TodoistRow, options: ReadingOptions, report: (message: string) => void): DueFields {
  const leftovers: string[] = [];
  const keep = (column: string, text: string, why: string) => {
    leftovers.push(`${column}: ${text}`);
    report(`${column} ${why}: it is at the end of the description`);
  };
  const [date, deadline] = [textOf(row, 'DATE'), textOf(row, 'DEADLINE')];
  const timeZone = zoneOf(row, report);
  const read = (text: string, language: string): DueFields | undefined => {
    const due = readDue(text, { language, today: options.today });
    if (!due) return undefined;
    const recurrence = due.rule?.recurrence ?? null;
    const rule = { recurrence, recurrenceBasis: due.rule?.recurrenceBasis ?? 'DUE' } as const;
    if (due.time === undefined && due.moment === undefined) return { ...rule, dueDate: due.day };
    if (due.moment !== undefined) return { ...rule, dueAt: due.moment, dueTimeZone: timeZone ?? null };
    const wallZone = timeZone ?? options.timeZone;
    const dueAt = readWallClock(`${due.day}T${due.time}`, wallZone ?? 'UTC');
    return dueAt === undefined ? undefined : { ...rule, dueAt, dueTimeZone: wallZone ?? null };
  };

  const due = date === '' ? {} : read(date, textOf(row, 'DATE_LANG'));
  if (!due) keep('DATE', date, 'is not clear');
  if (deadline === '') return { ...due, leftovers };
  const last = date === '' ? read(deadline, textOf(row, 'DEADLINE_LANG')) : undefined;
  if (!last) keep('DEADLINE', deadline, date === '' ? 'is not clear' : 'has no place beside DATE');
  return { ...due, ...last, leftovers };
}

function textOf(row: TodoistRow, column: string): string {
  return row.get(column)?.trim() ?? '';
}

function zoneOf(row: TodoistRow, report: (message: string) => void): string | undefined {
  const text = textOf(row, 'TIMEZONE');
  const name = timeZoneName(text);
  if (text !== '' && name === undefined) report('TIMEZONE is none that anybody knows');
  return name;
}
