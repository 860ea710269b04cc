import { describe, expect, it } from '@jest/globals';
import { readICalendar } from '../../src/imports/icalendar.reader.ts';
import { linesOfText, type ReadingOptions } from '../../src/imports/imported-task.ts';
import { processorTime } from '../support/processor-time.ts';
import { faultsOf, options, sample, shortTasks } from './reading.ts';

const readAll = (text: string, more: Partial<ReadingOptions> = {}) =>
  readICalendar(linesOfText(text), { ...options, ...more });
const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n');
const todo = (...lines: string[]) => ['BEGIN:VTODO', 'SUMMARY:a', ...lines, 'END:VTODO'].join('\r\n');
const read = (...lines: string[]) => readAll(calendar(todo(...lines)));

describe('an iCalendar file of', () => {
  const fileOf = async (name: string) => readICalendar(sample(name), options);

  it('Tasks.org has zones after its tasks, and alarms', async () => {
    const report = await fileOf('tasks-org.ics');
    expect(faultsOf(report)).toEqual([]);
    expect(shortTasks(report)).toEqual([
      {
        title: 'Pay the rent',
        description: 'See the contract, page 2\nor ask',
        createdAt: new Date('2026-11-01T06:04:51Z'),
        priority: 'URGENT',
        dueAt: '2026-12-01T16:00:00.000Z',
        dueTimeZone: 'Europe/Berlin',
        recurrence: 'FREQ=MONTHLY;INTERVAL=1',
        tags: ['home', 'money'],
      },
      {
        title: 'Ask for the receipt',
        createdAt: new Date('2026-11-01T06:05:00Z'),
        priority: 'LOW',
        dueDate: '2026-12-02',
        below: 'Pay the rent',
      },
    ]);
    expect(report.tasks.map(({ key }) => key)).toEqual(['4290517349243274514', '4290517349243274515']);
  });

  it('Nextcloud has subtasks before their parents, and times without a zone', async () => {
    const report = await readICalendar(sample('nextcloud.ics'), { ...options, timeZone: 'Europe/Berlin' });
    expect(faultsOf(report)).toEqual([]);
    expect(shortTasks(report)).toEqual([
      {
        title: 'Make an album',
        createdAt: new Date('2026-10-28T14:03:00Z'),
        priority: 'MEDIUM',
        dueAt: '2026-12-24T11:34:00.000Z',
        dueTimeZone: 'Europe/Berlin',
      },
      {
        title: 'Sort the photos',
        createdAt: new Date('2026-10-28T14:03:33Z'),
        completed: true,
        completedAt: new Date('2026-11-02T07:15:57Z'),
        below: 'Make an album',
      },
    ]);
  });

  it('Thunderbird has events too, durations, and prefixes of zones', async () => {
    const report = await fileOf('thunderbird.ics');
    expect(faultsOf(report)).toEqual([]);
    expect(shortTasks(report)).toEqual([
      {
        title: 'Write the minutes of a meeting that took very much longer than anybody had thought',
        description: 'For\nall',
        createdAt: new Date('2026-11-01T09:00:00Z'),
        dueAt: '2026-12-02T11:00:00.000Z',
        dueTimeZone: 'Europe/Vienna',
        tags: ['Work', 'Club, board'],
        list: 'Club, and more',
      },
    ]);
  });

  it('Apple has repetitions that only start', async () => {
    const report = await fileOf('apple.ics');
    expect(faultsOf(report)).toEqual([]);
    expect(shortTasks(report)).toEqual([
      {
        title: 'Sharpen the saw',
        createdAt: new Date('2026-10-14T21:18:12Z'),
        completed: true,
        completedAt: new Date('2026-10-16T02:03:42Z'),
      },
      {
        title: 'Take the bins out',
        createdAt: new Date('2026-10-14T21:18:12Z'),
        dueDate: '2026-12-01',
        recurrence: 'FREQ=WEEKLY;BYDAY=TU',
      },
    ]);
  });

  it('Outlook has zones of Windows, and others that only it knows', async () => {
    const report = await fileOf('outlook.ics');
    expect(shortTasks(report)).toEqual([
      { title: 'Send the offer', priority: 'HIGH', dueAt: '2026-07-15T10:00:00.000Z', dueTimeZone: 'Europe/Berlin' },
      { title: 'Ask once more', dueAt: '2026-07-15T08:30:00.000Z' },
      { title: 'Give up', completed: true, dueAt: '2026-07-15T12:00:00.000Z' },
    ]);
    expect(faultsOf(report)).toEqual([
      '46: DUE is in a zone without a name: only its moment is kept',
      '52: DUE is in a zone that nobody knows: it is taken for UTC',
      '53: STATUS is CANCELLED: the task counts as completed',
    ]);
  });
});

describe('a task of iCalendar', () => {
  it.each([
    ...[
      ['0', 'NONE'],
      ['1', 'URGENT'],
      ['2', 'HIGH'],
      ['4', 'HIGH'],
      ['5', 'MEDIUM'],
      ['6', 'LOW'],
      ['9', 'LOW'],
    ],
  ])('of priority %s has %s', async (number, priority) => {
    expect((await read(`PRIORITY:${number}`)).tasks[0]?.priority).toBe(priority);
  });

  it.each([
    [['STATUS:COMPLETED'], true],
    [['STATUS:CANCELLED'], true],
    [['COMPLETED:20261102T081557Z'], true],
    [['PERCENT-COMPLETE:100'], true],
    [['STATUS:NEEDS-ACTION', 'PERCENT-COMPLETE:100', 'COMPLETED:20261102T081557Z'], false],
    [['STATUS:IN-PROCESS'], false],
    [[], false],
  ])('with %j is completed: %j', async (lines, completed) => {
    expect((await read(...lines)).tasks[0]?.completed).toBe(completed);
  });

  it.each([
    [['DUE;VALUE=DATE:20261224'], { dueDate: '2026-12-24' }],
    [['DUE:20261224'], { dueDate: '2026-12-24' }],
    [['DUE:20261224T150000Z'], { dueAt: '2026-12-24T15:00:00.000Z' }],
    [['DUE;TZID=europe/berlin:20261224T150000'], { dueAt: '2026-12-24T14:00:00.000Z', dueTimeZone: 'Europe/Berlin' }],
    [['DTSTART;VALUE=DATE:20261224', 'DURATION:P1W'], { dueDate: '2026-12-31' }],
    [['DTSTART:20261224T150000Z', 'DURATION:PT90M'], { dueAt: '2026-12-24T16:30:00.000Z' }],
    [
      ['DTSTART;TZID=Europe/Berlin:20260328T120000', 'DURATION:P1DT1H'],
      { dueAt: '2026-03-29T11:00:00.000Z', dueTimeZone: 'Europe/Berlin' },
    ],
    [['DTSTART;VALUE=DATE:20261224'], {}],
  ])('with %j is due %j', async (lines, due) => {
    const report = await read(...lines);
    expect(shortTasks(report)).toEqual([{ title: 'a', ...due }]);
    expect(faultsOf(report)).toEqual([]);
  });

  it.each([
    ['DUE:20260230', 'DUE is no time: it is left out'],
    ['DUE:soon', 'DUE is no time: it is left out'],
    ['DUE;VALUE=PERIOD:soon', 'DUE cannot be read: it is left out'],
    ['DUE', undefined],
    ['PRIORITY:high', 'PRIORITY must be a number from 0 to 9'],
    ['RRULE:FREQ=DAILY', 'recurrence repeats from no date: it is at the end of the description'],
    [`CATEGORIES:a,,${'b'.repeat(101)}`, 'tag must have at most 100 characters, has 101'],
    ['RELATED-TO:b', 'belongs to a task that is not in the file: it is put at the top'],
    ['RELATED-TO:u', 'belongs to itself: it is put at the top'],
    ['COMPLETED:x', 'COMPLETED is no time: it is left out'],
  ])('stays a task with %s', async (line, fault) => {
    const report = await read('UID:u', line);
    expect(report.tasks).toHaveLength(1);
    expect(report.faults.map(({ message, leftOut }) => [message, leftOut])).toEqual(
      fault === undefined ? [] : [[fault, false]],
    );
  });

  it('has a rule that was checked, or what it says at the end of its description', async () => {
    const checkRule = (rule: string) => (rule.includes('SECONDLY') ? 'is too often' : undefined);
    const lines = ['DUE;VALUE=DATE:20261224', 'DESCRIPTION:b', 'RRULE:FREQ=SECONDLY'];
    const report = await readAll(calendar(todo(...lines)), { checkRule });
    expect(shortTasks(report)).toEqual([
      { title: 'a', description: 'b\n\nRRULE: FREQ=SECONDLY', dueDate: '2026-12-24' },
    ]);
    expect(faultsOf(report)).toEqual(['3: recurrence is too often: it is at the end of the description']);
  });

  it.each([
    ['a UID twice', [todo('UID:u'), todo('UID:u')], '7: has the UID of line 3'],
    [
      'one occurrence',
      [todo('UID:u'), todo('UID:u', 'RECURRENCE-ID:20261224')],
      '7: is one occurrence of a task that repeats: it is left out',
    ],
    ['no title', [todo('UID:u'), 'BEGIN:VTODO\nEND:VTODO'], '7: title must not be empty'],
    ['no end', [todo('UID:u'), 'BEGIN:VTODO\nSUMMARY:b'], '7: begins a VTODO that nothing ends'],
  ])('is left out when it has %s', async (_what, todos, fault) => {
    const report = await readAll(calendar(...todos));
    expect(shortTasks(report)).toEqual([{ title: 'a' }]);
    expect(faultsOf(report)).toContain(fault);
  });

  it('is below the next one that is there, however its program says so', async () => {
    const report = await readAll(
      calendar(
        todo('UID:1', 'RELATED-TO;RELTYPE=CHILD:2'),
        `BEGIN:VTODO\nUID:2\nSUMMARY:${'x'.repeat(300)}\nEND:VTODO`,
        todo('UID:3', 'RELATED-TO;RELTYPE=PARENT:2'),
        todo('UID:4', 'RELATED-TO;RELTYPE=SIBLING:1'),
        todo('UID:5', 'RELATED-TO:6'),
        todo('UID:6', 'RELATED-TO:5'),
      ),
    );
    expect(report.tasks.map(({ key, parentKey }) => [key, parentKey])).toEqual(
      [
        ['1', null],
        ['3', '1'],
        ['4', null],
        ['6', null],
        ['5', '6'],
      ].map((pair) => pair),
    );
  });
});

describe('an iCalendar file', () => {
  it('is none without a calendar', async () => {
    expect(faultsOf(await readAll('{}'))).toEqual(['1: begins no VCALENDAR']);
  });

  it('ends after as many tasks as may be', async () => {
    const report = await readAll(calendar(todo(), todo(), todo()), { maximumTasks: 2 });
    expect(report.tasks).toHaveLength(2);
    expect(faultsOf(report)).toContain('9: there are more than 2 tasks: the rest of the file was not read');
  });

  const zone = (...rules: string[]) =>
    calendar(
      ...[
        'BEGIN:VTIMEZONE',
        'TZID:Own',
        'BEGIN:STANDARD',
        'DTSTART:16010101T000000',
        'TZOFFSETFROM:+0100',
        'TZOFFSETTO:+0200',
      ],
      ...[...rules, 'END:STANDARD', 'END:VTIMEZONE', todo('DUE;TZID=Own:20261224T150000')],
    );

  it.each([
    [['RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU'], '2026-12-24T13:00:00.000Z'],
    [[], '2026-12-24T13:00:00.000Z'],
    [['RRULE:FREQ=SECONDLY'], '2026-12-24T15:00:00.000Z'],
    [['RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'], '2026-12-24T15:00:00.000Z'],
    [['RRULE:FREQ=YEARLY;BYMONTH=2;BYDAY=5SU;INTERVAL=9'], '2026-12-24T15:00:00.000Z'],
    [['RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;BYHOUR=1,2,3;BYSECOND=1,2'], '2026-12-24T15:00:00.000Z'],
  ])('has zones of its own only where their rules are plain: %j', async (rules, dueAt) => {
    expect(shortTasks(await readAll(zone(...rules)))[0]?.dueAt).toBe(dueAt);
  });

  it('takes no longer than it is long', async () => {
    const begin = processorTime();
    const many = (count: number, line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index));
    for (const part of ['\\', ',', ';a=b', '"', '^', ':', ' ', 'é']) {
      await read(
        `CATEGORIES:${part.repeat(100_000)}`,
        `SUMMARY${part.repeat(100_000)}:x`,
        `DESCRIPTION:${part.repeat(100_000)}`,
      );
    }
    await readAll(calendar(`BEGIN:VTODO\n${many(100_000, () => ' x').join('\n')}\nEND:VTODO`));
    await readAll(many(20_000, () => 'BEGIN:VTODO').join('\n'));
    await readAll(calendar(todo(...many(20_000, (index) => `CATEGORIES:${index}`))));
    // A chain of tasks that are left out, and one below each of them.
    const chain = many(
      5000,
      (index) => `BEGIN:VTODO\nUID:${index}\nRELATED-TO:${index - 1}\nEND:VTODO\n${todo(`RELATED-TO:${index}`)}`,
    );
    expect((await readAll(calendar(...chain))).tasks).toHaveLength(5000);
    const deep = await readAll(calendar(...many(5000, (index) => todo(`UID:${index}`, `RELATED-TO:${index - 1}`))));
    expect(deep.tasks).toHaveLength(5000);
    expect(deep.faults).toHaveLength(1001);
    expect(processorTime() - begin).toBeLessThan(10_000);
  });
});
