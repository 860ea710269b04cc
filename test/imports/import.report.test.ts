import { describe, expect, it } from '@jest/globals';
import { createReport } from '../../src/imports/import.report.ts';
import { faultsOf, options } from './reading.ts';

describe('the report of an import', () => {
  it('puts what is too deep a level higher, and says so', () => {
    const report = createReport(options);
    let parentKey: string | null = null;
    for (let line = 1; line <= 7; line += 1) parentKey = report.add({ line, title: `${line}`, parentKey });
    const finished = report.finish();
    expect(finished.tasks.map((task) => task.parentKey && JSON.parse(task.parentKey)[0])).toEqual([
      null,
      '1',
      '2',
      '3',
      '4',
      '4',
      '4',
    ]);
    expect(faultsOf(finished)).toEqual([
      '6: is more than 5 levels deep: it is put a level higher',
      '7: is more than 5 levels deep: it is put a level higher',
    ]);
  });

  it('cleans texts, and keeps of a tag or a list only what can be one', () => {
    const report = createReport(options);
    const tags = [' a ', 'A', '', 'b'.repeat(101), ...Array.from({ length: 60 }, (_, index) => `tag ${index}`)];
    report.add({
      line: 1,
      title: ' a\u0000'.replace('\u0000', '\u0007'),
      description: '',
      tags,
      list: 'l'.repeat(101),
    });
    report.add({ line: 2, title: '\u0000' });
    const finished = report.finish();
    expect(finished.tasks).toHaveLength(1);
    expect(finished.tasks[0]).toMatchObject({ title: 'a', description: null, list: null });
    expect(finished.tasks[0]?.tags).toHaveLength(50);
    expect(faultsOf(finished)).toEqual([
      '1: tag must not be empty',
      '1: tag must have at most 100 characters, has 101',
      '1: has more than 50 tags: the others are left out',
      '1: list must have at most 100 characters, has 101',
      '2: title must not contain NUL characters or lone surrogates',
    ]);
  });

  it.each([
    ['FREQ=DAILY', undefined],
    ['RRULE:FREQ=DAILY', '1: recurrence is no recurrence rule: it is at the end of the description'],
    ['every day', '1: recurrence is no recurrence rule: it is at the end of the description'],
    [`FREQ=DAILY;X=${'1'.repeat(500)}`, '1: recurrence is no recurrence rule: it is at the end of the description'],
  ])('has %j only when it looks like a rule', (recurrence, fault) => {
    const report = createReport(options);
    report.add({ line: 1, title: 'a', dueDate: '2026-12-24', recurrence });
    const finished = report.finish();
    expect(faultsOf(finished)).toEqual(fault === undefined ? [] : [fault]);
    expect(finished.tasks[0]?.recurrence).toBe(fault === undefined ? recurrence : null);
  });

  it('keeps a thousand faults, and counts the others', () => {
    const report = createReport(options);
    for (let line = 1; line <= 1500; line += 1) report.fault(line, 'x');
    const { faults } = report.finish();
    expect(faults).toHaveLength(1001);
    expect(faults.at(-1)).toEqual({ line: 1500, message: 'and 500 more faults', leftOut: false });
  });
});
