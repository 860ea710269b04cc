import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTaskListParser, type TaskListItem } from '../../src/imports/task-list.parser.ts';
import { processorTime } from '../support/processor-time.ts';

const open = (title: string): TaskListItem => ({ title, completed: false });
const done = (title: string): TaskListItem => ({ title, completed: true });
const badMark = { fault: 'is marked neither [ ] nor [x]' };
const noGapBefore = { fault: 'needs a space before [' };
const noGapAfter = { fault: 'needs a space after ]' };

function parse(...lines: string[]) {
  const parser = createTaskListParser();
  const items = lines.map((line) => parser.read(line)).filter((item) => item !== undefined);
  return { items, unended: parser.unendedBlock() };
}

describe('a line of a task list', () => {
  it.each<[string, TaskListItem]>([
    ['- [ ] open', open('open')],
    ['- [x] done', done('done')],
    ['* [X] done', done('done')],
    ['+ [ ] open', open('open')],
    ['1. [x] numbered', done('numbered')],
    ['23) [ ] numbered', open('numbered')],
    ['    - [ ] nested', open('nested')],
    ['\t\t- [x] nested by tabs', done('nested by tabs')],
    ['-   [ ]   many blanks  ', open('many blanks')],
    ['-\t[x]\ttabs', done('tabs')],
    ['- [x] T011 [P] brackets (and more) in it', done('T011 [P] brackets (and more) in it')],
    ['- [ ] [a link](https://example.com) first', open('[a link](https://example.com) first')],
    ['- [ ] - [x] not a task inside of a task', open('- [x] not a task inside of a task')],
    ['- [ ] **bold** and `code` stay', open('**bold** and `code` stay')],
    ['- [ ] 買い物 🛒', open('買い物 🛒')],
    ['- [ ]', open('')],
    ['- [x]   ', done('')],
  ])('is a task: %j', (line, task) => {
    expect(parse(line).items).toEqual([task]);
  });

  it.each<[string, TaskListItem]>([
    ['- [y] foo', badMark],
    ['- [✓] foo', badMark],
    ['- [✔️] foo', badMark],
    ['- [] foo', badMark],
    ['- [  ] foo', badMark],
    ['- [ x] foo', badMark],
    ['-[ ] foo', noGapBefore],
    ['1.[x] foo', noGapBefore],
    ['- [x]foo', noGapAfter],
    ['- [ ]\u00a0foo', noGapAfter],
  ])('looks like a task and cannot be one: %j', (line, fault) => {
    expect(parse(line).items).toEqual([fault]);
  });

  it.each([
    ['', 'nothing'],
    ['# - [ ] heading', 'a heading'],
    ['text - [ ] foo', 'text'],
    ['[ ] foo', 'no list'],
    ['- foo', 'a list without marks'],
    ['- foo [x] bar', 'a mark in the middle'],
    ['> - [ ] foo', 'a quotation'],
    ['| - [ ] foo |', 'a table'],
    ['- [guide](docs/guide.md)', 'a link'],
    ['- [x](https://example.com)', 'a link whose text is x'],
    ['- [x][1]', 'a reference'],
    ['- [x]: https://example.com', 'a definition'],
    ['- [RFC 9457] foo', 'a longer text in brackets'],
    ['- [ ', 'no end of the brackets'],
    ['1234567890. [ ] foo', 'a number that is too long for a list'],
    ['---', 'a rule'],
  ])('is not about a task: %j is %s', (line) => {
    expect(parse(line).items).toEqual([]);
  });
});

describe('a task list', () => {
  it.each([
    ['backticks', ['```', '- [ ] no', '```', '- [ ] yes']],
    ['tildes', ['~~~ text', '- [ ] no', '~~~', '- [ ] yes']],
    ['a language', ['```md title="x"', '- [ ] no', '```', '- [ ] yes']],
    ['a longer fence', ['````', '```', '- [ ] no', '````', '- [ ] yes']],
    ['a longer end', ['```', '- [ ] no', '`````  ', '- [ ] yes']],
    ['another fence inside', ['```', '~~~', '- [ ] no', '```', '- [ ] yes']],
    ['text after what looks like its end', ['```', '``` x', '- [ ] no', '```', '- [ ] yes']],
    ['a place in a list', ['- ```', '  - [ ] no', '  ```', '- [ ] yes']],
    ['a comment around it', ['<!--', '- [ ] no', '-->', '- [ ] yes']],
    ['a comment that ends late', ['<!-- why', '- [ ] no', 'so --> - [ ] no', '- [ ] yes']],
  ])('is not read in a block with %s', (_what, lines) => {
    expect(parse(...lines)).toEqual({ items: [open('yes')], unended: undefined });
  });

  it.each([
    ['code in a line', ['```not a block```', '- [ ] yes']],
    ['two backticks', ['``', '- [ ] yes']],
    ['a comment in a line', ['<!-- short -->', '- [ ] yes']],
  ])('is read after %s', (_what, lines) => {
    expect(parse(...lines)).toEqual({ items: [open('yes')], unended: undefined });
  });

  it('tells the line of a block that nothing ends', () => {
    expect(parse('- [ ] yes', '', '```', '- [ ] no', '~~~')).toEqual({ items: [open('yes')], unended: 3 });
  });

  const indent = fc.constantFrom('', '  ', '    ', '\t');
  const marker = fc.oneof(
    fc.constantFrom('-', '*', '+'),
    fc.nat(999_999_999).map((n) => `${n}.`),
  );
  const title = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.trim());

  it('gives every title back as it was written', () => {
    fc.assert(
      fc.property(indent, marker, fc.boolean(), title, (before, mark, completed, text) => {
        const line = `${before}${mark} [${completed ? 'x' : ' '}] ${text}`;
        expect(parse(line).items).toEqual([{ title: text, completed }]);
      }),
    );
  });

  it('reads any lines without failing, and never more tasks than lines', () => {
    const piece = fc.constantFrom('- ', '[', ']', ' ', 'x', '`', '```', '~~~', '<!--', '-->', '1. ', '\t', 'a', '>');
    const line = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(parse(...lines).items.length).toBeLessThanOrEqual(lines.length);
      }),
    );
  });

  it('takes no longer than the line is long', () => {
    const begin = processorTime();
    for (const part of ['- ', '[', '`', '- [', ' ', '<!--', '1'])
      parse(`- [ ] ${part.repeat(200_000)}`, part.repeat(200_000));
    expect(processorTime() - begin).toBeLessThan(1000);
  });
});
