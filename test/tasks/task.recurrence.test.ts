import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wallClock } from '../../src/core/time-zone.ts';
import { parseRecurrence } from '../../src/tasks/task.recurrence.parser.ts';
import { type Due, nextOccurrence, type RecurrenceBasis } from '../../src/tasks/task.recurrence.ts';
import { writtenRules } from './support/arbitrary-recurrence.ts';
import { naiveDays } from './support/naive-recurrence.ts';

const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'Australia/Lord_Howe', 'Africa/Cairo'],
  ...['Pacific/Kiritimati', 'Etc/GMT+12', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Casablanca'],
);
const moments = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) });
const dates = moments.map((moment) => new Date(moment).toISOString().slice(0, 10));
const rules = writtenRules
  .map((text) => parseRecurrence(text))
  .filter((parsed) => 'rule' in parsed)
  .map(({ rule }) => rule);

/** What follows by basis DUE, at most `count` of them. */
function follow(text: string, due: Due, count: number): Due[] {
  const parsed = parseRecurrence(text);
  if ('fault' in parsed) throw new Error(parsed.fault);
  const found: Due[] = [];
  let current = { due, rule: parsed.rule };
  while (found.length < count) {
    const next = nextOccurrence({ ...current, basis: 'DUE', completedAt: 0, timeZone: 'UTC' });
    if (!next) break;
    current = next;
    found.push(next.due);
  }
  return found;
}

function daysAfter(rule: string, date: string, count: number): string[] {
  return follow(rule, { date }, count).map((due) => ('date' in due ? due.date : due.at));
}

describe('the examples of RFC 5545, section 3.8.5.3, that fit', () => {
  const tuesday = '1997-09-02';
  it.each([
    ['FREQ=DAILY;COUNT=10', tuesday, ['09-03', '09-04', '09-05', '09-06', '09-07', '09-08', '09-09', '09-10', '09-11']],
    ['FREQ=DAILY;INTERVAL=2', tuesday, ['09-04', '09-06', '09-08']],
    ['FREQ=DAILY;INTERVAL=10;COUNT=5', tuesday, ['09-12', '09-22', '10-02', '10-12']],
    ['FREQ=WEEKLY;COUNT=4', tuesday, ['09-09', '09-16', '09-23']],
    ['FREQ=WEEKLY;INTERVAL=2;WKST=SU', tuesday, ['09-16', '09-30', '10-14']],
    ['FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH', tuesday, ['09-04', '09-09', '09-11', '09-16', '09-18', '09-23']],
    [
      'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR',
      '1997-09-01',
      ['09-03', '09-05', '09-15', '09-17', '09-19', '09-29'],
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
      tuesday,
      ['09-04', '09-16', '09-18', '09-30', '10-02', '10-14', '10-16'],
    ],
    ['FREQ=MONTHLY;COUNT=10;BYDAY=1FR', '1997-09-05', ['10-03', '11-07', '12-05']],
    ['FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR', '1997-09-05', ['10-03', '11-07', '12-05']],
    ['FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU', '1997-09-07', ['09-28', '11-02', '11-30']],
    ['FREQ=MONTHLY;COUNT=6;BYDAY=-2MO', '1997-09-22', ['10-20', '11-17', '12-22']],
    ['FREQ=MONTHLY;BYMONTHDAY=-3', '1997-09-28', ['10-29', '11-28', '12-29']],
    ['FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15', tuesday, ['09-15', '10-02', '10-15', '11-02']],
    ['FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1', '1997-09-30', ['10-01', '10-31', '11-01', '11-30', '12-01', '12-31']],
    [
      'FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12',
      '1997-09-10',
      ['09-11', '09-12', '1999-03-10', '1999-03-11'],
    ],
    ['FREQ=MONTHLY;INTERVAL=2;BYDAY=TU', tuesday, ['09-09', '09-16', '09-23', '09-30', '11-04', '11-11']],
    ['FREQ=YEARLY;COUNT=10;BYMONTH=6,7', '1997-06-10', ['07-10', '1998-06-10', '1998-07-10']],
    ['FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3', '1997-03-10', ['1999-01-10', '1999-02-10', '1999-03-10']],
    [
      'FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200',
      '1997-01-01',
      ['04-10', '07-19', '2000-01-01', '2000-04-09', '2000-07-18'],
    ],
    ['FREQ=YEARLY;BYDAY=20MO', '1997-05-19', ['1998-05-18', '1999-05-17']],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '1997-05-12', ['1998-05-11', '1999-05-17']],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH', '1997-03-13', ['03-20', '03-27', '1998-03-05']],
    ['FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8', '1997-06-05', ['06-12', '06-19', '06-26', '07-03']],
    [
      'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
      tuesday,
      ['1998-02-13', '1998-03-13', '1998-11-13', '1999-08-13', '2000-10-13'],
    ],
    ['FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13', '1997-09-13', ['10-11', '11-08', '12-13']],
    ['FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8', '1996-11-05', ['2000-11-07', '2004-11-02']],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04', ['10-07', '11-06']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', '1997-09-29', ['10-30', '11-27', '12-30']],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO', '1997-08-05', ['08-10', '08-19', '08-24']],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU', '1997-08-05', ['08-17', '08-19', '08-31']],
    ['FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5', '2007-01-15', ['2007-01-30', '2007-02-15', '2007-03-15', '2007-03-30']],
    ['FREQ=DAILY;BYMONTH=1;UNTIL=20000131T140000Z', '1998-01-31', ['1999-01-01', '1999-01-02']],
  ])('%s from %s', (rule, start, days) => {
    const year = start.slice(0, 4);
    expect(daysAfter(rule, start, days.length)).toEqual(days.map((day) => (day.length === 5 ? `${year}-${day}` : day)));
  });
});

describe('the next day', () => {
  it.each([
    ['FREQ=MONTHLY', '2026-01-31', ['2026-03-31', '2026-05-31', '2026-07-31', '2026-08-31']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-31', ['2026-02-28', '2026-03-31', '2026-04-30']],
    ['FREQ=YEARLY', '2024-02-29', ['2028-02-29', '2032-02-29']],
    ['FREQ=YEARLY', '2096-02-29', ['2104-02-29']],
    ['FREQ=YEARLY;INTERVAL=997;BYMONTH=2;BYMONTHDAY=29', '2026-01-28', ['4020-02-29', '8008-02-29']],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2044-02-29', ['2072-02-29', '2112-02-29']],
    ['FREQ=WEEKLY;BYDAY=MO,TH', '2026-01-28', ['2026-01-29', '2026-02-02']],
    ['FREQ=YEARLY;BYWEEKNO=53', '2026-12-28', ['2032-12-27', '2037-12-28']],
    ['FREQ=DAILY;INTERVAL=999', '9998-01-01', []],
    ['FREQ=YEARLY', '9999-01-01', []],
    ['FREQ=DAILY', '9999-12-30', ['9999-12-31']],
    ['FREQ=DAILY', '0000-02-28', ['0000-02-29', '0000-03-01']],
    ['FREQ=DAILY', '0001-01-01', ['0001-01-02', '0001-01-03']],
  ])('of %s after %s', (rule, date, days) => {
    expect(daysAfter(rule, date, Math.max(days.length, 2)).slice(0, days.length || 2)).toEqual(days);
  });

  it('never comes where interval and start miss what the rule asks for', () => {
    for (const [rule, date] of [
      ['FREQ=MONTHLY;INTERVAL=12;BYMONTH=3', '2026-01-28'],
      ['FREQ=DAILY;INTERVAL=7;BYDAY=TU', '2026-01-28'],
      ['FREQ=YEARLY;BYMONTH=2', '2026-01-30'],
      ['FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30,31;BYSETPOS=-1', '2026-02-28'],
      ['FREQ=YEARLY;INTERVAL=400;BYYEARDAY=366', '2026-01-28'],
    ] as const) {
      expect(daysAfter(rule, date, 1)).toEqual([]);
    }
  });

  it('is what the RFC read word for word answers, from one occurrence to the next', () => {
    fc.assert(
      fc.property(rules, dates, (rule, date) => {
        const expected = naiveDays(rule, date, 3, /DAILY|WEEKLY/.test(rule) ? 2000 : 400).filter((day) => day < '9999');
        const found = daysAfter(rule, date, 3);
        expect(found.slice(0, expected.length)).toEqual(expected.slice(0, found.length));
        expect(found.length).toBeGreaterThanOrEqual(expected.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe('COUNT and UNTIL', () => {
  it('COUNT counts the current due, and goes down by one', () => {
    const next = { due: { date: '2026-01-01' }, basis: 'DUE', completedAt: 0, timeZone: 'UTC' } as const;
    expect(nextOccurrence({ ...next, rule: 'FREQ=DAILY;COUNT=3' })?.rule).toBe('FREQ=DAILY;COUNT=2');
    expect(nextOccurrence({ ...next, rule: 'FREQ=DAILY;COUNT=1' })).toBeUndefined();
    expect(daysAfter('FREQ=WEEKLY;COUNT=9999', '2026-01-01', 20_000)).toHaveLength(9998);
  });

  const nine: Due = { at: '2026-01-01T08:00:00.000Z', timeZone: 'Europe/Berlin' };
  it.each<[string, Due, number]>([
    ['FREQ=DAILY;UNTIL=20260103', { date: '2026-01-01' }, 2],
    ['FREQ=DAILY;UNTIL=20260103T000000Z', { date: '2026-01-01' }, 2],
    ['FREQ=DAILY;UNTIL=20260103T080000Z', nine, 2],
    ['FREQ=DAILY;UNTIL=20260103T075959Z', nine, 1],
    ['FREQ=DAILY;UNTIL=20260103', nine, 2],
    ['FREQ=DAILY;UNTIL=20260103', { at: '2026-01-01T23:30:00.000Z', timeZone: 'Europe/Berlin' }, 1],
    ['FREQ=DAILY;UNTIL=20251231', { date: '2026-01-01' }, 0],
  ])('%s lets %j be followed by %i', (rule, due, count) => {
    expect(follow(rule, due, 9)).toHaveLength(count);
  });
});

describe('the next moment', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T08:00:00.000Z', ['2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z']],
    ['Europe/Berlin', '2026-10-24T07:00:00.000Z', ['2026-10-25T08:00:00.000Z', '2026-10-26T08:00:00.000Z']],
    ['Europe/Berlin', '2026-03-28T01:30:00.000Z', ['2026-03-29T01:30:00.000Z']],
    ['Europe/Berlin', '2026-10-24T00:30:00.000Z', ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']],
    ['America/Sao_Paulo', '2018-11-03T03:00:00.000Z', ['2018-11-04T03:00:00.000Z']],
    ['Pacific/Kiritimati', '2026-01-01T10:00:00.000Z', ['2026-01-02T10:00:00.000Z']],
    [null, '2026-03-28T23:30:00.123Z', ['2026-03-29T23:30:00.123Z', '2026-03-30T23:30:00.123Z']],
  ])('in %s after %s keeps the wall clock', (timeZone, at, expected) => {
    expect(follow('FREQ=DAILY', { at, timeZone }, expected.length)).toEqual(
      expected.map((next) => ({ at: next, timeZone })),
    );
  });

  it('is none when its year would not have four digits, in UTC or on the wall', () => {
    expect(follow('FREQ=DAILY', { at: '9999-12-30T23:00:00.000Z', timeZone: 'Etc/GMT+12' }, 9)).toHaveLength(1);
    expect(follow('FREQ=DAILY', { at: '9999-12-30T23:00:00.000Z', timeZone: 'Etc/GMT-14' }, 9)).toHaveLength(0);
    expect(follow('FREQ=DAILY', { at: '9999-12-31T23:00:00.000Z', timeZone: 'Etc/GMT-14' }, 9)).toHaveLength(0);
    expect(follow('FREQ=DAILY', { at: '0000-01-01T01:00:00.000Z', timeZone: 'Etc/GMT+12' }, 9)).toHaveLength(0);
  });

  it('is on weekdays and days of the month of its own zone', () => {
    const due = { at: '2026-01-31T13:00:00.000Z', timeZone: 'Pacific/Kiritimati' };
    expect(follow('FREQ=WEEKLY;BYDAY=MO', due, 1)).toEqual([{ ...due, at: '2026-02-01T13:00:00.000Z' }]);
    expect(follow('FREQ=MONTHLY;BYMONTHDAY=1', due, 1)).toEqual([{ ...due, at: '2026-02-28T13:00:00.000Z' }]);
  });

  it('is after the due, and shows the same wall clock unless clocks skip it', () => {
    fc.assert(
      fc.property(rules, moments, zones, (rule, moment, timeZone) => {
        const due = { at: new Date(moment).toISOString(), timeZone };
        const [next] = follow(rule, due, 1);
        if (!next || !('at' in next)) return;
        expect(next.at > due.at).toBe(true);
        const [before, after] = [wallClock(due.at, timeZone), wallClock(next.at, timeZone)];
        const shown = wallClock(Date.parse(next.at) - 1, timeZone).slice(0, 11) + before.slice(11);
        if (after.slice(11) !== before.slice(11)) expect(after > shown).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('by the day of completion', () => {
  it.each<[string, Due, string, string, Due]>([
    ['FREQ=DAILY;INTERVAL=3', { date: '2026-01-01' }, '2026-01-10T12:00:00Z', 'UTC', { date: '2026-01-13' }],
    ['FREQ=DAILY;INTERVAL=3', { date: '2026-01-01' }, '2026-01-10T23:30:00Z', 'Europe/Berlin', { date: '2026-01-14' }],
    ['FREQ=WEEKLY', { date: '2026-02-01' }, '2026-01-10T12:00:00Z', 'UTC', { date: '2026-01-17' }],
    ['FREQ=WEEKLY;BYDAY=MO', { date: '2026-01-05' }, '2026-01-12T12:00:00Z', 'UTC', { date: '2026-01-19' }],
    [
      'FREQ=DAILY',
      { at: '2026-03-01T08:00:00.000Z', timeZone: 'Europe/Berlin' },
      '2026-03-28T23:30:00Z',
      'Asia/Tokyo',
      { at: '2026-03-30T07:00:00.000Z', timeZone: 'Europe/Berlin' },
    ],
  ])('%s of %j, completed at %s in %s, is next due on %j', (rule, due, completedAt, timeZone, expected) => {
    const next = nextOccurrence({ rule, due, basis: 'COMPLETION', completedAt: Date.parse(completedAt), timeZone });
    expect(next).toEqual({ rule, due: expected });
  });

  it('the next day is after it and another one than was due, and the rule always ends in an answer', () => {
    fc.assert(
      fc.property(rules, dates, moments, zones, fc.constantFrom<RecurrenceBasis>('DUE', 'COMPLETION'), (...given) => {
        const [rule, date, completedAt, timeZone, basis] = given;
        const next = nextOccurrence({ rule, due: { date }, basis, completedAt, timeZone });
        const from = basis === 'DUE' ? date : wallClock(completedAt, timeZone).slice(0, 10);
        if (next) expect('date' in next.due && next.due.date > from && next.due.date !== date).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
