import { CsvError, type Parser, parse } from 'csv-parse';
import { createReport, type ReportBuilder, type TaskDraft } from './import.report.ts';
import type { ImportReport, Lines, ReadingOptions } from './imported-task.ts';
import { dueOf, labelsOf, priorityOf, type TodoistRow } from './todoist.fields.ts';

/** Bytes; a task with the longest description that is allowed needs less. */
const LONGEST_ROW = 1_048_576;
const LONGEST_HEADER = 1000;
const FAULTS: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'begins a quotation that nothing ends',
  CSV_MAX_RECORD_SIZE: `is longer than ${LONGEST_ROW} bytes, or begins a quotation that nothing ends`,
};

/**
 * Reads the tasks of a project as Todoist exports it
 * (https://www.todoist.com/help/articles/import-or-export-a-project-as-a-csv-file-in-todoist-YC8YvN). A section is a list,
 * and comments go to the description of the task above them.
 */
export async function readTodoistCsv(lines: Lines, options: ReadingOptions): Promise<ImportReport> {
  const report = createReport(options);
  const reader = createReader(report, options);
  let last = 0;
  let columns: string[] | undefined;
  try {
    for await (const row of rowsOf(lines)) {
      const { record } = row;
      const line = row.line - record.join('').split('\n').length + 1;
      last = row.line;
      if (!columns) {
        columns = record.map((cell) => cell.trim().toUpperCase());
        if (columns.includes('TYPE') && columns.includes('CONTENT')) continue;
        report.fault(line, 'must name the columns, TYPE and CONTENT among them', true);
        break;
      }
      if (!reader.take(new Map(columns.map((column, index) => [column, record[index] ?? ''])), line)) break;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    report.fault(last + 1, `${FAULTS[error.code] ?? 'is no row of CSV'}: the rest of the file was not read`, true);
  }
  reader.finish();
  return report.finish();
}

interface ParsedRow {
  record: string[];
  /** its last one */
  line: number;
}

/** The rows before a fault come before it: a stream that fails forgets what nobody has read yet. */
async function* rowsOf(lines: Lines): AsyncGenerator<ParsedRow> {
  let parser: Parser | undefined;
  let rows: ParsedRow[] = [];
  for await (const text of textOf(lines)) {
    parser ??= createParser(text, (row) => rows.push(row));
    await write(parser, text);
    yield* rows;
    rows = [];
  }
  if (parser) await end(parser);
  yield* rows;
}

function createParser(header: string, take: (row: ParsedRow) => void): Parser {
  const start = header.slice(0, LONGEST_HEADER);
  const parser = parse({
    // Programs of countries with decimal commas save it so.
    delimiter: start.includes(';') && !start.includes(',') ? ';' : ',',
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    on_record: (record: string[], { lines }) => {
      take({ record, line: lines });
      return null;
    },
  });
  // Whoever writes is told.
  parser.on('error', () => {});
  return parser.resume();
}

function write(parser: Parser, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function end(parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('error', reject).once('end', resolve).end();
  });
}

async function* textOf(lines: Lines): AsyncGenerator<string> {
  let isFirst = true;
  for await (const line of lines) {
    yield `${isFirst ? line.replace(/^\ufeff/, '') : line}\n`;
    isFirst = false;
  }
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
