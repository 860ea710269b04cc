import { readWallClock } from '../core/time-zone.ts';
import { createReport, type ReportBuilder, type TaskDraft } from './import.report.ts';
import type { ImportReport, Lines, ReadingOptions } from './imported-task.ts';
import { createTaskListParser, type TaskListItem, type TaskListPart } from './task-list.parser.ts';
import { readMarks } from './task-marks.ts';

export interface MarkdownOptions extends ReadingOptions {
  /**
   * Take tags, priority and days off the end of titles, and quotations below tasks as their descriptions. Otherwise
   * titles stay whole, as they always have.
   */
  marks?: boolean | undefined;
}

/** A sublist begins where the text of its parent does, which is two columns further at least. */
const SUBLIST = 2;

/**
 * Reads a Markdown task list: what is indented below a task is its subtask, whatever stands between them, and the name of
 * a list is the last heading.
 */
export async function readMarkdown(lines: Lines, options: MarkdownOptions): Promise<ImportReport> {
  const report = createReport(options);
  const parser = createTaskListParser();
  const reader = createReader(report, options);
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const part = parser.readPart(number === 1 ? line.replace(/^\ufeff/, '') : line);
    if (part?.kind === 'item') reader.finish();
    if (part?.kind === 'item' && report.isFull(number)) break;
    reader.take(part, number);
  }
  reader.finish();
  const hidden = parser.unendedBlock();
  if (hidden !== undefined) {
    report.fault(hidden, 'begins a block that nothing ends: the rest of the file was not read', true);
  }
  return report.finish();
}

function createReader(report: ReportBuilder, options: MarkdownOptions) {
  const above: { indent: number; key: string }[] = [];
  let list: string | null = null;
  let waiting: { draft: TaskDraft; indent: number; quotes: string[] } | undefined;
  let isAfterBlank = false;

  /** A task is complete when a line comes that is none of its description. */
  function finish(): void {
    if (!waiting) return;
    const { draft, indent, quotes } = waiting;
    waiting = undefined;
    const description = quotes.length === 0 ? null : quotes.join('\n');
    above.push({ indent, key: report.add({ ...draft, description }) });
  }

  function leave(indent: number): void {
    while (above.length > 0 && above.at(-1)!.indent + SUBLIST > indent) above.pop();
  }

  function takeItem(item: TaskListItem, indent: number, line: number): void {
    leave(indent);
    const parentKey = above.at(-1)?.key ?? null;
    if (!('fault' in item)) {
      waiting = { draft: { ...draftOf(item, line, options), list, parentKey }, indent, quotes: [] };
      return;
    }
    report.fault(line, item.fault, true);
    if (parentKey !== null) above.push({ indent, key: parentKey });
  }

  return {
    finish,
    take(part: TaskListPart | undefined, line: number): void {
      if (part?.kind === 'quote' && options.marks && waiting && part.indent > waiting.indent) {
        waiting.quotes.push(part.text);
        return;
      }
      finish();
      if (part?.kind === 'item') takeItem(part.item, part.indent, line);
      else if (part?.kind === 'heading') {
        above.length = 0;
        list = headingText(part.text);
      } else if (part && 'indent' in part && (isAfterBlank || (part.kind === 'text' && part.isListItem))) {
        leave(part.indent);
      }
      isAfterBlank = part?.kind === 'blank';
    },
  };
}

function draftOf(
  { title, completed }: { title: string; completed: boolean },
  line: number,
  options: MarkdownOptions,
): TaskDraft {
  if (!options.marks) return { line, title, completed };
  const { rule, completedOn, createdOn, ...marked } = readMarks(title);
  const dayBegin = (day: string | undefined) => {
    const moment = day === undefined ? undefined : readWallClock(`${day}T00:00:00`, options.timeZone ?? 'UTC');
    return moment === undefined ? null : new Date(moment);
  };
  return {
    ...marked,
    line,
    completed,
    completedAt: dayBegin(completedOn),
    createdAt: dayBegin(createdOn),
    recurrence: rule?.recurrence ?? null,
    recurrenceBasis: rule?.recurrenceBasis ?? 'DUE',
  };
}

/** Without the number signs that may close a heading; a backslash before them says that they belong to it. */
function headingText(text: string): string | null {
  let closing = text.length;
  while (text.charAt(closing - 1) === '#') closing -= 1;
  const rest = text.slice(0, closing);
  if (closing < text.length && rest.endsWith('\\')) return rest.slice(0, -1) + text.slice(closing);
  return (closing === 0 || /[ \t]$/.test(rest) ? rest.trimEnd() : text) || null;
}
