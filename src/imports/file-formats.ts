import { setImmediate as breathe } from 'node:timers/promises';
import { readICalendar } from './icalendar.reader.ts';
import { type ImportReport, linesOfText, type ReadingOptions } from './imported-task.ts';
import { readMarkdown } from './markdown.reader.ts';
import { readTodoistCsv } from './todoist.reader.ts';

/** What files of other programs are in. */
export const IMPORT_FORMATS = ['MARKDOWN', 'TODOIST_CSV', 'ICALENDAR'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

type Reader = (lines: AsyncIterable<string>, options: ReadingOptions) => Promise<ImportReport>;

const READERS: Record<ImportFormat, Reader> = {
  MARKDOWN: (lines, options) => readMarkdown(lines, { ...options, marks: true }),
  TODOIST_CSV: readTodoistCsv,
  ICALENDAR: readICalendar,
};

/** Milliseconds that others have to wait for who reads. */
const LONGEST_TURN = 10;

export function readFormat(format: ImportFormat, text: string, options: ReadingOptions): Promise<ImportReport> {
  return READERS[format](inTurns(linesOfText(text)), options);
}

/** Lines one after the other, with turns for others in between: what is done with a line can take milliseconds. */
export async function* inTurns(lines: Iterable<string>): AsyncGenerator<string> {
  let begin = performance.now();
  for (const line of lines) {
    yield line;
    if (performance.now() - begin < LONGEST_TURN) continue;
    await breathe();
    begin = performance.now();
  }
}
