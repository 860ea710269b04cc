import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExportedTaskLike, ExportedTasks } from '../../src/exports/exported-task.ts';
import { writeICalendar } from '../../src/exports/icalendar.writer.ts';
import { writeMarkdown } from '../../src/exports/markdown.writer.ts';
import { writeTodoistCsv } from '../../src/exports/todoist.writer.ts';
import { readICalendar } from '../../src/imports/icalendar.reader.ts';
import { type ImportReport, linesOfText, type ReadingOptions } from '../../src/imports/imported-task.ts';
import { readMarkdown } from '../../src/imports/markdown.reader.ts';
import { readTodoistCsv } from '../../src/imports/todoist.reader.ts';
import { createTaskInput } from '../../src/tasks/task.inputs.ts';
import { exportedTask, written } from './task.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const options: ReadingOptions = { checkRule: () => undefined, today: '2026-11-27' };
const { title: titleSchema, description: descriptionSchema } = createTaskInput.shape;

/** What formats give a meaning to. */
const special = fc.constantFrom(
  ...[
    '@a',
    '\\@a',
    '#a',
    '\\#a',
    '#1',
    '\\',
    '\\\\',
    '"',
    ';',
    ',',
    ':',
    '\n',
    '\t',
    "'",
    '- [ ] x',
    '> x',
    '```',
    '<!--',
    'TZID=x:',
  ],
  ...[
    '📅 2026-12-24',
    '📅',
    '2026-12-24',
    '🔁 every day',
    '🔁',
    '⏫',
    '⏳ x',
    '✅ 2026-12-24',
    '#',
    '##',
    '=1+1',
    '\u2028',
    '\ufeff',
    '\u00a0',
  ],
);
const text = fc
  .array(fc.oneof(special, fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constant('é🛒'.repeat(12))), {
    minLength: 1,
    maxLength: 5,
  })
  .chain((parts) => fc.constantFrom(' ', '', '  ').map((separator) => parts.join(separator)));
const cleaned = (schema: { safeParse(value: string): { data?: string | null | undefined } }) =>
  text
    .map((raw) => schema.safeParse(raw).data ?? '')
    .filter((clean) => clean !== '' && schema.safeParse(clean).data === clean);
const titles = cleaned(titleSchema);
const descriptions = cleaned(descriptionSchema);
const lists = titles.filter((name) => name.length <= 100);
const words = fc.constantFrom('home', 'at/work', 'two_words', 'é', 'a,b', '"q"', 'x;y', 'a-1');
const names = fc.uniqueArray(words, { maxLength: 3 });

const moments = fc
  .date({ min: new Date('1971-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => {
    date.setUTCMilliseconds(0);
    return date;
  });
const zones = fc.constantFrom(null, 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC');
/** In months in which no zone changes its clocks: see the test of those. */
const dues = fc
  .record({
    year: fc.integer({ min: 1990, max: 2090 }),
    month: fc.constantFrom('01', '07', '12'),
    second: fc.nat(27 * 86_400),
  })
  .map(({ year, month, second }) =>
    new Date(Date.parse(`${year}-${month}-02T00:00:00Z`) + second * 1000).toISOString(),
  );
const NEVER = { dueDate: null, dueAt: null, dueTimeZone: null };
const due = fc.oneof(
  fc.constant(NEVER),
  dues.map((moment) => ({ ...NEVER, dueDate: moment.slice(0, 10) })),
  fc.record({ dueDate: fc.constant(null), dueAt: dues, dueTimeZone: zones }),
  dues.map((moment) => ({ dueDate: null, dueAt: `${moment.slice(0, 16)}:00.000Z`, dueTimeZone: 'Europe/Berlin' })),
);
const wordedRules = fc.constantFrom(
  ...[
    'FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=2',
    'FREQ=MONTHLY',
    'FREQ=YEARLY;INTERVAL=10',
    'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU',
  ],
);
const rules = fc.oneof(
  wordedRules,
  fc.constantFrom('FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', 'INTERVAL=2;FREQ=DAILY;UNTIL=20301231T000000Z'),
);

/** Each below one of those before it, or by itself; never deeper than tasks can be. */
function tasksWith(rule: fc.Arbitrary<string>): fc.Arbitrary<ExportedTaskLike[]> {
  const task = fc.record({
    title: titles,
    description: fc.option(descriptions),
    completed: fc.boolean(),
    completedAt: fc.option(moments),
    createdAt: fc.option(moments),
    priority: fc.constantFrom('NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'),
    due,
    recurrence: fc.option(rule),
    recurrenceBasis: fc.constantFrom('DUE', 'COMPLETION'),
    tags: names,
    list: fc.option(lists),
    above: fc.nat(12),
  });
  return fc.array(task, { maxLength: 8 }).map((drafts) => {
    const depths: number[] = [];
    return drafts.map(({ due: when, above, title, ...fields }, index): ExportedTaskLike => {
      const hasParent = above < index && depths[above]! < 5;
      depths.push(hasParent ? depths[above]! + 1 : 1);
      const repeats = fields.recurrence !== null && when !== NEVER;
      return {
        ...fields,
        ...when,
        key: `key ${index};`,
        // Told apart, so that the test knows them again.
        title: `${index} ${title}`,
        completedAt: fields.completed ? fields.completedAt : null,
        recurrence: repeats ? fields.recurrence : null,
        recurrenceBasis: repeats ? fields.recurrenceBasis : 'DUE',
        parentKey: hasParent ? `key ${above};` : null,
      };
    });
  });
}

type Comparable = Omit<ExportedTaskLike, 'key' | 'parentKey'> & { parent: string | null };

const byTitle = (one: Comparable, other: Comparable) => (one.title < other.title ? -1 : 1);

/** By titles instead of keys, in their order. */
function comparable(tasks: readonly (ExportedTaskLike & { line?: number })[]): Comparable[] {
  const known = new Map(tasks.map(({ key, title }) => [key, title]));
  return tasks
    .map(({ key, parentKey, line, ...fields }) => ({
      ...fields,
      parent: parentKey === null ? null : known.get(parentKey)!,
    }))
    .sort(byTitle);
}

async function expectBack(
  tasks: ExportedTaskLike[],
  write: (tasks: ExportedTasks) => AsyncIterable<string>,
  read: (lines: string[]) => Promise<ImportReport>,
  expected: ExportedTaskLike[],
): Promise<void> {
  const report = await read(linesOfText(await written(write(tasks))));
  expect(report.faults).toEqual([]);
  expect(comparable(report.tasks)).toEqual(comparable(expected));
}

/** A subtask is in its parent's list, in documents that show it there. */
function inListsOfParents(tasks: ExportedTaskLike[]): ExportedTaskLike[] {
  const placed = new Map<string, ExportedTaskLike>();
  for (const task of tasks) {
    const parent = task.parentKey === null ? undefined : placed.get(task.parentKey);
    placed.set(task.key, parent ? { ...task, list: parent.list } : task);
  }
  return [...placed.values()];
}

const inOneLine = (value: string) => value.replaceAll('\n', ' ');
const dayOf = (moment: Date | null) => moment && new Date(moment.toISOString().slice(0, 10));
const localDay = (moment: string, timeZone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(moment));

describe('what is written is read the same', () => {
  it('in iCalendar, in any order', async () => {
    const any = fc
      .tuple(tasksWith(rules), fc.boolean())
      .map(([tasks, isReversed]) => (isReversed ? tasks.toReversed() : tasks));
    await fc.assert(
      fc.asyncProperty(any, (tasks) =>
        expectBack(
          tasks,
          (all) => writeICalendar(all, { now: NOW }),
          (lines) => readICalendar(lines, options),
          tasks,
        ),
      ),
    );
  });

  it('in Markdown with marks, but for times of the day', async () => {
    await fc.assert(
      fc.asyncProperty(tasksWith(wordedRules), (tasks) =>
        expectBack(
          tasks,
          (all) => writeMarkdown(all, { marks: true }),
          (lines) => readMarkdown(lines, { ...options, marks: true }),
          inListsOfParents(tasks).map((task) => ({
            ...task,
            title: inOneLine(task.title),
            list: task.list && inOneLine(task.list),
            createdAt: dayOf(task.createdAt),
            completedAt: dayOf(task.completedAt),
            dueDate: task.dueAt === null ? task.dueDate : localDay(task.dueAt, task.dueTimeZone ?? 'UTC'),
            dueAt: null,
            dueTimeZone: null,
          })),
        ),
      ),
    );
  });

  it('in plain Markdown, as far as it goes', async () => {
    await fc.assert(
      fc.asyncProperty(tasksWith(wordedRules), async (tasks) => {
        const { tasks: read } = await readMarkdown(linesOfText(await written(writeMarkdown(tasks))), options);
        const shown = inListsOfParents(tasks).map(({ title, completed, list }) => [
          inOneLine(title),
          completed,
          list && inOneLine(list),
        ]);
        expect(read.map(({ title, completed, list }) => [title, completed, list]).sort()).toEqual(shown.sort());
      }),
    );
  });

  it("in Todoist's CSV, but for the lowest priority and what is completed", async () => {
    await fc.assert(
      fc.asyncProperty(tasksWith(wordedRules), (tasks) => {
        const open = tasks.map((task) => ({ ...task, completed: false, completedAt: null }));
        return expectBack(
          open,
          writeTodoistCsv,
          (lines) => readTodoistCsv(lines, options),
          inListsOfParents(open).map((task) => ({
            ...task,
            createdAt: null,
            priority: task.priority === 'LOW' ? 'NONE' : task.priority,
          })),
        );
      }),
    );
  });
});

describe('an hour that clocks show twice', () => {
  const TWICE = ['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'];
  const tasks = TWICE.map((dueAt) => exportedTask({ title: dueAt, dueAt, dueTimeZone: 'Europe/Berlin' }));

  it('keeps its moments in iCalendar, but not the zone of the second one', async () => {
    const { tasks: read } = await readICalendar(
      linesOfText(await written(writeICalendar(tasks, { now: NOW }))),
      options,
    );
    expect(read.map(({ dueAt, dueTimeZone }) => [dueAt, dueTimeZone])).toEqual([
      [TWICE[0], 'Europe/Berlin'],
      [TWICE[1], null],
    ]);
  });

  it("keeps its moments and zones in Todoist's CSV", async () => {
    const { tasks: read } = await readTodoistCsv(linesOfText(await written(writeTodoistCsv(tasks))), options);
    expect(read.map(({ dueAt, dueTimeZone }) => [dueAt, dueTimeZone])).toEqual(
      TWICE.map((dueAt) => [dueAt, 'Europe/Berlin']),
    );
  });
});
