import { dayAfter } from '../core/calendar-date.ts';
import type { ImportedPriority } from './imported-task.ts';
import { ruleOfWords, type WordedRule } from './worded-rule.ts';

/** What the marks at the end of a task's line say; the title is what is left. */
export interface MarkedTitle {
  title: string;
  tags: string[];
  priority?: ImportedPriority;
  dueDate?: string;
  /** day */
  completedOn?: string;
  /** day */
  createdOn?: string;
  rule?: WordedRule;
}

/** There are five kinds of priority here and four of tasks. */
const PRIORITIES = new Map<string, ImportedPriority>([
  ['🔺', 'URGENT'],
  ['⏫', 'HIGH'],
  ['🔼', 'MEDIUM'],
  ['🔽', 'LOW'],
  ['⏬', 'LOW'],
]);
const DAYS = new Map<string, 'dueDate' | 'completedOn' | 'createdOn'>([
  ['📅', 'dueDate'],
  ['📆', 'dueDate'],
  ['🗓', 'dueDate'],
  ['✅', 'completedOn'],
  ['➕', 'createdOn'],
]);
/** They have a word after them and stay in the title: no field has room for it. */
const OTHERS = new Set(['⏳', '⌛', '🛫', '❌', '🆔', '⛔', '🏁']);
/** Digits alone are the number of an issue (https://help.obsidian.md/tags#Tag+format). */
const TAG = /^#([^#\s]*[^#\s\d][^#\s]*)$/u;
const RULE = /^[A-Za-z0-9, !]+$/;
const LONGEST_RULE = 100;

/**
 * Takes marks off the end of a line, as the Tasks plugin of Obsidian does
 * (https://publish.obsidian.md/tasks/Reference/Task+Formats/Tasks+Emoji+Format): what is before the first word that is no
 * mark is the title, whatever looks like a mark in there. A backslash before the title's last word says that it is none.
 */
export function readMarks(text: string): MarkedTitle {
  const found: MarkedTitle = { title: text.trim(), tags: [] };
  const stays: string[] = [];
  while (takeTag(found) || takePriority(found) || takeDay(found) || takeRule(found) || takeOther(found, stays));
  found.tags.reverse();
  found.title = [withoutEscape(found.title), ...stays.reverse()].filter((part) => part !== '').join(' ');
  // A line of nothing but marks is a title.
  return found.title === '' ? { title: text.trim(), tags: [] } : found;
}

function takeTag(found: MarkedTitle): boolean {
  const [before, word] = splitLast(found.title);
  const tag = TAG.exec(word)?.[1];
  if (tag === undefined) return false;
  found.tags.push(tag);
  found.title = before;
  return true;
}

function takePriority(found: MarkedTitle): boolean {
  const [before, word] = splitLast(found.title);
  const priority = PRIORITIES.get(markOf(word));
  if (priority === undefined || found.priority !== undefined) return false;
  found.priority = priority;
  found.title = before;
  return true;
}

function takeDay(found: MarkedTitle): boolean {
  const [before, word] = splitMark(found.title);
  const day = DAYS.get(markOf(before.mark));
  if (day === undefined || found[day] !== undefined || dayAfter(word, 0) === undefined) return false;
  found[day] = word;
  found.title = before.text;
  return true;
}

function takeRule(found: MarkedTitle): boolean {
  const end = found.title.slice(-LONGEST_RULE);
  const start = found.title.length - end.length + end.lastIndexOf('🔁');
  const isWord = start === 0 || /\s/.test(found.title.charAt(start - 1));
  if (!end.includes('🔁') || !isWord || found.rule) return false;
  const words = found.title.slice(start + '🔁'.length).replace(/^\ufe0f/, '');
  const rule = RULE.test(words) ? ruleOfWords(words) : undefined;
  if (!rule) return false;
  found.rule = rule;
  found.title = found.title.slice(0, start).trimEnd();
  return true;
}

function takeOther(found: MarkedTitle, stays: string[]): boolean {
  const [before, word] = splitMark(found.title);
  if (!OTHERS.has(markOf(before.mark)) || word.startsWith('\\')) return false;
  stays.push(`${before.mark} ${word}`);
  found.title = before.text;
  return true;
}

/** A mark and the word after it, with or without a blank between them. */
function splitMark(text: string): [{ text: string; mark: string }, string] {
  const [before, word] = splitLast(text);
  const attached = /^(\p{Extended_Pictographic}\ufe0f?)(.+)$/su.exec(word);
  if (attached) return [{ text: before, mark: attached[1]! }, attached[2]!];
  const [start, mark] = splitLast(before);
  return [{ text: start, mark }, word];
}

/** The last word, and the text before it. Looks at no more than these: a line can be long. */
function splitLast(text: string): [string, string] {
  let start = text.length;
  while (start > 0 && !/\s/.test(text.charAt(start - 1))) start -= 1;
  return [text.slice(0, start).trimEnd(), text.slice(start)];
}

/** Without the variation selector that some keyboards add. */
function markOf(word: string): string {
  return word.replace(/\ufe0f$/, '');
}

function withoutEscape(title: string): string {
  const [, word] = splitLast(title);
  return word.startsWith('\\') ? title.slice(0, -word.length) + word.slice(1) : title;
}
