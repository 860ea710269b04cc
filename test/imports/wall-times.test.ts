import { describe, expect, it } from '@jest/globals';
import { dayAfter } from '../../src/core/calendar-date.ts';
import { readWallClock, timeZoneName } from '../../src/core/time-zone.ts';
import { timeZoneOfWindows } from '../../src/imports/windows-zones.ts';
import { ruleOfWords } from '../../src/imports/worded-rule.ts';

describe('a time on the wall', () => {
  it.each([
    ['2026-07-01T12:00:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-12-01T12:00:00', 'Europe/Berlin', '2026-12-01T11:00:00.000Z'],
    ['2026-07-01T12:00:00', 'Asia/Kathmandu', '2026-07-01T06:15:00.000Z'],
    // Shown twice, and never.
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-11-01T01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-03-08T02:30:00', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    // A whole day left out.
    ['2011-12-30T12:00:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
    ['1890-01-01T00:00:00', 'Europe/Berlin', '1889-12-31T23:06:32.000Z'],
    ['2026-02-29T12:00:00', 'UTC', undefined],
    ['2026-02-28T24:00:00', 'UTC', undefined],
    ['9999-12-31T23:59:59', 'America/New_York', undefined],
  ])('%s in %s is %s', (wall, zone, moment) => {
    expect(readWallClock(wall, zone)).toBe(moment);
  });
});

describe('the name of a zone', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['utc', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['+01:00', undefined],
    ['Europe/Atlantis', undefined],
    ['', undefined],
    ['x'.repeat(100), undefined],
  ])('is from %j %j', (text, name) => {
    expect(timeZoneName(text)).toBe(name);
  });

  it.each([
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['FLE Standard Time', 'Europe/Kyiv'],
    ['constructor', undefined],
  ])('is from %j of Windows %j', (text, name) => {
    expect(timeZoneOfWindows(text)).toBe(name);
  });
});

it.each([
  ['2026-02-28', 1, '2026-03-01'],
  ['2026-02-28', -59, '2025-12-31'],
  ['2026-02-29', 0, undefined],
  ['9999-12-31', 1, undefined],
  ['2026-01-01', 1e9, undefined],
])('%s and %d days are %s', (day, days, expected) => {
  expect(dayAfter(day, days)).toBe(expected);
});

describe('a repetition in words', () => {
  it.each([
    ['every week on Monday, Thursday', 'FREQ=WEEKLY;BYDAY=MO,TH', 'DUE'],
    ['every 2 weeks on friday when done', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR', 'COMPLETION'],
    ['every! sunday and monday', 'FREQ=WEEKLY;BYDAY=MO,SU', 'COMPLETION'],
    ['every weekday', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'DUE'],
    ['monthly', 'FREQ=MONTHLY', 'DUE'],
  ])('%j is %s', (text, recurrence, recurrenceBasis) => {
    expect(ruleOfWords(text)).toMatchObject({ recurrence, recurrenceBasis });
  });
});
