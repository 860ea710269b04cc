import { describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { readWallClock } from '../../src/core/time-zone.ts';
import { writeICalendar } from '../../src/exports/icalendar.writer.ts';
import { writeMarkdown } from '../../src/exports/markdown.writer.ts';
import { inDocumentOrder } from '../../src/exports/task-order.ts';
import { writeTodoistCsv } from '../../src/exports/todoist.writer.ts';
import { processorTime } from '../support/processor-time.ts';
import { exportedTask, written } from './task.ts';

const NOW = new Date('2026-11-27T12:00:00.500Z');

const house = [
  exportedTask({
    title: 'Repair the roof',
    description: 'Soon,\nbefore "snow"',
    priority: 'HIGH',
    dueAt: '2026-12-24T08:00:00.000Z',
    dueTimeZone: 'Europe/Berlin',
    recurrence: 'FREQ=WEEKLY;BYDAY=TH',
    tags: ['house', 'two words'],
    list: 'House',
    createdAt: new Date('2026-11-01T10:00:00Z'),
  }),
  exportedTask({
    title: 'Read',
    dueDate: '2026-12-24',
    recurrence: 'FREQ=DAILY;INTERVAL=3',
    recurrenceBasis: 'COMPLETION',
  }),
  exportedTask({
    title: 'Call the roofer',
    completed: true,
    completedAt: new Date('2026-11-20T10:00:00Z'),
    parentKey: 'Repair the roof',
  }),
  exportedTask({ title: 'Find the number', parentKey: 'Call the roofer', priority: 'LOW' }),
];

describe('Markdown', () => {
  it('is written as Obsidian reads it', async () => {
    expect(await written(writeMarkdown(house, { marks: true }))).toBe(
      `- [ ] Read 🔁 every 3 days when done 📅 2026-12-24

# House

- [ ] Repair the roof #house #two_words ⏫ 🔁 every week on thursday ➕ 2026-11-01 📅 2026-12-24
  > Soon,
  > before "snow"
  - [x] Call the roofer ✅ 2026-11-20
    - [ ] Find the number 🔽
`,
    );
  });

  it('is written with titles alone', async () => {
    expect(await written(writeMarkdown(house.slice(0, 3)))).toBe(
      '- [ ] Read\n\n# House\n\n- [ ] Repair the roof\n  - [x] Call the roofer\n',
    );
  });

  it.each([
    ['Fix #12', 'Fix \\#12'],
    ['Pay 📅 2026-12-24', 'Pay 📅 \\2026-12-24'],
    ['Party 🎉', 'Party 🎉'],
    ['a \\b', 'a \\\\b'],
  ])('says of the title %j that it ends with no mark', async (title, line) => {
    expect(await written(writeMarkdown([exportedTask({ title })], { marks: true }))).toBe(`- [ ] ${line}\n`);
  });

  it('loses rules that have no words, and numbers are no tags', async () => {
    const task = exportedTask({
      title: 'a',
      dueDate: '2026-12-24',
      recurrence: 'FREQ=MONTHLY;BYDAY=-1FR',
      tags: ['12', '#x'],
    });
    expect(await written(writeMarkdown([task], { marks: true }))).toBe('- [ ] a #_12 #_x 📅 2026-12-24\n');
  });
});

describe("Todoist's CSV", () => {
  const rows = async (...tasks: typeof house) => (await written(writeTodoistCsv(tasks))).split('\r\n').slice(1, -1);

  it('is written without what is completed', async () => {
    expect(await rows(...house)).toEqual([
      'task,Read,,4,1,,,every! 3 days starting 2026-12-24,en,,,,,',
      'section,House,,,,,,,,,,,,',
      'task,Repair the roof @house @two_words,"Soon,\nbefore ""snow""",2,1,,,every thursday at 09:00 starting 2026-12-24,en,Europe/Berlin,,,,',
      'task,Find the number,,4,2,,,,en,,,,,',
    ]);
  });

  it.each([
    ['FREQ=MONTHLY;BYDAY=-1FR', '2026-12-24'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TH', '2026-12-24'],
    ['FREQ=WEEKLY;BYDAY=MO', '2026-12-24'],
    ['FREQ=WEEKLY;BYDAY=MO,TH', 'every monday, thursday starting 2026-12-24'],
  ])('has for %s on a Thursday the date %j', async (recurrence, date) => {
    const [row] = await rows(exportedTask({ title: 'a', dueDate: '2026-12-24', recurrence }));
    expect(row).toContain(`,${date.includes(',') ? `"${date}"` : date},en,`);
  });
});

describe('iCalendar', () => {
  it('is written as RFC 5545 says', async () => {
    const text = await written(writeICalendar(house.slice(0, 1), { now: NOW, name: 'Mine; all' }));
    expect(text.split('\r\n').slice(0, 21)).toEqual([
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Premium Todo//Premium Todo//EN', 'CALSCALE:GREGORIAN'],
      ...['X-WR-CALNAME:Mine\\; all', 'BEGIN:VTODO', 'UID:Repair the roof', 'DTSTAMP:20261127T120000Z'],
      ...['CREATED:20261101T100000Z', 'SUMMARY:Repair the roof', 'DESCRIPTION:Soon\\,\\nbefore "snow"', 'PRIORITY:3'],
      ...['STATUS:NEEDS-ACTION', 'DTSTART;TZID=Europe/Berlin:20261224T090000', 'RRULE:FREQ=WEEKLY;BYDAY=TH'],
      ...[
        'DUE;TZID=Europe/Berlin:20261224T090000',
        'CATEGORIES:house,two words',
        'X-PREMIUM-TODO-LIST;VALUE=TEXT:House',
      ],
      ...['END:VTODO', 'BEGIN:VTIMEZONE', 'TZID:Europe/Berlin'],
    ]);
    expect(text).toMatch(/END:VTIMEZONE\r\nEND:VCALENDAR\r\n$/);
  });

  it('folds lines at 75 octets, between characters', async () => {
    const title = `${'é🛒a'.repeat(60)}`;
    const text = await written(writeICalendar([exportedTask({ title })], { now: NOW }));
    const lines = text.split('\r\n');
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
    expect(Buffer.from(text).toString()).toBe(text);
    expect(text.replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}\r\n`);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca'])(
    'describes %s as it is',
    async (dueTimeZone) => {
      const tasks = ['2020-01-15', '2027-07-15'].map((day) =>
        exportedTask({ title: day, dueAt: `${day}T12:00:00.000Z`, dueTimeZone }),
      );
      const calendar = new ICAL.Component(ICAL.parse(await written(writeICalendar(tasks, { now: NOW }))));
      const zone = new ICAL.Timezone({ component: calendar.getFirstSubcomponent('vtimezone')! });
      for (let month = 0; month < 150; month += 1) {
        const wall = new Date(Date.UTC(2019, 1 + month, 3, 9, 15)).toISOString().slice(0, 19);
        const time = ICAL.Time.fromDateTimeString(wall);
        time.zone = zone;
        expect([wall, new Date(time.toUnixTime() * 1000).toISOString()]).toEqual([
          wall,
          readWallClock(wall, dueTimeZone),
        ]);
      }
    },
  );
});

describe('the order of documents', () => {
  const order = async (...tasks: typeof house) =>
    (await inDocumentOrder(tasks)).map(({ list, places }) => [
      list,
      places.map(({ task, depth }) => `${depth} ${task.title}`),
    ]);

  it('has all tasks once, also those in a circle', async () => {
    expect(
      await order(
        exportedTask({ title: 'a', parentKey: 'b' }),
        exportedTask({ title: 'b', parentKey: 'a' }),
        exportedTask({ title: 'c', parentKey: 'c', list: 'C' }),
        exportedTask({ title: 'd', parentKey: 'gone' }),
        exportedTask({ title: 'f', parentKey: 'd', list: 'C' }),
        exportedTask({ title: 'e', parentKey: 'd' }),
      ),
    ).toEqual([
      [null, ['0 d', '1 f', '1 e', '0 a', '1 b']],
      ['C', ['0 c']],
    ]);
  });

  it('takes no longer than there are tasks, however deep they are', async () => {
    const begin = processorTime();
    const deep = Array.from({ length: 50_000 }, (_, index) =>
      exportedTask({ title: `${index}`, parentKey: `${index - 1}` }),
    );
    const wide = Array.from({ length: 50_000 }, (_, index) => exportedTask({ title: `${-index}`, parentKey: '0' }));
    expect((await inDocumentOrder([...deep, ...wide]))[0]?.places).toHaveLength(99_999);
    expect(processorTime() - begin).toBeLessThan(3000);
  });
});
