import { csvFault, csvRows } from './csv-rows.ts';
import { createReport, type ReportBuilder, type TaskDraft } from './import.report.ts';
import type { ImportReport, Lines, ReadingOptions } from './imported-task.ts';
import { dueOf, labelsOf, priorityOf, type TodoistRow } from './todoist.fields.ts';

const COLUMNS = new Set([
  ...['TYPE', 'CONTENT', 'DESCRIPTION', 'PRIORITY', 'INDENT', 'DATE', 'DATE_LANG', 'TIMEZONE'],
  ...['DEADLINE', 'DEADLINE_LANG'],
]);

/** Sections and comments included, on an average. What is read of a row that ends in nothing takes time too. */
const ROWS_OF_A_TASK = 20;

/**
 * Reads the tasks of a project as Todoist exports it
 * (https://www.todoist.com/help/articles/import-or-export-a-project-as-a-csv-file-in-todoist-YC8YvN). A section is a list,
 * and comments go to the description of the task above them.
 */
export async function readTodoistCsv(lines: Lines, options: ReadingOptions): Promise<ImportReport> {
  const report = createReport(options);
  const reader = createReader(report, options);
  const mostRows = ROWS_OF_A_TASK * (options.maximumTasks ?? Number.POSITIVE_INFINITY);
  let last = 0;
  let rows = 0;
  let columns: Map<string, number> | undefined;
  try {
    for await (const row of csvRows(lines)) {
      const { record } = row;
      const line = row.line - record.join('').split('\n').length + 1;
      last = row.line;
      rows += 1;
      if (rows > mostRows) {
        report.fault(line, `there are more than ${mostRows} rows: the rest of the file was not read`, true);
        break;
      }
      if (!columns) {
        columns = columnsOf(record);
        if (columns.has('TYPE') && columns.has('CONTENT')) continue;
        report.fault(line, 'must name the columns, TYPE and CONTENT among them', true);
        break;
      }
      const cells = [...columns].map(([column, index]) => [column, record[index] ?? ''] as const);
      if (!reader.take(new Map(cells), line)) break;
    }
  } catch (error) {
    report.fault(last + 1, `${csvFault(error)}: the rest of the file was not read`, true);
  }
  reader.finish();
  return report.finish();
}

/** Where each column is that tasks are made of. */
function columnsOf(header: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  header.forEach((cell, index) => {
    const name = cell.trim().toUpperCase();
    if (COLUMNS.has(name) && !places.has(name)) places.set(name, index);
  });
  return places;
}

function createReader(report: ReportBuilder, options: ReadingOptions) {
  const above: { indent: number; key: string }[] = [];
  let list: string | null = null;
  let waiting: { draft: TaskDraft; indent: number; notes: string[] } | undefined;

  function finish(): void {
    if (!waiting) return;
    const { draft, indent, notes } = waiting;
    waiting = undefined;
    const description = [draft.description ?? '', ...notes].filter((text) => text !== '').join('\n\n');
    above.push({ indent, key: report.add({ ...draft, description }) });
  }

  function takeTask(row: TodoistRow, line: number): void {
    const indent = indentOf(row, line);
    while (above.length > 0 && above.at(-1)!.indent >= indent) above.pop();
    const { title, tags } = labelsOf(row.get('CONTENT') ?? '');
    const tell = (message: string) => report.fault(line, message);
    const draft = {
      line,
      title,
      tags,
      description: row.get('DESCRIPTION') ?? '',
      priority: priorityOf(row, tell),
      list,
      parentKey: above.at(-1)?.key ?? null,
      ...dueOf(row, options, tell),
    };
    waiting = { draft, indent, notes: [] };
  }

  function indentOf(row: TodoistRow, line: number): number {
    const cell = row.get('INDENT')?.trim() || '1';
    if (/^[1-9]\d{0,2}$/.test(cell)) return Number(cell);
    report.fault(line, 'INDENT must be a number from 1 on');
    return 1;
  }

  return {
    finish,
    /** @returns whether to go on */
    take(row: TodoistRow, line: number): boolean {
      const type = row.get('TYPE')?.trim().toLowerCase() ?? '';
      const content = row.get('CONTENT') ?? '';
      if (type === 'note') {
        if (waiting) waiting.notes.push(content);
        else report.fault(line, 'is a note to no task', true);
        return true;
      }
      // How the project looks, or a line between the rows; a note can still follow.
      if (type === 'meta' || (type === '' && content.trim() === '')) return true;
      finish();
      if (type === 'section') {
        above.length = 0;
        list = content.trim() || null;
      } else if (type !== 'task') report.fault(line, 'TYPE must be task, section, note or meta', true);
      else if (report.isFull(line)) return false;
      else takeTask(row, line);
      return true;
    },
  };
}
