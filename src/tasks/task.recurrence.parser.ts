import { parseTimestamp } from '../core/timestamp.ts';
import { everOccurs } from './task.recurrence.ts';

/** A rule in its canonical form, or why the text is none. */
export type ParsedRecurrence = { rule: string } | { fault: string };

const MAXIMUM_LENGTH = 500;
const MALFORMED = 'must be parts such as FREQ=WEEKLY;BYDAY=MO,TH';
const MAXIMUM_INTERVAL = 999;
const MAXIMUM_COUNT = 9999;
/** Days that every month has. */
const FEWEST_DAYS = 28;
/** Of a set of days of a year, from its beginning or its end. */
const LARGEST_YEARLY = 31;
const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** The parts of RFC 5545, section 3.3.10, that concern days, in canonical order, with their reading of a value. */
const PARTS: Record<string, (value: string) => string | undefined> = {
  FREQ: (value) => (FREQUENCIES.includes(value) ? value : undefined),
  INTERVAL: (value) => number(value, 1, MAXIMUM_INTERVAL)?.toString(),
  BYMONTH: (value) => numbers(value, (month) => number(month, 1, 12)),
  BYWEEKNO: (value) => numbers(value, (week) => signed(week, 53)),
  BYYEARDAY: (value) => numbers(value, (day) => signed(day, 366)),
  BYMONTHDAY: (value) => numbers(value, (day) => signed(day, 31)),
  BYDAY: weekdays,
  BYSETPOS: (value) => numbers(value, (position) => signed(position, 366)),
  WKST: (value) => (WEEKDAYS.includes(value) ? value : undefined),
  COUNT: (value) => number(value, 1, MAXIMUM_COUNT)?.toString(),
  UNTIL: until,
};

const EXPECTED: Record<string, string> = {
  FREQ: 'DAILY, WEEKLY, MONTHLY or YEARLY',
  INTERVAL: `a number from 1 to ${MAXIMUM_INTERVAL}`,
  BYMONTH: 'numbers from 1 to 12',
  BYWEEKNO: 'numbers from 1 to 53 or -53 to -1',
  BYYEARDAY: 'numbers from 1 to 366 or -366 to -1',
  BYMONTHDAY: 'numbers from 1 to 31 or -31 to -1',
  BYDAY: 'weekdays such as MO,TH, all or none of them with a number such as 1MO,-1FR',
  BYSETPOS: 'numbers from 1 to 366 or -366 to -1',
  WKST: 'one of MO, TU, WE, TH, FR, SA and SU',
  COUNT: `a number from 1 to ${MAXIMUM_COUNT}`,
  UNTIL: 'a date such as 20261224, or a moment in UTC such as 20261224T090000Z',
};

/** Reads a recurrence rule: the value of RFC 5545's RRULE, with or without `RRULE:` before it. */
export function parseRecurrence(text: string): ParsedRecurrence {
  if (text.length > MAXIMUM_LENGTH) return { fault: `must have at most ${MAXIMUM_LENGTH} characters` };
  if (!/^[A-Za-z0-9=;:,+-]*$/.test(text)) return { fault: MALFORMED };
  const parts = new Map<string, string>();
  const value = text.toUpperCase().replace(/^RRULE:/, '');
  for (const part of value.split(';')) {
    const [, name = '', written = ''] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (name === '') return { fault: MALFORMED };
    const read = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!read) return { fault: `must not have the part ${name}` };
    if (parts.has(name)) return { fault: `must have ${name} only once` };
    const canonical = read(written);
    if (canonical === undefined) return { fault: `must have as ${name} ${EXPECTED[name]}` };
    parts.set(name, canonical);
  }
  const fault = faultOf(parts);
  if (fault !== undefined) return { fault };
  const rule = Object.keys(PARTS)
    .filter((name) => parts.has(name))
    .map((name) => `${name}=${parts.get(name)}`)
    .join(';');
  return everOccurs(rule) ? { rule } : { fault: 'must occur some day' };
}

/**
 * What parts must not stand together. Beyond what RFC 5545 forbids, this is where the library has been found to answer
 * other days than the RFC has, and what would make it search for long; nobody's calendar writes such rules.
 */
function faultOf(parts: ReadonlyMap<string, string>): string | undefined {
  const frequency = parts.get('FREQ');
  if (frequency === undefined) return 'must have the part FREQ';
  const isYearly = frequency === 'YEARLY';
  const isOften = parts.has('INTERVAL') && parts.get('INTERVAL') !== '1';
  const hasOrdinals = /\d/.test(parts.get('BYDAY') ?? '');
  const largest = largestSet(parts);
  const faults: [boolean, string][] = [
    [parts.has('COUNT') && parts.has('UNTIL'), 'must not have both COUNT and UNTIL'],
    [frequency === 'WEEKLY' && parts.has('BYMONTHDAY'), 'must not have BYMONTHDAY in weekly rules'],
    [
      frequency === 'DAILY' && isOften && parts.has('BYMONTHDAY'),
      'must not have BYMONTHDAY with INTERVAL in daily rules',
    ],
    [!isYearly && parts.has('BYYEARDAY'), 'must have BYYEARDAY in yearly rules only'],
    [!isYearly && parts.has('BYWEEKNO'), 'must have BYWEEKNO in yearly rules only'],
    [isOften && parts.has('BYWEEKNO'), 'must not have both BYWEEKNO and INTERVAL'],
    [
      holds(parts, 'BYYEARDAY', 'BYMONTH', 'BYWEEKNO', 'BYMONTHDAY', 'BYDAY'),
      'must not have BYYEARDAY with other days',
    ],
    [holds(parts, 'BYWEEKNO', 'BYMONTH', 'BYMONTHDAY'), 'must not have BYWEEKNO with BYMONTH or BYMONTHDAY'],
    [hasOrdinals && holds(parts, 'BYDAY', 'BYMONTHDAY', 'BYWEEKNO'), 'must not have numbers in BYDAY with other days'],
    [
      hasOrdinals && !ordinals(parts).every((ordinal) => ordinal <= mostWeekdays(parts)),
      `must not have such numbers in BYDAY: ${mostWeekdays(parts)} is the most here`,
    ],
    [
      parts.has('BYSETPOS') && ![...parts.keys()].some((name) => name.startsWith('BY') && name !== 'BYSETPOS'),
      'must have another part that BYSETPOS picks from',
    ],
    [
      parts.has('BYSETPOS') && !values(parts, 'BYSETPOS').every((position) => Math.abs(Number(position)) <= largest),
      largest === 0 ? 'must not have BYSETPOS in daily rules' : `must have at most ${largest} in BYSETPOS`,
    ],
  ];
  return faults.find(([isFaulty]) => isFaulty)?.[1];
}

function holds(parts: ReadonlyMap<string, string>, name: string, ...others: string[]): boolean {
  return parts.has(name) && others.some((other) => parts.has(other));
}

function values(parts: ReadonlyMap<string, string>, name: string): string[] {
  return parts.get(name)?.split(',') ?? [];
}

function ordinals(parts: ReadonlyMap<string, string>): number[] {
  return values(parts, 'BYDAY').map((day) => Math.abs(Number.parseInt(day, 10)));
}

/** How often each weekday is in a month or every year at least; not at all in what is shorter. */
function mostWeekdays(parts: ReadonlyMap<string, string>): number {
  switch (parts.get('FREQ')) {
    case 'MONTHLY':
      return 5;
    case 'YEARLY':
      return parts.has('BYMONTH') ? 5 : 52;
    default:
      return 0;
  }
}

/**
 * What BYSETPOS may pick at most: a place that sets have, or few enough days to look at where they have not. The library
 * makes every set as a whole, and a hundred rules that pick from large ones in vain kept everybody waiting for 20 seconds.
 * The one day that a daily rule has needs no picking.
 */
function largestSet(parts: ReadonlyMap<string, string>): number {
  const [weekdays, monthDays] = [values(parts, 'BYDAY').length, values(parts, 'BYMONTHDAY').length];
  switch (parts.get('FREQ')) {
    case 'WEEKLY':
      return Math.max(weekdays, 1);
    case 'MONTHLY':
      return Math.min(
        weekdays === 0 ? FEWEST_DAYS : Math.max(weekdays * 4, 5),
        monthDays === 0 ? FEWEST_DAYS : Math.max(monthDays - 3, 5),
        weekdays > 0 && monthDays > 0 ? 5 : FEWEST_DAYS,
      );
    case 'YEARLY':
      return LARGEST_YEARLY;
    default:
      return 0;
  }
}

function number(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

function signed(text: string, most: number): number | undefined {
  const value = number(text.replace(/^[+-]/, ''), 1, most);
  return text.startsWith('-') && value !== undefined ? -value : value;
}

function numbers(text: string, read: (value: string) => number | undefined): string | undefined {
  const all = text.split(',').map(read);
  if (all.includes(undefined)) return undefined;
  return [...new Set(all)].sort((left, right) => Number(left) - Number(right)).join(',');
}

/** All with numbers or all without: a mixture is read wrongly by every library that was tried. */
function weekdays(text: string): string | undefined {
  const days = text.split(',').map((day) => /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(day));
  const keyed = new Map<number, string>();
  for (const day of days) {
    const [, written = '', name = ''] = day ?? [];
    const ordinal = written === '' ? 0 : signed(written, 53);
    const weekday = WEEKDAYS.indexOf(name);
    if (ordinal === undefined || weekday === -1) return undefined;
    keyed.set(ordinal * WEEKDAYS.length + weekday, `${ordinal === 0 ? '' : ordinal}${name}`);
  }
  const hasOrdinals = days.filter((day) => day?.[1] !== undefined).length;
  if (hasOrdinals !== 0 && hasOrdinals !== days.length) return undefined;
  return [...keyed.entries()]
    .sort(([left], [right]) => left - right)
    .map(([, day]) => day)
    .join(',');
}

function until(text: string): string | undefined {
  const [, year, month, day, , hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d{2})(\d{2})(T(\d{2})(\d{2})(\d{2})Z)?$/.exec(text) ?? [];
  return parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) === undefined ? undefined : text;
}
