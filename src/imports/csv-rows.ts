import { CsvError, type Parser, parse } from 'csv-parse';
import type { Lines } from './imported-task.ts';

/** Bytes; a task with the longest description that is allowed needs less. */
const LONGEST_ROW = 1_048_576;
const LONGEST_HEADER = 1000;
const FAULTS: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'begins a quotation that nothing ends',
  CSV_MAX_RECORD_SIZE: `is longer than ${LONGEST_ROW} bytes, or begins a quotation that nothing ends`,
};

export interface CsvRow {
  record: string[];
  /** its last one */
  line: number;
}

/** The rows of a CSV file. Those before a fault come before it is thrown: a stream that fails forgets what nobody has read yet. */
export async function* csvRows(lines: Lines): AsyncGenerator<CsvRow> {
  let parser: Parser | undefined;
  let rows: CsvRow[] = [];
  for await (const text of textOf(lines)) {
    parser ??= createParser(text, (row) => rows.push(row));
    await write(parser, text);
    yield* rows;
    rows = [];
  }
  if (parser) await end(parser);
  yield* rows;
}

function createParser(header: string, take: (row: CsvRow) => void): Parser {
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

/** What is wrong with the row after the last one. @throws the error itself when it is not about CSV */
export function csvFault(error: unknown): string {
  if (!(error instanceof CsvError)) throw error;
  return FAULTS[error.code] ?? 'is no row of CSV';
}
