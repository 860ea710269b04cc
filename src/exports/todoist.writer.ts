import { stringify } from 'csv-stringify/sync';
import { isFirstOfWallClock, wallClock } from '../core/time-zone.ts';
import { descriptionOf, type ExportedTaskLike, type ExportedTasks } from './exported-task.ts';
import { wordsOfRule } from './rule-words.ts';
import { inDocumentOrder } from './task-order.ts';

const COLUMNS = [
  ...['TYPE', 'CONTENT', 'DESCRIPTION', 'PRIORITY', 'INDENT', 'AUTHOR', 'RESPONSIBLE', 'DATE', 'DATE_LANG', 'TIMEZONE'],
  ...['DURATION', 'DURATION_UNIT', 'DEADLINE', 'DEADLINE_LANG'],
];
/** There is none below the usual one. */
const PRIORITIES = { URGENT: 1, HIGH: 2, MEDIUM: 3, LOW: 4, NONE: 4 };

/**
 * A project as Todoist imports it
 * (https://www.todoist.com/help/articles/import-or-export-a-project-as-a-csv-file-in-todoist-YC8YvN): lists are sections.
 * What is completed is left out, for there it would be to do again.
 */
export async function* writeTodoistCsv(tasks: ExportedTasks): AsyncGenerator<string> {
  yield rowOf(COLUMNS);
  for (const { list, places } of await inDocumentOrder(tasks, ({ completed }) => completed)) {
    if (list !== null) yield rowOf(['section', list]);
    for (const { task, depth } of places) yield taskRow(task, await descriptionOf(task), depth + 1);
  }
}

function taskRow(task: ExportedTaskLike, description: string, indent: number): string {
  const labels = task.tags.map((name) => ` @${name.replace(/\s+/gu, '_')}`);
  const { date, timeZone } = dateOf(task);
  const content = escapedTitle(task.title) + labels.join('');
  const priority = PRIORITIES[task.priority];
  return rowOf(['task', content, description, priority, indent, '', '', date, 'en', timeZone]);
}

/** As many cells as there are columns. */
function rowOf(cells: readonly (string | number)[]): string {
  return stringify([COLUMNS.map((_, index) => cells[index] ?? '')], { record_delimiter: '\r\n', quoted_match: /\n/ });
}

/** A word like `@home` would be a label. */
function escapedTitle(title: string): string {
  return title
    .split(/(\s+)/)
    .map((part) => (/^\\*@\S/.test(part) ? `\\${part}` : part))
    .join('');
}

function dateOf(task: ExportedTaskLike): { date: string; timeZone: string } {
  const { day, time, date, timeZone } = dueOf(task);
  const words = task.recurrence === null ? undefined : wordsOfRule(task.recurrence);
  const isOnDay = words?.weekdays.length === 0 || words?.weekdays.includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  // What it has no words for would be refused with the date.
  if (!words || day === '' || !isOnDay || (words.days !== '' && !words.isEachTime)) return { date, timeZone };
  const every = task.recurrenceBasis === 'COMPLETION' ? 'every!' : 'every';
  const start = time === '' ? date : `${day}`;
  return { date: `${every} ${words.days || words.unit}${time && ` at ${time}`} starting ${start}`, timeZone };
}

/** A time on the wall where that says all; else the moment. */
function dueOf({ dueDate, dueAt, dueTimeZone }: ExportedTaskLike) {
  if (dueAt === null) return { day: dueDate ?? '', time: '', date: dueDate ?? '', timeZone: '' };
  const [day = '', clock = ''] = wallClock(dueAt, dueTimeZone ?? 'UTC').split('T');
  const moment = { day, time: '', date: dueAt, timeZone: dueTimeZone ?? '' };
  const isWhole = Date.parse(dueAt) % 60_000 === 0 && clock.endsWith(':00.000');
  if (dueTimeZone === null || !isWhole || !isFirstOfWallClock(dueAt, dueTimeZone)) return moment;
  const time = clock.slice(0, 5);
  return { day, time, date: `${day} ${time}`, timeZone: dueTimeZone };
}
