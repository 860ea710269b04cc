import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readICalendar } from '../../src/imports/icalendar.reader.ts';
import type { ImportReport, Lines, ReadingOptions } from '../../src/imports/imported-task.ts';
import { readMarkdown } from '../../src/imports/markdown.reader.ts';
import { readTodoistCsv } from '../../src/imports/todoist.reader.ts';
import { createTaskInput } from '../../src/tasks/task.inputs.ts';
import { options } from './reading.ts';

type Reader = (lines: Lines, options: ReadingOptions) => Promise<ImportReport>;

const times = [
  '20261224',
  '20261224T150000',
  '20261224T150000Z',
  '20260230',
  '99991231T235959',
  '00000000',
  'P1D',
  'PT9999999999H',
  '-P1W',
];
const pieces: Record<string, string[]> = {
  markdown: [
    '- [ ] ',
    '- [x] ',
    '  ',
    '\t',
    '# ',
    '> ',
    '```',
    '<!--',
    '-->',
    '📅 2026-12-24',
    '🔁 every day',
    '#a',
    '⏫',
    '\\',
    'a',
    ' ',
  ],
  csv: [
    'task,',
    'section,',
    'note,',
    'meta,',
    '"',
    '""',
    ',',
    '@a',
    '\\@',
    '1',
    '4',
    'every day',
    '2026-12-24',
    ' 15:00',
    '\n',
    ' ',
    'starting ',
  ],
  calendar: [
    ...[
      'BEGIN:VTODO',
      'END:VTODO',
      'BEGIN:VTIMEZONE',
      'END:VTIMEZONE',
      'BEGIN:STANDARD',
      'END:STANDARD',
      'SUMMARY:a',
      'UID:1',
      'UID:2',
    ],
    ...[
      'RELATED-TO:1',
      'RELATED-TO:2',
      'DUE:',
      'DUE;TZID=Own:',
      'DTSTART:',
      'DTSTART;VALUE=DATE:',
      'DURATION:',
      'CREATED:',
      ' ',
      '"',
      ';',
      ':',
    ],
    ...[
      'TZID:Own',
      'TZOFFSETTO:+0100',
      'TZOFFSETFROM:-9999',
      'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
      'RDATE:',
      'CATEGORIES:a,b',
      ...times,
    ],
  ],
};
const linesOf = (kind: string, begin: string[]) =>
  fc
    .array(
      fc.oneof(
        fc.array(fc.constantFrom(...pieces[kind]!), { maxLength: 4 }).map((parts) => parts.join('')),
        fc.string(),
      ),
    )
    .map((lines) => [...begin, ...lines]);

describe('any file', () => {
  it.each<[string, Reader, fc.Arbitrary<string[]>]>([
    ['Markdown', readMarkdown, linesOf('markdown', [])],
    ['Markdown with marks', (lines, more) => readMarkdown(lines, { ...more, marks: true }), linesOf('markdown', [])],
    ["Todoist's CSV", readTodoistCsv, linesOf('csv', ['TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE'])],
    ['iCalendar', readICalendar, linesOf('calendar', ['BEGIN:VCALENDAR', 'BEGIN:VTODO', 'SUMMARY:b'])],
    [
      'an iCalendar zone',
      readICalendar,
      linesOf('calendar', ['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'TZID:Own', 'BEGIN:STANDARD']),
    ],
  ])('read as %s gives tasks that can be made', async (_name, read, files) => {
    await fc.assert(
      fc.asyncProperty(files, async (lines) => {
        const { tasks, faults } = await read(lines, options);
        const above = new Set<string>();
        for (const task of tasks) {
          const { title, description, key, parentKey, dueDate, dueAt } = task;
          expect(createTaskInput.safeParse({ title, description })).toMatchObject({ success: true, data: { title } });
          expect(parentKey === null || above.has(parentKey)).toBe(true);
          expect(above.has(key)).toBe(false);
          expect(dueDate === null || dueAt === null).toBe(true);
          expect(dueAt === null || new Date(dueAt).toISOString() === dueAt).toBe(true);
          expect(task.recurrence === null || dueDate !== null || dueAt !== null).toBe(true);
          above.add(key);
        }
        // A last line that a quotation has swallowed ends with the file.
        for (const { line } of faults) expect(line).toBeLessThanOrEqual(lines.join('\n').split('\n').length + 1);
      }),
      { numRuns: 300 },
    );
  });
});
