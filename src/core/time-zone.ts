import { LRUCache } from 'lru-cache';
import type { CalendarDate } from './calendar-date.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

export type { CalendarDate };

const DAY = 86_400_000;
const MAXIMUM_NAME = 64;
/** Names of the IANA database. Intl also takes offsets such as `+02:00`, which know nothing of summer time. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;
/**
 * Names by which PostgreSQL knows another zone, or none: those that ICU has from before the IANA database, and
 * abbreviations of one offset, which IANA has for zones with summer time. BST is Dhaka to one and London to the other.
 */
const AMBIGUOUS_NAME =
  /^(SystemV\/.*|US\/Pacific-New|Canada\/East-Saskatchewan|A[CE]T|AGT|ART|AST|BET|BST|[CEMW]ET|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|P[LNRS]T|SST|VST)$/i;

/** One holds some kilobytes of ICU's, and making one takes longer than a hundred uses of it. */
const formatters = new LRUCache<string, Intl.DateTimeFormat>({ max: 100 });

/** The name with the upper and lower case of the IANA database, or `undefined` when the runtime knows no such zone. */
export function canonicalTimeZone(text: string): string | undefined {
  if (text.length > MAXIMUM_NAME || !NAME.test(text) || AMBIGUOUS_NAME.test(text)) return undefined;
  try {
    return formatterOf(text).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * The name as its user may know it: with the case of the IANA database, but not the older one that the runtime may have
 * for a zone, such as Asia/Calcutta for Asia/Kolkata. `undefined` when there is no such zone.
 */
export function timeZoneName(text: string): string | undefined {
  const name = canonicalTimeZone(text);
  return name === undefined || name.toLowerCase() === text.toLowerCase() ? name : text;
}

export function isTimeZone(text: string): boolean {
  return canonicalTimeZone(text) !== undefined;
}

/** What calendars on the wall show in the zone at the moment `now`, in milliseconds since the epoch. */
export function localDate(now: number, timeZone: string): CalendarDate {
  return dateOf(localMilliseconds(now, timeZone));
}

/** What clocks on the wall show in the zone, such as `2026-12-24T09:30:00.000`. */
export function wallClock(at: Timestamp | number, timeZone: string): string {
  return new Date(localMilliseconds(new Date(at).getTime(), timeZone)).toISOString().slice(0, -1);
}

/**
 * When clocks on the wall show `wall`: the first time where they show it twice. Where they skip it, the moment follows
 * from the offset before the gap, so that 02:30 becomes 03:30 (RFC 5545, section 3.3.5).
 */
export function momentOf(wall: string, timeZone: string): Timestamp {
  const local = Date.parse(`${wall}Z`);
  return new Date(momentsOf(local, timeZone)[0] ?? local - offsetAt(local - DAY, timeZone)).toISOString();
}

/** The same for a text that may name no day, no hour or none in the years that timestamps have: `undefined` for those. */
export function readWallClock(wall: string, timeZone: string): Timestamp | undefined {
  return parseTimestamp(`${wall}Z`) === undefined ? undefined : parseTimestamp(momentOf(wall, timeZone));
}

/** Whether clocks on the wall show this time for the first time then: where they show it twice, another moment may be meant. */
export function isFirstOfWallClock(at: Timestamp, timeZone: string): boolean {
  return Date.parse(momentOf(wallClock(at, timeZone), timeZone)) === Date.parse(at);
}

/** The first moment of the day, which is not midnight where clocks skip midnight. */
export function startOfDay(date: CalendarDate, timeZone: string): Timestamp {
  const midnight = Date.parse(`${date}T00:00:00.000Z`);
  const [moment] = momentsOf(midnight, timeZone);
  return new Date(moment ?? endOfGap(midnight, timeZone)).toISOString();
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return dateOf(Date.parse(`${date}T00:00:00.000Z`) + days * DAY);
}

/** The moments, first one first, at which the zone's clocks show this time, which is given as if it were UTC. */
function momentsOf(local: number, timeZone: string): number[] {
  // No zone has changed its offset twice within two days, or been further from UTC than a day.
  return [offsetAt(local - DAY, timeZone), offsetAt(local + DAY, timeZone)]
    .map((candidate) => local - candidate)
    .filter((moment) => localMilliseconds(moment, timeZone) === local)
    .sort((left, right) => left - right);
}

/** Clocks skip `local`: the moment from which they show something later, by bisection. */
function endOfGap(local: number, timeZone: string): number {
  let before = local - offsetAt(local + DAY, timeZone);
  let after = local - offsetAt(local - DAY, timeZone);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localMilliseconds(middle, timeZone) < local) before = middle;
    else after = middle;
  }
  return after;
}

/** Milliseconds that the zone's clocks are ahead of UTC. */
export function offsetAt(at: number, timeZone: string): number {
  return localMilliseconds(at, timeZone) - at;
}

/** What the zone's clocks show, as if it were UTC. */
function localMilliseconds(at: number, timeZone: string): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(at)) part[type] = value;
  const local = new Date(0);
  const year = Number(part.year);
  local.setUTCFullYear(part.era === 'BC' ? 1 - year : year, Number(part.month) - 1, Number(part.day));
  local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
  return local.getTime() + (((at % 1000) + 1000) % 1000);
}

function dateOf(local: number): CalendarDate {
  return new Date(local).toISOString().slice(0, -14);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}
