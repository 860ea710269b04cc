import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isCalendarDate } from './calendar-date.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

function parse(value: unknown): Timestamp {
  const timestamp = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (timestamp === undefined) {
    throw new GraphQLError('DateTime must be RFC 3339 text with an offset, such as "2026-01-23T09:30:00Z"');
  }
  return timestamp;
}

/** Inside the server a moment is its ISO 8601 text already, so that serialising costs nothing. */
export const DateTime = new GraphQLScalarType<Timestamp, string>({
  name: 'DateTime',
  description: 'A moment as RFC 3339 text; answers are in UTC with milliseconds, such as `2026-01-23T09:30:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => String(value),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDate(value: unknown): string {
  if (typeof value === 'string' && isCalendarDate(value)) return value;
  throw new GraphQLError('Date must be a day of the calendar, such as "2026-12-24"');
}

export const CalendarDate = new GraphQLScalarType<string, string>({
  name: 'Date',
  description: 'A day of the calendar in no time zone, such as `2026-12-24`: the full-date of RFC 3339.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => String(value),
  parseValue: parseDate,
  parseLiteral: (node) => parseDate(node.kind === Kind.STRING ? node.value : undefined),
});
