import { describe, expect, it } from '@jest/globals';
import { readICalendar } from '../../src/imports/icalendar.reader.ts';
import { type ImportReport, linesOfText, type ReadingOptions } from '../../src/imports/imported-task.ts';
import { readMarkdown } from '../../src/imports/markdown.reader.ts';
import { readTodoistCsv } from '../../src/imports/todoist.reader.ts';
import { processorTime } from '../support/processor-time.ts';
import { faultsOf, options } from './reading.ts';

/** Files that a body has room for, made to keep a server busy: minutes before they were bounded, and some seconds of leeway for a busy machine. */

const PATIENCE = 10_000;

type Reader = (lines: string[], options: ReadingOptions) => Promise<ImportReport>;

async function readInTime(reader: Reader, text: string): Promise<ImportReport> {
  expect(text.length).toBeLessThan(1_048_576);
  const begin = processorTime();
  const report = await reader(linesOfText(text), options);
  expect(processorTime() - begin).toBeLessThan(PATIENCE);
  return report;
}

const times = (count: number, piece: (index: number) => string) => Array.from({ length: count }, (_, i) => piece(i));
const year = (number: number) => String(number).padStart(4, '0');

describe('zones that only the file describes', () => {
  const observance = (start: string) => [
    ...['BEGIN:STANDARD', `DTSTART:${start}0101T000000`, 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'],
    ...['RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD'],
  ];
  const zone = (id: string, start: string, observances: number) => [
    ...['BEGIN:VTIMEZONE', `TZID:${id}`, ...times(observances, () => observance(start).join('\n')), 'END:VTIMEZONE'],
  ];
  const due = (id: string, time: string) => ['BEGIN:VTODO', 'SUMMARY:a', `DUE;TZID=${id}:${time}`, 'END:VTODO'];
  const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\n');

  it('are worked out once for all years, and not again for each later one', async () => {
    const zones = times(10, (i) => zone(`z${i}`, '0001', 90).join('\n'));
    const tasks = times(900, (i) => due(`z${i % 10}`, `${year(2000 + i * 8)}0701T120000`).join('\n'));
    const report = await readInTime(readICalendar, calendar(...zones, ...tasks));
    expect(report.tasks).toHaveLength(900);
  });

  it('are as few in all calendars of a file as in one', async () => {
    const many = times(1500, (i) => calendar(...zone(`z${i}`, '0001', 1), ...due(`z${i}`, '20260701T120000')));
    const report = await readInTime(readICalendar, many.join('\n'));
    expect(report.tasks.slice(9, 11)).toMatchObject([
      { dueAt: '2026-07-01T10:00:00.000Z' },
      { dueAt: '2026-07-01T12:00:00.000Z' },
    ]);
  });

  it('are right up to 2100 in whatever order their times come', async () => {
    const times = ['20990701T120000', '20260701T120000', '20500701T120000', '21010701T120000'];
    const report = await readInTime(
      readICalendar,
      calendar(...zone('z', '1601', 1), ...times.flatMap((time) => due('z', time))),
    );
    expect(report.tasks.map(({ dueAt }) => dueAt)).toEqual([
      '2099-07-01T10:00:00.000Z',
      '2026-07-01T10:00:00.000Z',
      '2050-07-01T10:00:00.000Z',
      null,
    ]);
    expect(faultsOf(report)).toContain('25: DUE is no time: it is left out');
  });
});

describe('a task with very many tags', () => {
  const FAULT = expect.stringContaining('has more than 50 tags: the others are left out');
  const HEAD = 'TYPE,CONTENT\n';

  it.each<[string, Reader, string]>([
    ['Markdown', (lines, given) => readMarkdown(lines, { ...given, marks: true }), `- [ ] a ${'#b '.repeat(300_000)}`],
    ['CSV of Todoist', readTodoistCsv, `${HEAD}task,"a ${'@b '.repeat(300_000)}"`],
    [
      'iCalendar',
      readICalendar,
      `BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:a\nCATEGORIES:${'b,'.repeat(250_000)}b\nEND:VTODO\nEND:VCALENDAR`,
    ],
  ])('keeps some of them: %s', async (_format, reader, text) => {
    const report = await readInTime(reader, text);
    expect(report.tasks).toMatchObject([{ title: 'a', tags: ['b'] }]);
    expect(faultsOf(report)).toEqual([FAULT]);
  });
});
