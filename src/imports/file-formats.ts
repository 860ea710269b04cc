import { inTurns } from '../core/in-turns.ts';
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

export function readFormat(format: ImportFormat, text: string, options: ReadingOptions): Promise<ImportReport> {
  return READERS[format](inTurns(linesOfText(text)), options);
}
