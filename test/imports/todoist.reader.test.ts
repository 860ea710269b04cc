import { describe, expect, it } from '@jest/globals';
import { linesOfText, type ReadingOptions } from '../../src/imports/imported-task.ts';
import { readDue } from '../../src/imports/todoist.due.ts';
import { readTodoistCsv } from '../../src/imports/todoist.reader.ts';
import { processorTime } from '../support/processor-time.ts';
import { faultsOf, options, sample, shortTasks, TODAY } from './reading.ts';

const HEADER = 'TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,DATE_LANG,TIMEZONE';
const read = (rows: string, more: Partial<ReadingOptions> = {}) =>
  readTodoistCsv(linesOfText(`${HEADER}\n${rows}`), { ...options, ...more });
const tasksOf = async (rows: string, more?: Partial<ReadingOptions>) => shortTasks(await read(rows, more));

describe("Todoist's CSV", () => {
  it('is read as Todoist exports it', async () => {
    const report = await readTodoistCsv(sample('todoist.csv'), options);
    expect(shortTasks(report)).toEqual([
      {
        title: 'Paint the fence',
        description: 'Two coats,\nthe second one "thin"',
        priority: 'URGENT',
        dueDate: '2026-12-24',
        tags: ['garden', 'weekend'],
      },
      { title: 'Buy brushes', description: 'The wide ones\n\nAsk for the price', below: 'Paint the fence' },
      {
        title: 'Water the ferns',
        priority: 'HIGH',
        dueAt: '2026-11-30T08:00:00.000Z',
        dueTimeZone: 'Europe/Berlin',
        recurrence: 'FREQ=WEEKLY;BYDAY=MO',
        list: 'Each week',
      },
      {
        title: 'Look after the seeds',
        priority: 'MEDIUM',
        dueDate: TODAY,
        recurrence: 'FREQ=DAILY;INTERVAL=3',
        recurrenceBasis: 'COMPLETION',
        list: 'Each week',
      },
      { title: 'Call the gardener', description: 'DATE: tomorrow 18:00', list: 'Each week' },
      {
        title: 'Order soil',
        description: 'DEADLINE: Oct 9 2026',
        dueAt: '2026-10-05T13:30:00.000Z',
        dueTimeZone: 'Europe/Berlin',
        list: 'Each week',
      },
    ]);
    expect(faultsOf(report)).toEqual([
      '12: DATE is not clear: it is at the end of the description',
      '13: DEADLINE has no place beside DATE: it is at the end of the description',
    ]);
    expect(report.tasks.map(({ line }) => line)).toEqual([3, 5, 10, 11, 12, 13]);
  });

  it('nests by indentation, however deep it jumps', async () => {
    const rows = [
      ['a', 1],
      ['b', 3],
      ['c', 2],
      ['d', 4],
      ['e', ''],
      ['f', 2],
    ].map(([title, indent]) => `task,${title},,4,${indent}`);
    expect((await tasksOf(rows.join('\n'))).map(({ title, below }) => [title, below])).toEqual([
      ['a', undefined],
      ['b', 'a'],
      ['c', 'a'],
      ['d', 'c'],
      ['e', undefined],
      ['f', 'e'],
    ]);
  });

  it.each([
    ['a @b', { title: 'a', tags: ['b'] }],
    ['@b a  @c d', { title: ' a d', tags: ['b', 'c'] }],
    ['mail a@b.org', { title: 'mail a@b.org' }],
    ['meet @ five', { title: 'meet @ five' }],
    ['a \\@b', { title: 'a @b' }],
    ['a \\\\@b', { title: 'a \\@b' }],
  ])('has labels in %j', async (content, task) => {
    expect(await tasksOf(`task,${content},,4,1`)).toEqual([{ ...task, title: task.title.trim() }]);
  });

  it('takes what is due in zones that are named, and else in the one that its reader was told of', async () => {
    const rows =
      'task,a,,4,1,2026-07-01 9:30,en,\ntask,b,,4,1,2026-07-01 9:30,en,Nowhere\ntask,c,,4,1,2026-07-01T09:30:00Z,en,';
    expect(await tasksOf(rows, { timeZone: 'Asia/Kolkata' })).toEqual([
      { title: 'a', dueAt: '2026-07-01T04:00:00.000Z', dueTimeZone: 'Asia/Kolkata' },
      { title: 'b', dueAt: '2026-07-01T04:00:00.000Z', dueTimeZone: 'Asia/Kolkata' },
      { title: 'c', dueAt: '2026-07-01T09:30:00.000Z' },
    ]);
  });

  it('names its faults by line', async () => {
    const report = await read('note,x\ntask,,,4,1\nwhat,a\ntask,a,,9,0\n\n\ntask,"b\nb",,4,1\ntask,c,,,\n"task","d');
    expect(shortTasks(report)).toEqual([{ title: 'a' }, { title: 'b\nb' }, { title: 'c' }]);
    expect(faultsOf(report)).toEqual([
      '2: is a note to no task',
      '3: title must not be empty',
      '4: TYPE must be task, section, note or meta',
      '5: INDENT must be a number from 1 on',
      '5: PRIORITY must be 1, 2, 3 or 4',
      '11: begins a quotation that nothing ends: the rest of the file was not read',
    ]);
  });

  it.each([
    ['semicolons', 'type;content\ntask;a', [{ title: 'a' }]],
    ['other columns in another order', 'X,CONTENT,TYPE\n1,a,task', [{ title: 'a' }]],
    ['no such columns', 'Title,Due\na,b', []],
    ['nothing', '', []],
  ])('can have %s', async (_what, text, tasks) => {
    expect(shortTasks(await readTodoistCsv(linesOfText(text), options))).toEqual(tasks);
  });

  it('ends after as many tasks as may be', async () => {
    const report = await read('task,a\ntask,b\ntask,c', { maximumTasks: 2 });
    expect(shortTasks(report)).toHaveLength(2);
    expect(faultsOf(report)).toEqual(['4: there are more than 2 tasks: the rest of the file was not read']);
  });

  it('ends after as many rows as nobody needs for that', async () => {
    const report = await read('nothing\n'.repeat(100), { maximumTasks: 2 });
    expect(faultsOf(report).at(-1)).toBe('41: there are more than 40 rows: the rest of the file was not read');
  });

  it('fails with its source, and takes no longer than it is long', async () => {
    const broken = (async function* () {
      yield HEADER;
      throw new Error('gone');
    })();
    await expect(readTodoistCsv(broken, options)).rejects.toThrow('gone');
    const begin = processorTime();
    for (const part of ['"', '@', '@a ', '\\', ' ', ','])
      await read(`task,"${part.replace('"', '""').repeat(100_000)}",,4,1\ntask,${part.repeat(100_000)}`);
    const wide = ['TYPE,CONTENT'.concat(',x'.repeat(200_000)), ...Array.from({ length: 5000 }, () => 'task,a')];
    expect((await readTodoistCsv(wide, options)).tasks).toHaveLength(5000);
    expect(processorTime() - begin).toBeLessThan(6000);
  });
});

describe('a date of Todoist', () => {
  const due = (text: string, language = 'en') => readDue(text, { language, today: TODAY });
  const rule = (recurrence: string, weekdays: number[] = [], recurrenceBasis = 'DUE') => ({
    recurrence,
    recurrenceBasis,
    weekdays,
  });

  it.each([
    ['2026-12-24', { day: '2026-12-24' }],
    ['2026-12-24 15:00', { day: '2026-12-24', time: '15:00:00' }],
    ['2026-12-24T15:00:30', { day: '2026-12-24', time: '15:00:30' }],
    ['2026-12-24 at 3pm', { day: '2026-12-24', time: '15:00:00' }],
    ['2026-12-24T15:00:00+01:00', { day: '2026-12-24', moment: '2026-12-24T14:00:00.000Z' }],
    ['Dec 24 2026', { day: '2026-12-24' }],
    ['24 December 2026 12:30 am', { day: '2026-12-24', time: '00:30:00' }],
    ['5th Sept 2026', { day: '2026-09-05' }],
    ['every day', { day: TODAY, rule: rule('FREQ=DAILY') }],
    ['weekly', { day: TODAY, rule: rule('FREQ=WEEKLY') }],
    ['Every 2 Weeks', { day: TODAY, rule: rule('FREQ=WEEKLY;INTERVAL=2') }],
    ['every other month', { day: TODAY, rule: rule('FREQ=MONTHLY;INTERVAL=2') }],
    ['every! year', { day: TODAY, rule: rule('FREQ=YEARLY', [], 'COMPLETION') }],
    ['every mon, thurs and sun', { day: '2026-11-29', rule: rule('FREQ=WEEKLY;BYDAY=MO,TH,SU', [1, 4, 0]) }],
    [
      'every workday at 8:15',
      { day: TODAY, time: '08:15:00', rule: rule('FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', [1, 2, 3, 4, 5]) },
    ],
    ['every week starting 1 Jan 2027', { day: '2027-01-01', rule: rule('FREQ=WEEKLY') }],
    ['every day at 15:00 starting 2027-01-01', { day: '2027-01-01', time: '15:00:00', rule: rule('FREQ=DAILY') }],
  ])('%j is clear', (text, expected) => {
    expect(due(text)).toEqual(expected);
  });

  it.each([
    ...[
      'tomorrow',
      'Dec 24',
      '2026-02-30',
      '2026-12-24 25:00',
      '24.12.2026',
      '12/24/2026',
      'every full moon',
      'every 3rd friday',
    ],
    ...[
      'every 0 days',
      'every hour',
      'every day starting tomorrow',
      'every day starting every day',
      'every',
      'x'.repeat(300),
    ],
    ...['constructor', 'every constructor', 'every day ending 2027-01-01', 'every month on monday', '13pm'],
  ])('%j is not', (text) => {
    expect(due(text)).toBeUndefined();
  });

  it('is English only where it says so', () => {
    expect(due('every day', 'de')).toBeUndefined();
    expect(due('2026-12-24 15:00', 'de')).toEqual({ day: '2026-12-24', time: '15:00:00' });
  });
});
