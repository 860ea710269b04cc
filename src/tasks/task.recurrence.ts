import { RRuleTemporal } from 'rrule-temporal';
import { type CalendarDate, localDate, momentOf, wallClock } from '../core/time-zone.ts';
import { TIMESTAMP_PATTERN, type Timestamp } from '../core/timestamp.ts';

/** When a task is due: on a day, or at a moment in a zone of which `null` stands for UTC. */
export type Due = { date: CalendarDate } | { at: Timestamp; timeZone: string | null };

/** From what the next occurrence is counted: from the last due, or from the day of completion. */
export type RecurrenceBasis = 'DUE' | 'COMPLETION';

export interface Recurrence {
  /** as `parseRecurrence` answers it */
  rule: string;
  due: Due;
  basis: RecurrenceBasis;
  /** milliseconds since the epoch */
  completedAt: number;
  /** the user's, in which the day of completion is told for tasks that are due on a day */
  timeZone: string;
}

export interface Occurrence {
  due: Due;
  /** with one less to COUNT, where the rule counts */
  rule: string;
}

/**
 * Days, weeks, months or years that are looked at, which is also the bound of the work: 400 years bring all that the
 * calendar has, and of the other rules none that occurs at all has been found to take as long.
 */
const PERIODS: Record<string, number> = { DAILY: 2000, WEEKLY: 1500, MONTHLY: 1500, YEARLY: 400 };

/** What is due after `due`, or `undefined` when the rule is exhausted or would be so beyond the year 9999. */
export function nextOccurrence({ rule, due, basis, completedAt, timeZone }: Recurrence): Occurrence | undefined {
  const count = Number(partOf(rule, 'COUNT') ?? Number.POSITIVE_INFINITY);
  if (count <= 1) return undefined;
  const zone = 'at' in due ? (due.timeZone ?? 'UTC') : timeZone;
  const dueDay = 'at' in due ? localDate(Date.parse(due.at), zone) : due.date;
  const fromCompletion = basis === 'DUE' ? dueDay : dayAfter(rule, localDate(completedAt, zone));
  // What was done before its day is not due on that day again.
  const day = fromCompletion === dueDay ? dayAfter(rule, dueDay) : fromCompletion;
  if (day === undefined) return undefined;
  const at = 'at' in due ? momentOf(day + wallClock(due.at, zone).slice(-13), zone) : undefined;
  if (isOver(partOf(rule, 'UNTIL'), day, at)) return undefined;
  return {
    due: 'at' in due && at !== undefined ? { ...due, at } : { date: day },
    rule: rule.replace(/\bCOUNT=\d+/, `COUNT=${count - 1}`),
  };
}

/**
 * Whether the rule has any day from some start on. Years come in 14 kinds, by the length of February and the first
 * weekday, and each of them is among the 28 years from 2000.
 */
export function everOccurs(rule: string): boolean {
  // Each month has whole weeks, and `parseRecurrence` lets nothing be picked beyond the days of one.
  if (partOf(rule, 'FREQ') === 'WEEKLY') return true;
  const first = '2000-01-01';
  return dayAfter(rule.replace(/;INTERVAL=\d+/, ''), first, '20280101') !== undefined;
}

/**
 * The first day after `start` of the rule that starts there. Days only, as if in UTC: the RFC ignores occurrences at
 * times that clocks skip (section 3.3.10), but nobody wants the task of that day to be lost. The library is
 * rrule-temporal, since it stops after a given number of periods: `rrule` took 8 seconds, and ical.js no end, on days
 * that never come; and where it differs from the RFC is refused by `parseRecurrence`.
 */
function dayAfter(rule: string, start: CalendarDate, end = '99991231'): CalendarDate | undefined {
  if (!/^\d{4}-/.test(start)) return undefined;
  const pattern = sparse(rule.replace(/;(COUNT|UNTIL)=[^;]*/, ''));
  const recurrence = new RRuleTemporal({
    rruleString: `DTSTART:${start.replaceAll('-', '')}T000000Z\nRRULE:${pattern};UNTIL=${end}T000000Z`,
    maxIterations: PERIODS[partOf(pattern, 'FREQ') ?? ''] ?? 0,
    cache: false,
  });
  try {
    return recurrence
      .next(new Date(`${start}T00:00:00Z`))
      ?.toString()
      .slice(0, 10);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Maximum iterations')) return undefined;
    throw error;
  }
}

/** Months have the same days as a daily rule that names days of the month, and are thirty times fewer to look at. */
function sparse(rule: string): string {
  return rule.startsWith('FREQ=DAILY') && /;BYMONTHDAY=/.test(rule)
    ? rule.replace('FREQ=DAILY', 'FREQ=MONTHLY').replace(';INTERVAL=1', '')
    : rule;
}

/** UNTIL is the last day or moment that may be; where it is no moment it is a day in the zone of the task. */
function isOver(until: string | undefined, day: CalendarDate, at: Timestamp | undefined): boolean {
  if (at !== undefined && !TIMESTAMP_PATTERN.test(at)) return true;
  if (until === undefined) return false;
  const written = until.replace(/^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z)?$/, '$1-$2-$3T$4:$5:$6.000Z');
  return at !== undefined && until.includes('T') ? at > written : day > written.slice(0, 10);
}

function partOf(rule: string, name: string): string | undefined {
  return new RegExp(`(?:^|;)${name}=([^;]*)`).exec(rule)?.[1];
}
