import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTimestamp, TIMESTAMP_PATTERN, timestampFromDatabase } from '../../src/core/timestamp.ts';

const moments = fc.date({
  min: new Date('1000-01-01T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});

describe('the moment of RFC 3339 text', () => {
  it.each([
    ['2026-01-23T09:30:00Z', '2026-01-23T09:30:00.000Z'],
    ['2026-01-23T09:30:00.5Z', '2026-01-23T09:30:00.500Z'],
    ['2026-01-23T09:30:00.123456789Z', '2026-01-23T09:30:00.123Z'],
    ['2026-01-23T09:30:00.9999Z', '2026-01-23T09:30:00.999Z'],
    ['2026-01-23t09:30:00z', '2026-01-23T09:30:00.000Z'],
    ['2026-01-23T09:30:00+05:30', '2026-01-23T04:00:00.000Z'],
    ['2026-01-23T09:30:00-08:00', '2026-01-23T17:30:00.000Z'],
    ['2026-01-01T00:00:00+23:59', '2025-12-31T00:01:00.000Z'],
    ['2026-01-23T09:30:00-00:00', '2026-01-23T09:30:00.000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
    ['2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000Z'],
    ['0050-06-01T00:00:00Z', '0050-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, moment) => {
    expect(parseTimestamp(text)).toBe(moment);
  });

  it.each([
    ...['', 'now', 'infinity', '2026', '2026-01-23', '20260123T093000Z', '2026-W04-5T09:30:00Z', '2026-023T09:30:00Z'],
    ...['2026-01-23T09:30Z', '2026-01-23T09Z', '2026-01-23T09:30:00', '2026-01-23 09:30:00Z', '26-01-23T09:30:00Z'],
    ...['2026-01-23T09:30:00.Z', '2026-01-23T09:30:00,5Z', '2026-01-23T09:30:00.1234567890Z'],
    ...['2026-01-23T09:30:00+0530', '2026-01-23T09:30:00+05', '2026-01-23T09:30:00 Z', '2026-01-23T09:30:00UTC'],
    ...['+002026-01-23T09:30:00Z', '-002026-01-23T09:30:00Z', '10000-01-01T00:00:00Z', '2026-1-23T09:30:00Z'],
    ...[' 2026-01-23T09:30:00Z', '2026-01-23T09:30:00Z\n', '2026-01-23T09:30:00Z\0', '２０２６-01-23T09:30:00Z'],
  ])('%j is not RFC 3339', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it.each([
    ...['2026-02-29T00:00:00Z', '2100-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-04-31T00:00:00Z'],
    ...['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z'],
    ...['2026-01-01T25:00:00Z', '2026-01-01T24:00:01Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:61Z'],
    ...['2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+01:60', '2026-02-30T00:00:00+05:00'],
  ])('%s names no real moment', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('must have a year of four digits in UTC, too', () => {
    expect(parseTimestamp('9999-12-31T23:59:59-01:00')).toBeUndefined();
    expect(parseTimestamp('0000-01-01T00:00:00+01:00')).toBeUndefined();
    expect(parseTimestamp('0000-12-31T23:59:59Z')).toBeUndefined();
    expect(parseTimestamp('0001-01-01T00:00:00+01:00')).toBeUndefined();
  });

  it('is the same for one moment in every offset', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: -1439, max: 1439 }), (moment, minutes) => {
        const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        fc.pre(local.length === 23);
        expect(parseTimestamp(local + offset(minutes))).toBe(moment.toISOString());
      }),
    );
  });

  it('is undefined or canonical for any text', () => {
    const like = fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), like), (text) => {
        expect(parseTimestamp(text) ?? '2026-01-23T09:30:00.000Z').toMatch(TIMESTAMP_PATTERN);
      }),
    );
  });
});

describe("the moment of PostgreSQL's text", () => {
  it('is what Date makes of it, with every number of fraction digits', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 999_999 }), (day, microseconds) => {
        const seconds = day.toISOString().slice(0, 19);
        // PostgreSQL leaves trailing zeros off, and the point with them.
        const fraction = `.${String(microseconds).padStart(6, '0')}`.replace(/\.?0+$/, '');
        const expected = new Date(`${seconds}${fraction}Z`).toISOString();
        expect(timestampFromDatabase(`${seconds.replace('T', ' ')}${fraction}+00`)).toBe(expected);
      }),
    );
  });

  it('is the same moment in a session with another offset', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: -15 * 4, max: 15 * 4 }), (moment, quarters) => {
        const local = new Date(moment.getTime() + quarters * 15 * 60_000).toISOString();
        fc.pre(local.length === 24);
        const text = local.replace('T', ' ').replace(/\.?0*Z$/, '') + offset(quarters * 15).replace(':00', '');
        expect(timestampFromDatabase(text)).toBe(moment.toISOString());
      }),
    );
  });

  it.each([
    ['2026-01-23 09:30:00+00', '2026-01-23T09:30:00.000Z'],
    ['2026-01-23 09:30:00.1+00', '2026-01-23T09:30:00.100Z'],
    ['2026-01-23 09:30:00.12+00', '2026-01-23T09:30:00.120Z'],
    ['2026-01-23 09:30:00.123+00', '2026-01-23T09:30:00.123Z'],
    ['2026-01-23 09:30:00.123999+00', '2026-01-23T09:30:00.123Z'],
    ['2026-01-23 09:30:00-03', '2026-01-23T12:30:00.000Z'],
    ['2026-01-23 15:15:00.25+05:45', '2026-01-23T09:30:00.250Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(timestampFromDatabase(text)).toBe(moment);
  });
});

function offset(minutes: number): string {
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
}
