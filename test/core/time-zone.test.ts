import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  canonicalTimeZone,
  isTimeZone,
  localDate,
  momentOf,
  startOfDay,
  wallClock,
} from '../../src/core/time-zone.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+12', 'Etc/GMT-14');
const moments = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2100, 0, 1) });
const dates = moments.map((moment) => new Date(moment).toISOString().slice(0, 10));

describe('a time zone', () => {
  it.each([
    'UTC',
    'Etc/UTC',
    'Europe/Berlin',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+12',
    'Asia/Kolkata',
    'EST5EDT',
  ])('may be %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    ...['', ' ', '+02:00', '-0800', '02:00', 'UTC+2', 'GMT+1', 'Europe/Atlantis', 'Europe/Berlin ', ' Europe/Berlin'],
    ...['Europe/Berlin\0', 'Europe\\Berlin', 'Europe//Berlin', '/etc/passwd', '../UTC', ':UTC', 'local', 'undefined'],
    ...['<+02>-2', 'Ｅｕｒｏｐｅ/Berlin', "UTC'; drop table tasks"],
  ])('may not be %j', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });

  it('may not have a name of more than 64 characters', () => {
    for (const length of [65, 1_000_000]) expect(isTimeZone('a'.repeat(length))).toBe(false);
  });

  it('may be any that the runtime lists', () => {
    for (const name of Intl.supportedValuesOf('timeZone'))
      expect([name, canonicalTimeZone(name)]).toEqual([name, name]);
  });

  it('is spelt as the IANA database does', () => {
    expect(canonicalTimeZone('europe/berlin')).toBe('Europe/Berlin');
    expect(canonicalTimeZone('utc')).toBe('UTC');
  });

  it('is never taken from arbitrary text that then fails to be used', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        if (isTimeZone(text)) expect(localDate(0, text)).toMatch(/^19(69-12-31|70-01-01)$/);
      }),
    );
  });
});

describe('the local date and wall clock', () => {
  it.each([
    ['2026-03-29T00:59:59.999Z', 'Europe/Berlin', '2026-03-29T01:59:59.999'],
    ['2026-03-29T01:00:00.000Z', 'Europe/Berlin', '2026-03-29T03:00:00.000'],
    ['2026-10-25T00:30:00.000Z', 'Europe/Berlin', '2026-10-25T02:30:00.000'],
    ['2026-10-25T01:30:00.000Z', 'Europe/Berlin', '2026-10-25T02:30:00.000'],
    ['2026-01-01T10:00:00.000Z', 'Pacific/Kiritimati', '2026-01-02T00:00:00.000'],
    ['2026-01-01T11:59:00.000Z', 'Etc/GMT+12', '2025-12-31T23:59:00.000'],
    ['2026-01-01T18:30:00.000Z', 'Asia/Kolkata', '2026-01-02T00:00:00.000'],
    ['2026-01-01T18:15:00.000Z', 'Asia/Kathmandu', '2026-01-02T00:00:00.000'],
    ['2026-01-01T13:30:00.000Z', 'Australia/Lord_Howe', '2026-01-02T00:30:00.000'],
    ['2018-11-04T02:59:59.999Z', 'America/Sao_Paulo', '2018-11-03T23:59:59.999'],
    ['2018-11-04T03:00:00.000Z', 'America/Sao_Paulo', '2018-11-04T01:00:00.000'],
    ['2011-12-30T10:00:00.000Z', 'Pacific/Apia', '2011-12-31T00:00:00.000'],
    ['1969-12-31T23:59:59.999Z', 'UTC', '1969-12-31T23:59:59.999'],
    ['0000-12-31T23:59:59.001Z', 'UTC', '0000-12-31T23:59:59.001'],
    ['0099-02-28T00:00:00.000Z', 'UTC', '0099-02-28T00:00:00.000'],
    ['9999-12-31T23:59:59.999Z', 'UTC', '9999-12-31T23:59:59.999'],
  ])('at %s in %s are %s', (at, timeZone, expected) => {
    expect(wallClock(at, timeZone)).toBe(expected);
    expect(localDate(Date.parse(at), timeZone)).toBe(expected.slice(0, 10));
  });

  it('lead back to their moment, or to an earlier one that shows the same', () => {
    fc.assert(
      fc.property(moments, zones, (moment, timeZone) => {
        const wall = wallClock(moment, timeZone);
        const back = momentOf(wall, timeZone);
        expect(Date.parse(back)).toBeLessThanOrEqual(moment);
        expect(wallClock(back, timeZone)).toBe(wall);
      }),
    );
  });
});

describe('the moment of a wall clock', () => {
  it.each([
    ['2026-03-29T02:30:00.000', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T02:30:00.000', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-03-08T02:30:00.000', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-10-04T02:15:00.000', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['2011-12-30T09:00:00.000', 'Pacific/Apia', '2011-12-30T19:00:00.000Z'],
  ])('%s in %s is %s, where it is skipped or shown twice', (wall, timeZone, expected) => {
    expect(momentOf(wall, timeZone)).toBe(expected);
  });
});

describe('the start of a day', () => {
  it.each([
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00.000Z'],
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
    ['1919-03-31', 'America/Toronto', '1919-03-31T04:30:00.000Z'],
    ['2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
    ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['2026-01-01', 'Etc/GMT+12', '2026-01-01T12:00:00.000Z'],
    ['2026-01-01', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
  ])('%s in %s is %s', (date, timeZone, expected) => {
    expect(startOfDay(date, timeZone)).toBe(expected);
  });

  it('is of the day, and the moment before it is not', () => {
    fc.assert(
      fc.property(dates, zones, (date, timeZone) => {
        const start = Date.parse(startOfDay(date, timeZone));
        // A day that a zone skipped to cross the date line starts with the next one.
        expect([date, addDays(date, 1)]).toContain(localDate(start, timeZone));
        expect(localDate(start - 1, timeZone) < date).toBe(true);
      }),
    );
  });
});

describe('days are added', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2100-02-28', 1, '2100-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['0001-01-01', -1, '0000-12-31'],
    ['2026-01-01', 0, '2026-01-01'],
  ])('to %s, %i of them, which is %s', (date, days, expected) => {
    expect(addDays(date, days)).toBe(expected);
  });

  it('and taken away again', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -10_000, max: 10_000 }), (date, days) => {
        expect(addDays(addDays(date, days), -days)).toBe(date);
      }),
    );
  });
});

/** Zones that are accepted are put into SQL as they are: PostgreSQL must mean the same by them. */
describe('every time zone that is accepted', () => {
  let database: OpenTestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const SUMMER = '2026-07-01T12:00:00.000Z';
  const WINTER = '2026-01-01T12:00:00.000Z';

  /** Every short text that could be a name of ICU's own, beside the names that either knows. */
  function candidates(known: readonly string[]): string[] {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const short = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const systemV = ['AST4', 'AST4ADT', 'CST6', 'EST5', 'HST10', 'PST8', 'PST8PDT', 'YST9'].map(
      (name) => `SystemV/${name}`,
    );
    const old = ['US/Pacific-New', 'Canada/East-Saskatchewan'];
    return [...new Set([...known, ...Intl.supportedValuesOf('timeZone'), ...short, ...systemV, ...old])];
  }

  it('shows the same on the wall in PostgreSQL, in summer and in winter', async () => {
    const known = await database.owner<{ name: string }>('select name from pg_timezone_names');
    const names = candidates(known.map(({ name }) => name)).filter((name) => canonicalTimeZone(name) !== undefined);
    expect(names.length).toBeGreaterThan(400);
    const different: string[] = [];
    for (const name of names) {
      try {
        const [row] = await database.owner<{ summer: string; winter: string }>(
          `select ($2::timestamptz at time zone $1)::text as summer, ($3::timestamptz at time zone $1)::text as winter`,
          [name, SUMMER, WINTER],
        );
        const here = [SUMMER, WINTER].map((at) => wallClock(at, name).slice(0, 19).replace('T', ' '));
        if (row?.summer !== here[0] || row?.winter !== here[1]) different.push(name);
      } catch {
        different.push(`${name}, which is not known`);
      }
    }
    expect(different).toEqual([]);
  });
});
