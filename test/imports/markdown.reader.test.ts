import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linesOfText } from '../../src/imports/imported-task.ts';
import { type MarkdownOptions, readMarkdown } from '../../src/imports/markdown.reader.ts';
import { readTaskList } from '../../src/imports/task-list.reader.ts';
import { processorTime } from '../support/processor-time.ts';
import { faultsOf, options, sample, shortTasks } from './reading.ts';

const read = (text: string, more: Partial<MarkdownOptions> = {}) =>
  readMarkdown(linesOfText(text), { ...options, ...more });
const tasksOf = async (text: string, more?: Partial<MarkdownOptions>) => shortTasks(await read(text, more));

describe('a Markdown list', () => {
  it.each([
    ['two columns further', '- [ ] a\n  - [ ] b', 'a'],
    ['a tab further', '- [ ] a\n\t- [ ] b', 'a'],
    ['below a number', '1. [ ] a\n   - [ ] b', 'a'],
    ['after text of the task', '- [ ] a\n  text\n  - [ ] b', 'a'],
    ['after text that goes on at the margin', '- [ ] a\ntext\n  - [ ] b', 'a'],
    ['after an empty line', '- [ ] a\n\n  - [ ] b', 'a'],
    ['after a block', '- [ ] a\n  ```\n- [ ] no\n  ```\n  - [ ] b', 'a'],
    ['below a task between them', '- [ ] a\n  - [ ] x\n  - [ ] b', 'a'],
    ['below a task that is left out', '- [ ] a\n  - [y] x\n    - [ ] b', 'a'],
    ['one column further', '- [ ] a\n - [ ] b', undefined],
    ['at the margin', '- [ ] a\n- [ ] b', undefined],
    ['below an item that is no task', '- [ ] a\n- x\n  - [ ] b', undefined],
    ['after a heading', '- [ ] a\n# x\n  - [ ] b', undefined],
    ['after a paragraph', '- [ ] a\n\ntext\n\n  - [ ] b', undefined],
  ])('has %s what is a subtask, or none', async (_where, text, below) => {
    expect((await tasksOf(text)).find(({ title }) => title === 'b')?.below).toBe(below);
  });

  it.each([
    ['# Shopping', 'Shopping'],
    ['### Shopping ###', 'Shopping'],
    ['# C#', 'C#'],
    ['# C \\#', 'C #'],
    ['#', undefined],
    ['# ##', undefined],
    ['#Shopping', undefined],
    ['    # Shopping', undefined],
  ])('is named by the heading %j: %j', async (heading, list) => {
    expect((await tasksOf(`${heading}\n- [ ] a`))[0]?.list).toBe(list);
  });

  it('is the list that its reader was told of, before any heading', async () => {
    expect(await tasksOf('- [ ] a\n# B\n- [ ] b', { list: 'A' })).toEqual([
      { title: 'a', list: 'A' },
      { title: 'b', list: 'B' },
    ]);
  });

  it('has the titles that the reader of plain lists gives, and keys of them alone', async () => {
    const text = '# x\n- [ ] Buy milk #shop 📅 2026-12-24\n  - [x] Fix #12 @home\n- [ ] Fix #12 @home\n  > said';
    const lines = linesOfText(text);
    const plain = await readTaskList(
      (async function* () {
        yield* lines;
      })(),
      () => {},
    );
    const { tasks } = await read(text);
    expect(tasks.map(({ title, completed }) => ({ title, completed }))).toEqual(plain);
    expect(tasks.map(({ key }) => JSON.parse(key))).toEqual([
      ['Buy milk #shop 📅 2026-12-24', 1],
      ['Fix #12 @home', 1],
      ['Fix #12 @home', 2],
    ]);
  });

  it('is read as a plain list always was, whatever is in it', async () => {
    const parts = [
      '- [ ] ',
      '- [x] ',
      '1. [X] ',
      '- [y] ',
      '-[ ] ',
      '  ',
      '\t',
      '# ',
      '> ',
      '```',
      '<!--',
      '-->',
      '#a',
      'a',
      '',
    ];
    const line = fc.array(fc.constantFrom(...parts), { maxLength: 4 }).map((some) => some.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(line, fc.string())), async (lines) => {
        const faults: string[] = [];
        const each = (async function* () {
          yield* lines;
        })();
        const plain = await readTaskList(each, (number, fault) => faults.push(`${number}: ${fault}`));
        const report = await readMarkdown(lines, options);
        const inOrder = report.tasks.toSorted((one, other) => one.line - other.line);
        expect(inOrder.map(({ title, completed }) => ({ title, completed }))).toEqual(plain);
        expect(
          faultsOf(report)
            .filter((fault) => !fault.includes('levels deep'))
            .sort(),
        ).toEqual(faults.sort());
      }),
      { numRuns: 300 },
    );
  });

  it('names what it leaves out by line, and goes on', async () => {
    const report = await read(`- [ ] a\n- [y] b\n- [ ] ${'x'.repeat(256)}\n  - [ ] c\n\`\`\`\n- [ ] d`);
    expect(shortTasks(report)).toEqual([{ title: 'a' }, { title: 'c' }]);
    expect(faultsOf(report)).toEqual([
      '2: is marked neither [ ] nor [x]',
      '3: title must have at most 255 characters, has 256',
      '5: begins a block that nothing ends: the rest of the file was not read',
    ]);
  });

  it('ends after as many tasks as may be', async () => {
    const report = await read('- [ ] a\n- [ ] b\n- [ ] c', { maximumTasks: 2 });
    expect(shortTasks(report)).toEqual([{ title: 'a' }, { title: 'b' }]);
    expect(faultsOf(report)).toEqual(['3: there are more than 2 tasks: the rest of the file was not read']);
  });
});

describe('a Markdown list with marks', () => {
  const marked = (text: string) => tasksOf(text, { marks: true });

  it('is read as Obsidian writes it', async () => {
    const report = await readMarkdown(sample('obsidian.md'), { ...options, marks: true });
    expect(faultsOf(report)).toEqual([]);
    expect(shortTasks(report)).toEqual([
      {
        title: 'Repair the roof',
        tags: ['house/roof', 'outside'],
        priority: 'HIGH',
        createdAt: new Date('2026-11-01'),
        dueDate: '2026-12-24',
        list: 'House',
      },
      {
        title: 'Call the roofer',
        completed: true,
        completedAt: new Date('2026-11-20'),
        list: 'House',
        below: 'Repair the roof',
      },
      { title: 'Look for #12 in the shed', list: 'House', below: 'Repair the roof' },
      {
        title: 'Water the plants',
        recurrence: 'FREQ=WEEKLY;BYDAY=MO,TH',
        recurrenceBasis: 'COMPLETION',
        dueDate: '2026-11-30',
        list: 'House',
      },
      { title: 'Read the meter ⏳ 2026-12-20', priority: 'MEDIUM', list: 'House' },
      { title: 'Ladder', priority: 'LOW', list: 'House' },
      { title: 'Nails', list: 'Shopping' },
      { title: 'long ones', list: 'Shopping', below: 'Nails' },
      { title: 'Paint', list: 'Shopping' },
    ]);
  });

  it.each([
    ['a #b c', { title: 'a #b c' }],
    ['a #1', { title: 'a #1' }],
    ['a \\#b', { title: 'a #b' }],
    ['a \\#b #c', { title: 'a #b', tags: ['c'] }],
    ['a 📅2026-12-24', { title: 'a', dueDate: '2026-12-24' }],
    ['a 📅 2026-02-30', { title: 'a 📅 2026-02-30' }],
    ['a 📅 2026-12-24 📅 2026-12-25', { title: 'a 📅 2026-12-24', dueDate: '2026-12-25' }],
    ['a ⏫\ufe0f', { title: 'a', priority: 'HIGH' }],
    ['a 🔁 every full moon 📅 2026-12-24', { title: 'a 🔁 every full moon', dueDate: '2026-12-24' }],
    ['a constructor', { title: 'a constructor' }],
    ['#b', { title: '#b' }],
    ['a #B #b', { title: 'a', tags: ['B'] }],
  ])('says with %j what it is', async (line, task) => {
    expect(await marked(`- [ ] ${line}`)).toEqual([task]);
  });

  it('has no repetition of what is never due', async () => {
    expect(await marked('- [ ] a 🔁 every day')).toEqual([{ title: 'a', description: 'RRULE: FREQ=DAILY' }]);
  });

  it('has a description in a quotation below', async () => {
    expect(await marked('- [ ] a\n  > one\n  >\n  >   - [ ] two\n- [ ] b\n> no\n- [ ] c\n\n  > no')).toEqual([
      { title: 'a', description: 'one\n\n  - [ ] two' },
      { title: 'b' },
      { title: 'c' },
    ]);
  });

  it('takes no longer than the line is long', async () => {
    const begin = processorTime();
    for (const part of ['#', '#a ', '🔁 ', '⏳ a ', '📅', '\\', ' ', '> ', '🔺 '])
      await marked(
        `# ${part.repeat(100_000)}x\n- [ ] ${part.repeat(100_000)}\n${' '.repeat(10)}> ${part.repeat(100_000)}`,
      );
    expect(processorTime() - begin).toBeLessThan(4000);
  });
});
