import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseRecurrence } from '../../src/tasks/task.recurrence.parser.ts';
import { writtenRules } from './support/arbitrary-recurrence.ts';
import { naiveDays } from './support/naive-recurrence.ts';

function faultOf(text: string): string {
  const parsed = parseRecurrence(text);
  return 'fault' in parsed ? parsed.fault : `is the rule ${parsed.rule}`;
}

describe('a recurrence rule', () => {
  it.each([
    ['FREQ=DAILY', 'FREQ=DAILY'],
    ['RRULE:FREQ=DAILY', 'FREQ=DAILY'],
    ['rrule:freq=weekly;byday=th,mo', 'FREQ=WEEKLY;BYDAY=MO,TH'],
    ['COUNT=5;FREQ=MONTHLY;BYDAY=+1FR', 'FREQ=MONTHLY;BYDAY=1FR;COUNT=5'],
    ['FREQ=YEARLY;UNTIL=20271224', 'FREQ=YEARLY;UNTIL=20271224'],
    ['freq=yearly;until=20271224t235959z', 'FREQ=YEARLY;UNTIL=20271224T235959Z'],
    ['BYDAY=FR,FR,MO;INTERVAL=02;WKST=SU;FREQ=WEEKLY', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU'],
    ['FREQ=MONTHLY;BYMONTHDAY=15,-1,+2,15', 'FREQ=MONTHLY;BYMONTHDAY=-1,2,15'],
    ['FREQ=MONTHLY;BYSETPOS=-1;BYDAY=FR,TH,WE,TU,MO', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'],
    ['FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO'],
    ['FREQ=YEARLY;INTERVAL=3;BYYEARDAY=200,1,100', 'FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=997', 'FREQ=YEARLY;INTERVAL=997;BYMONTH=2;BYMONTHDAY=29'],
    ['FREQ=DAILY;INTERVAL=999;COUNT=9999', 'FREQ=DAILY;INTERVAL=999;COUNT=9999'],
  ])('may be written %s, which is %s', (text, rule) => {
    expect(parseRecurrence(text)).toEqual({ rule });
  });

  const malformed = 'must be parts such as FREQ=WEEKLY;BYDAY=MO,TH';
  it.each([
    ...['', ' ', 'RRULE:', 'DAILY', 'FREQ', 'FREQ=', '=DAILY', ';FREQ=DAILY', 'FREQ=DAILY;', 'FREQ=DAILY;;COUNT=1'],
    ...['FREQ=DAILY\n', 'FREQ=DAILY\r\nRDATE:20260101', 'FREQ=DAILY COUNT=2', 'FREQ = DAILY', 'FREQ=DAILY;BYDAY=MO TH'],
    ...['RRULE:RRULE:FREQ=DAILY', 'RRULE;X=1:FREQ=DAILY', 'DTSTART:20260101\nFREQ=DAILY', 'FREQ=DAILY\0', 'FREQ=DAıLY'],
    ...['FREQ=ＤAILY', 'FREQ=DAILY=DAILY', 'FREQ=DAILY;constructor', '{"FREQ":"DAILY"}'],
  ])('must not be %j', (text) => {
    expect(faultOf(text)).toBe(malformed);
  });

  it.each([
    ['INTERVAL=2', 'must have the part FREQ'],
    ['FREQ=HOURLY', 'must have as FREQ DAILY, WEEKLY, MONTHLY or YEARLY'],
    ['FREQ=SECONDLY;COUNT=1', 'must have as FREQ DAILY, WEEKLY, MONTHLY or YEARLY'],
    ['FREQ=DAILY;BYHOUR=9', 'must not have the part BYHOUR'],
    ['FREQ=DAILY;DTSTART=20260101', 'must not have the part DTSTART'],
    ['FREQ=DAILY;EXDATE=20260101', 'must not have the part EXDATE'],
    ['FREQ=DAILY;RDATE=20260101', 'must not have the part RDATE'],
    ['FREQ=DAILY;TOSTRING=1', 'must not have the part TOSTRING'],
    ['FREQ=MONTHLY;RSCALE=HEBREW', 'must not have the part RSCALE'],
    ['FREQ=DAILY;FREQ=DAILY', 'must have FREQ only once'],
    ['FREQ=DAILY;INTERVAL=0', 'must have as INTERVAL a number from 1 to 999'],
    ['FREQ=DAILY;INTERVAL=1000', 'must have as INTERVAL a number from 1 to 999'],
    ['FREQ=DAILY;INTERVAL=-1', 'must have as INTERVAL a number from 1 to 999'],
    ['FREQ=DAILY;INTERVAL=1E2', 'must have as INTERVAL a number from 1 to 999'],
    ['FREQ=DAILY;COUNT=0', 'must have as COUNT a number from 1 to 9999'],
    ['FREQ=DAILY;COUNT=10000', 'must have as COUNT a number from 1 to 9999'],
    ['FREQ=DAILY;COUNT=1;UNTIL=20270101', 'must not have both COUNT and UNTIL'],
    ['FREQ=DAILY;BYMONTH=13', 'must have as BYMONTH numbers from 1 to 12'],
    ['FREQ=DAILY;BYMONTH=1,', 'must have as BYMONTH numbers from 1 to 12'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'must have as BYMONTHDAY numbers from 1 to 31 or -31 to -1'],
    ['FREQ=MONTHLY;BYMONTHDAY=-32', 'must have as BYMONTHDAY numbers from 1 to 31 or -31 to -1'],
    ['FREQ=WEEKLY;WKST=XX', 'must have as WKST one of MO, TU, WE, TH, FR, SA and SU'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'must not have BYMONTHDAY in weekly rules'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'must not have such numbers in BYDAY: 0 is the most here'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'must not have such numbers in BYDAY: 5 is the most here'],
    ['FREQ=YEARLY;BYMONTH=1;BYDAY=6MO', 'must not have such numbers in BYDAY: 5 is the most here'],
    ['FREQ=YEARLY;BYDAY=-53MO', 'must not have such numbers in BYDAY: 52 is the most here'],
    ['FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=1MO', 'must not have numbers in BYDAY with other days'],
    ['FREQ=MONTHLY;BYYEARDAY=1', 'must have BYYEARDAY in yearly rules only'],
    ['FREQ=YEARLY;BYYEARDAY=1;BYDAY=MO', 'must not have BYYEARDAY with other days'],
    ['FREQ=MONTHLY;BYWEEKNO=1', 'must have BYWEEKNO in yearly rules only'],
    ['FREQ=YEARLY;BYWEEKNO=1;BYMONTH=1', 'must not have BYWEEKNO with BYMONTH or BYMONTHDAY'],
    ['FREQ=YEARLY;BYWEEKNO=1;INTERVAL=2', 'must not have both BYWEEKNO and INTERVAL'],
    ['FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1', 'must not have BYMONTHDAY with INTERVAL in daily rules'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'must have another part that BYSETPOS picks from'],
    ['FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3', 'must have at most 2 in BYSETPOS'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=21', 'must have at most 20 in BYSETPOS'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-6', 'must have at most 5 in BYSETPOS'],
    ['FREQ=MONTHLY;BYMONTHDAY=29,30,31;BYSETPOS=6', 'must have at most 5 in BYSETPOS'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;BYSETPOS=6', 'must have at most 5 in BYSETPOS'],
    ['FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA;BYSETPOS=32', 'must have at most 31 in BYSETPOS'],
    ['FREQ=DAILY;BYDAY=MO;BYSETPOS=1', 'must not have BYSETPOS in daily rules'],
  ])('must not be %s: it %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('must not have more than 500 characters', () => {
    const days = (count: number) => `FREQ=MONTHLY;BYDAY=${Array(count).fill('MO').join(',')}`;
    expect(parseRecurrence(days(160))).toEqual({ rule: 'FREQ=MONTHLY;BYDAY=MO' });
    for (const text of [days(161), 'F'.repeat(10_000_000)]) {
      expect(faultOf(text)).toBe('must have at most 500 characters');
    }
  });

  it.each(['MO,1TU', 'XX', '0MO', '54MO', 'MO,', '1', '1.5MO', 'MONDAY', '+MO'])(
    'must not have %s as BYDAY',
    (days) => {
      expect(faultOf(`FREQ=YEARLY;BYDAY=${days}`)).toMatch(/^must (have as BYDAY|be parts such)/);
    },
  );

  it.each(['20261332', '20260230', '2026', '20261224T090000', '20261224T250000Z', '20261224T090060Z', '20261224Z'])(
    'must not have %s as UNTIL',
    (until) => {
      expect(faultOf(`FREQ=DAILY;UNTIL=${until}`)).toMatch(/^must have as UNTIL/);
    },
  );

  it.each([
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
    ['FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31'],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-30'],
    ['FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYMONTHDAY=1,2,3;BYSETPOS=5'],
    ['FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;BYSETPOS=4'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYSETPOS=31'],
    ['FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30;COUNT=2'],
  ])('must not be %s, which never occurs', (text) => {
    expect(faultOf(text)).toBe('must occur some day');
  });

  it('is called one that never occurs when that is so', () => {
    fc.assert(
      fc.property(writtenRules, (text) => {
        fc.pre(faultOf(text) === 'must occur some day');
        const often = text.replace(/;INTERVAL=\d+/, '');
        expect(naiveDays(often, '2000-01-01', 1, text.includes('DAILY') ? 10_228 : 336)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('in its canonical form is read as it is', () => {
    fc.assert(
      fc.property(writtenRules, (text) => {
        const parsed = parseRecurrence(text);
        fc.pre('rule' in parsed);
        expect(parseRecurrence(parsed.rule)).toEqual(parsed);
      }),
    );
  });

  it('is told from arbitrary text without an error', () => {
    const pieces = fc.constantFrom(
      ...['RRULE:', 'FREQ', '=', ';', ',', '-', '+', 'YEARLY', 'DAILY', 'BYDAY', 'BYMONTHDAY', 'BYSETPOS', 'COUNT'],
      ...[
        'UNTIL',
        'INTERVAL',
        '1',
        '53',
        '366',
        'MO',
        '-1SU',
        '20260101',
        'T000000Z',
        '__PROTO__',
        '\n',
        '\0',
        'ß',
        'ſ',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
      fc.array(pieces, { maxLength: 20 }).map((all) => `FREQ=YEARLY;${all.join('')}`),
    );
    fc.assert(fc.property(text, (value) => expect(typeof faultOf(value)).toBe('string')));
  });
});
