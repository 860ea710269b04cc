/** A moment as every API shows it: ISO 8601 in UTC with milliseconds, such as `2026-01-23T09:30:00.000Z`. */
export type Timestamp = string;

/** Of the years 1 to 9999: PostgreSQL has no year 0. */
export const TIMESTAMP_PATTERN = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** RFC 3339 date-time: a full date, a time with seconds, and an offset. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** The timestamp of RFC 3339 text, or `undefined` when it is none or names no real moment (February 30, hour 25). */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || !namesRealDay(text)) return undefined;
  const timestamp = new Date(milliseconds).toISOString();
  // PostgreSQL has no year 0, which is 1 BC.
  return TIMESTAMP_PATTERN.test(timestamp) && !timestamp.startsWith('0000') ? timestamp : undefined;
}

/** `undefined` outside of the years that timestamps have. */
export function timestampOf(milliseconds: number): Timestamp | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : parseTimestamp(date.toISOString());
}

/** `Date.parse` lets February 30 roll over into March. */
function namesRealDay(text: string): boolean {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text.slice(0, 10));
}

/**
 * The timestamp of PostgreSQL's text form of `timestamptz`. The usual case, a session in UTC, is cut from the text:
 * twenty rows hold forty timestamps, and making `Date` objects of them was a tenth of a list's CPU time.
 */
export function timestampFromDatabase(text: string): Timestamp {
  if (!text.endsWith('+00') || text.charAt(10) !== ' ') return new Date(text).toISOString();
  const fraction = text.slice(20, -3).slice(0, 3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, '0')}Z`;
}
