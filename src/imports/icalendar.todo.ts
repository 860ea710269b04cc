import type { TodoComponent, TodoProperty } from './icalendar.components.ts';
import { type CalendarTime, endOf, type TimeContext, timeOf } from './icalendar.times.ts';
import type { TaskDraft } from './import.report.ts';
import type { ImportedPriority } from './imported-task.ts';

export interface ReadTodo {
  draft: TaskDraft;
  /** of tasks that this one says are below it */
  childKeys: string[];
}

type Find = (name: string) => TodoProperty | undefined;

/** @returns `undefined` after reporting why, for what is no task of its own */
export function draftOf({ line, properties }: TodoComponent, context: TimeContext): ReadTodo | undefined {
  const find: Find = (name) => properties.find((property) => property.name === name);
  if (find('RECURRENCE-ID')) {
    context.report(line, 'is one occurrence of a task that repeats: it is left out', true);
    return undefined;
  }
  const related = properties.filter(({ name }) => name === 'RELATED-TO');
  const relatedBy = (type: string) =>
    related.filter(({ value }) => (value.getFirstParameter('reltype') || 'PARENT').toUpperCase() === type).map(textOf);
  const draft: TaskDraft = {
    line,
    title: find('SUMMARY') ? textOf(find('SUMMARY')!) : '',
    description: find('DESCRIPTION') ? textOf(find('DESCRIPTION')!) : null,
    priority: priorityOf(find('PRIORITY'), context),
    ...completionOf(find, context),
    createdAt: momentOf(timeOf(find('CREATED'), context)),
    ...dueOf(find, context),
    tags: properties.filter(({ name }) => name === 'CATEGORIES').flatMap(namesOf),
    list: find('X-PREMIUM-TODO-LIST') ? textOf(find('X-PREMIUM-TODO-LIST')!) : null,
    parentKey: relatedBy('PARENT')[0] ?? null,
  };
  const key = find('UID') ? textOf(find('UID')!) : '';
  return { draft: key === '' ? draft : { ...draft, key }, childKeys: relatedBy('CHILD') };
}

function textOf({ value }: TodoProperty): string {
  return String(value.getFirstValue() ?? '');
}

function namesOf({ value }: TodoProperty): string[] {
  return value
    .getValues()
    .map(String)
    .filter((name) => name.trim() !== '');
}

/** 1 is the highest, 9 the lowest, and 0 none (RFC 5545, section 3.8.1.9). */
function priorityOf(property: TodoProperty | undefined, { report }: TimeContext): ImportedPriority {
  if (!property) return 'NONE';
  const number = /^\d$/.test(property.raw) ? Number(property.raw) : undefined;
  if (number === undefined) report(property.line, 'PRIORITY must be a number from 0 to 9');
  if (number === undefined || number === 0) return 'NONE';
  if (number === 1) return 'URGENT';
  if (number < 5) return 'HIGH';
  return number === 5 ? 'MEDIUM' : 'LOW';
}

function completionOf(find: Find, context: TimeContext): Pick<TaskDraft, 'completed' | 'completedAt'> {
  const status = find('STATUS')?.raw.toUpperCase();
  const completedAt = momentOf(timeOf(find('COMPLETED'), context));
  if (status === 'CANCELLED') context.report(find('STATUS')!.line, 'STATUS is CANCELLED: the task counts as completed');
  const isDone = completedAt !== null || find('PERCENT-COMPLETE')?.raw === '100';
  const completed = status === undefined ? isDone : status === 'COMPLETED' || status === 'CANCELLED';
  return { completed, completedAt };
}

function momentOf(time: CalendarTime | undefined): Date | null {
  if (!time) return null;
  return new Date('day' in time ? `${time.day}T00:00:00Z` : time.moment);
}

function dueOf(find: Find, context: TimeContext): Partial<TaskDraft> {
  const [rule, start, duration] = [find('RRULE'), find('DTSTART'), find('DURATION')];
  const end = !find('DUE') && start && duration ? endOf(start, duration, context) : timeOf(find('DUE'), context);
  // A start is no due date; but without either nothing could repeat.
  const due = end ?? (rule ? timeOf(start, context) : undefined);
  const isFromCompletion = find('X-PREMIUM-TODO-RECURRENCE-BASIS')?.raw.toUpperCase() === 'COMPLETION';
  return {
    ...(!due ? {} : 'day' in due ? { dueDate: due.day } : { dueAt: due.moment, dueTimeZone: due.timeZone }),
    recurrence: rule?.raw ?? null,
    recurrenceBasis: isFromCompletion ? 'COMPLETION' : 'DUE',
  };
}
