import { wallClock } from '../../src/core/time-zone.ts';
import type { AsOf, DatedCriteria } from '../../src/tasks/task.criteria.ts';
import { type DueSpan, dueSpan } from '../../src/tasks/task.due.ts';
import type { TaskFilter } from '../../src/tasks/task.list-inputs.ts';
import type { SortedTaskRow, TaskSort } from '../../src/tasks/task.order.ts';
import type { Place } from '../../src/tasks/task.ranges.ts';
import type { TaskRow } from '../../src/tasks/task.ts';

/** Filters, searches and orders of tasks as the database has them, over rows in memory. */

/** A row, or what an API shows of one. */
type Listed = Omit<TaskRow, 'rank'> & { rank?: string | null };

/** As the root collation of Unicode sorts, and by code units where that sees no difference. */
const collator = new Intl.Collator('und');

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compare(row: Listed, place: Place, sort: TaskSort): number {
  for (const [index, key] of sort.keys.entries()) {
    const [a, b] = [key.of(withDueSort(row)), place[index] ?? null];
    if (a === null && b === null) continue;
    if (a === null || b === null) return (a === null) === (key.nulls === 'first') ? -1 : 1;
    const order = (key.name === 'title' ? collator.compare(a, b) : 0) || compareTexts(a, b);
    if (order !== 0) return key.direction === 'asc' ? order : -order;
  }
  return 0;
}

/** As the trigger `tasks_plan` has it. */
export function withDueSort(listed: Listed): SortedTaskRow {
  const task = { rank: null, ...listed };
  const { dueDate, dueAt, dueTimeZone } = task;
  if (dueDate !== null) return { ...task, dueSort: `${dueDate} 23:59:59.999` };
  return { ...task, dueSort: dueAt === null ? null : wallClock(dueAt, dueTimeZone ?? 'UTC').replace('T', ' ') };
}

export function sorted<Row extends Listed>(rows: readonly Row[], sort: TaskSort): Row[] {
  const place = (row: Listed) => sort.keys.map((key) => key.of(withDueSort(row)));
  return [...rows].sort((a, b) => compare(a, place(b), sort));
}

export function meets(task: Listed, { filter, search, asOf }: DatedCriteria): boolean {
  return (!filter || passes(task, filter, asOf)) && (!search || isFound(task, search));
}

function passes(task: Listed, filter: TaskFilter, asOf: AsOf | undefined): boolean {
  if (filter.completed != null && task.completed !== filter.completed) return false;
  if (!isPlanned(task, filter, asOf)) return false;
  for (const field of ['createdAt', 'updatedAt', 'completedAt', 'dueAt', 'dueDate'] as const) {
    const { gt, gte, lt, lte } = filter[field] ?? {};
    const value = task[field];
    if ((gt ?? gte ?? lt ?? lte) == null) continue;
    if (value === null) return false;
    if ((gt != null && value <= gt) || (gte != null && value < gte)) return false;
    if ((lt != null && value >= lt) || (lte != null && value > lte)) return false;
  }
  if (filter.and && !filter.and.every((branch) => passes(task, branch, asOf))) return false;
  if (filter.or && !filter.or.some((branch) => passes(task, branch, asOf))) return false;
  return !(filter.not && passes(task, filter.not, asOf));
}

function isPlanned(task: Listed, filter: TaskFilter, asOf: AsOf | undefined): boolean {
  const { priorityIn, due, timeZone, hasDue, isRecurring, tags, listIn, hasList, parentIn, hasParent } = filter;
  const isDue = task.dueDate !== null || task.dueAt !== null;
  const within = (ids: readonly string[] | null | undefined, id: string | null) =>
    !ids || (id !== null && ids.includes(id));
  const agrees = (asked: boolean | null | undefined, is: boolean) => asked == null || asked === is;
  return (
    (!priorityIn || priorityIn.includes(task.priority)) &&
    (due == null || isWithin(task, dueSpan(due, asOf!.now, timeZone ?? asOf!.timeZone))) &&
    agrees(hasDue, isDue) &&
    agrees(isRecurring, task.recurrence !== null) &&
    agrees(hasList, task.listId !== null) &&
    agrees(hasParent, task.parentId !== null) &&
    within(listIn, task.listId) &&
    within(parentIn, task.parentId) &&
    (!tags?.any || tags.any.some((id) => task.tagIds.includes(id))) &&
    (tags?.all ?? []).every((id) => task.tagIds.includes(id)) &&
    !(tags?.none ?? []).some((id) => task.tagIds.includes(id))
  );
}

function isWithin({ dueDate, dueAt, completed }: Listed, { fromDate, toDate, from, to }: DueSpan): boolean {
  if (fromDate === undefined && completed) return false;
  const isDay = dueDate !== null && dueDate < toDate && (fromDate === undefined || dueDate >= fromDate);
  return isDay || (dueAt !== null && dueAt < to && (from === undefined || dueAt >= from));
}

/** Every word of the search begins some word of the task; a phrase in quotes stands in the title or the description. */
function isFound({ title, description }: Listed, search: string): boolean {
  const straight = search.replaceAll(/[“”„]/g, '"');
  const phrases = [...straight.matchAll(/"([^"]*)"/g)].map(([, text = '']) => wordsOf(text));
  const wanted = wordsOf(straight.replaceAll(/"[^"]*"/g, ' '));
  const texts = [title, description ?? ''].map(wordsOf);
  return (
    [...wanted, ...phrases.flat()].length > 0 &&
    wanted.every((part) => texts.flat().some((word) => word.startsWith(part))) &&
    phrases.every((phrase) => texts.some((words) => holds(words, phrase)))
  );
}

function holds(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_, start) => phrase.every((word, index) => words[start + index] === word)) || phrase.length === 0;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
