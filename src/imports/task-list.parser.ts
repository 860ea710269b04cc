/** What a line of a Markdown task list says: a task with its title as it stands there, or why it cannot be one. */
export type TaskListItem = { title: string; completed: boolean } | { fault: string };

/** What a line of the document is, as far as it tells where tasks belong. `indent` counts columns. */
export type TaskListPart =
  | { kind: 'item'; indent: number; item: TaskListItem }
  | { kind: 'heading'; text: string }
  | { kind: 'quote'; indent: number; text: string }
  | { kind: 'text'; indent: number; isListItem: boolean }
  | { kind: 'blank' };

export interface TaskListParser {
  /** Takes the next line; `undefined` when it is not about a task. */
  read(line: string): TaskListItem | undefined;
  /** The same for whoever wants to know of other lines too; `undefined` for one of a block. */
  readPart(line: string): TaskListPart | undefined;
  /** After the last line: the number of the line that began a block which nothing ended, hiding what follows it. */
  unendedBlock(): number | undefined;
}

interface Block {
  line: number;
  isEnd: (line: string) => boolean;
}

const LIST_ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])([ \t]*)\[([^\]]*)\](.*)$/s;
const FENCE = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?=[^`]*$)|~{3,})/;
const COMMENT = /^[ \t]*<!--/;
const ANY_LIST_ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t](.*))?$/s;
const QUOTE = /^[ \t]*> ?(.*)$/s;
/** A mark that was meant as one; longer texts in brackets are links and footnotes. Two code points can make one ✔️. */
const LONGEST_MARK = 2;

/**
 * Reads task list items (https://github.github.com/gfm/#task-list-items-extension-) at any depth, outside of fenced code
 * and comments. Indented code does not count as code: in a nested list it cannot be told from an item.
 */
export function createTaskListParser(): TaskListParser {
  let number = 0;
  let block: Block | undefined;

  function isOfBlock(line: string): boolean {
    number += 1;
    if (block) {
      if (block.isEnd(line)) block = undefined;
      return true;
    }
    block = blockFrom(line, number);
    return block !== undefined;
  }

  return {
    read: (line) => (isOfBlock(line) ? undefined : itemOf(line)),
    readPart: (line) => (isOfBlock(line) ? undefined : partOf(line)),
    unendedBlock: () => block?.line,
  };
}

function partOf(line: string): TaskListPart {
  if (line.trim() === '') return { kind: 'blank' };
  const heading = HEADING.exec(line);
  if (heading) return { kind: 'heading', text: (heading[1] ?? '').trim() };
  const indent = columnsBefore(line);
  const item = itemOf(line);
  if (item) return { kind: 'item', indent, item };
  const quote = QUOTE.exec(line)?.[1];
  if (quote !== undefined) return { kind: 'quote', indent, text: quote };
  return { kind: 'text', indent, isListItem: ANY_LIST_ITEM.test(line) };
}

/** A tab goes to the next column that four divides (https://spec.commonmark.org/0.31.2/#tabs). */
function columnsBefore(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === '\t') columns += 4 - (columns % 4);
    else if (character === ' ') columns += 1;
    else break;
  }
  return columns;
}

function blockFrom(line: string, number: number): Block | undefined {
  const fence = FENCE.exec(line)?.[1];
  if (fence) return { line: number, isEnd: (text) => isClosingFence(text.trim(), fence) };
  if (COMMENT.test(line) && !line.includes('-->')) return { line: number, isEnd: (text) => text.includes('-->') };
  return undefined;
}

/** Of the same character and at least as long as the opening one. */
function isClosingFence(text: string, opening: string): boolean {
  return text.length >= opening.length && text === opening.charAt(0).repeat(text.length);
}

function itemOf(line: string): TaskListItem | undefined {
  const [, gap, mark, title] = LIST_ITEM.exec(line) ?? [];
  if (gap === undefined || mark === undefined || title === undefined) return undefined;
  if ([...mark.trim()].length > LONGEST_MARK || /^[([:]/.test(title)) return undefined;
  if (gap === '') return { fault: 'needs a space before [' };
  if (!/^[ xX]$/.test(mark)) return { fault: 'is marked neither [ ] nor [x]' };
  if (!/^(?:[ \t]|$)/.test(title)) return { fault: 'needs a space after ]' };
  return { title: title.trim(), completed: mark !== ' ' };
}
