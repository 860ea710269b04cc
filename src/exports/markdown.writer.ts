import { localDate } from '../core/time-zone.ts';
import { descriptionOf, type ExportedTaskLike, type ExportedTasks } from './exported-task.ts';
import { wordsOfRule } from './rule-words.ts';
import { inDocumentOrder } from './task-order.ts';

export interface MarkdownWriting {
  /** Write tags, priority and days after titles, and descriptions below them; otherwise titles and what is done alone. */
  marks?: boolean | undefined;
  /** IANA name of the zone whose days are written for moments; UTC unless given */
  timeZone?: string | undefined;
}

const INDENT = '  ';
const PRIORITIES = { NONE: '', LOW: '🔽', MEDIUM: '🔼', HIGH: '⏫', URGENT: '🔺' };
const MARKS = /^[\\#]|^(?:🔺|⏫|🔼|🔽|⏬|📅|📆|🗓|✅|➕|⏳|⌛|🛫|❌|🆔|⛔|🏁)/u;

/**
 * A Markdown task list: a heading for each list, subtasks indented, and after a title what the Tasks plugin of Obsidian
 * writes there. Times of the day, zones and rules without English words are lost.
 */
export async function* writeMarkdown(tasks: ExportedTasks, options: MarkdownWriting = {}): AsyncGenerator<string> {
  let isFirst = true;
  for (const { list, places } of await inDocumentOrder(tasks)) {
    if (list !== null) yield `${isFirst ? '' : '\n'}# ${headingOf(list)}\n\n`;
    isFirst = false;
    for (const { task, depth } of places) {
      const indent = INDENT.repeat(depth);
      yield `${indent}- [${task.completed ? 'x' : ' '}] ${lineOf(task, options)}\n`;
      const description = options.marks ? await descriptionOf(task) : '';
      if (description) yield quotationOf(description, indent + INDENT);
    }
  }
}

function lineOf(task: ExportedTaskLike, { marks, timeZone = 'UTC' }: MarkdownWriting): string {
  const title = inOneLine(task.title);
  if (!marks) return title;
  const dayOf = (moment: Date) => localDate(moment.getTime(), timeZone);
  const due = task.dueDate ?? (task.dueAt && localDate(Date.parse(task.dueAt), task.dueTimeZone ?? timeZone));
  return [
    needsEscape(title) ? title.replace(/(\S+)$/, '\\$1') : title,
    ...task.tags.map(hashtagOf),
    PRIORITIES[task.priority],
    task.recurrence && due ? ruleOf(task.recurrence, task.recurrenceBasis) : '',
    task.createdAt ? `➕ ${dayOf(task.createdAt)}` : '',
    due ? `📅 ${due}` : '',
    task.completed && task.completedAt ? `✅ ${dayOf(task.completedAt)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Whether the end of a title could be taken for marks: a backslash before its last word says that it is none. */
function needsEscape(title: string): boolean {
  const [last = '', before = ''] = title.slice(-2000).split(/\s+/).reverse();
  return MARKS.test(last) || (MARKS.test(before) && !/^[\\#]/.test(before)) || title.includes('🔁');
}

/** A tag ends with the word and is no number. */
function hashtagOf(name: string): string {
  const word = name.replace(/[\s#]+/gu, '_');
  return /^\d+$/.test(word) ? `#_${word}` : `#${word}`;
}

function ruleOf(rule: string, basis: ExportedTaskLike['recurrenceBasis']): string {
  const words = wordsOfRule(rule);
  if (!words) return '';
  return `🔁 every ${words.unit}${words.days && ` on ${words.days}`}${basis === 'COMPLETION' ? ' when done' : ''}`;
}

/** A list's name cannot end like a heading that number signs close. */
function headingOf(list: string): string {
  return inOneLine(list).replace(/(^|[ \t\\])(#+)$/, '$1\\$2');
}

function quotationOf(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}> ${line}\n`)
    .join('');
}

function inOneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}
