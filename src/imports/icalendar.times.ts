import ICAL from 'ical.js';
import { dayAfter } from '../core/calendar-date.ts';
import { readWallClock } from '../core/time-zone.ts';
import { type Timestamp, timestampOf } from '../core/timestamp.ts';
import type { TodoProperty } from './icalendar.components.ts';
import type { CalendarZones } from './icalendar.zones.ts';

/** A calendar date, or a moment and the zone it was given in. */
export type CalendarTime = { day: string } | { moment: Timestamp; timeZone: string | null };

export interface TimeContext {
  zones: CalendarZones;
  /** of times that name no zone */
  timeZone: string | undefined;
  report: (line: number, message: string, leftOut?: boolean) => void;
}

const DAY = /^(\d{4})(\d{2})(\d{2})$/;
const MOMENT = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)?$/;
const MOST_DAYS = 100_000;

/** @returns `undefined` after reporting why, for what is no time */
export function timeOf(property: TodoProperty | undefined, context: TimeContext): CalendarTime | undefined {
  return property && timeAfter(property, { days: 0, seconds: 0 }, context);
}

/** A start and a duration: its days are those of the calendar, its hours are exact (RFC 5545, section 3.3.6). */
export function endOf(start: TodoProperty, duration: TodoProperty, context: TimeContext): CalendarTime | undefined {
  const length = lengthOf(duration.raw);
  if (length) return timeAfter(start, length, context);
  context.report(duration.line, 'DURATION is none: it is left out');
  return undefined;
}

interface Length {
  days: number;
  seconds: number;
}

function lengthOf(raw: string): Length | undefined {
  if (!/^\+?P[0-9DTHMSW]{2,20}$/.test(raw)) return undefined;
  try {
    const { weeks, days, hours, minutes, seconds } = ICAL.Duration.fromString(raw);
    const length = { days: 7 * weeks + days, seconds: 3600 * hours + 60 * minutes + seconds };
    return length.days + length.seconds / 86_400 <= MOST_DAYS ? length : undefined;
  } catch {
    return undefined;
  }
}

function timeAfter(property: TodoProperty, { days, seconds }: Length, context: TimeContext): CalendarTime | undefined {
  const time = dayOf(property.raw, days) ?? momentAfter(property, days, seconds, context);
  if (!time) context.report(property.line, `${property.name} is no time: it is left out`);
  return time;
}

function dayOf(raw: string, days: number): CalendarTime | undefined {
  const [, year, month, date] = DAY.exec(raw) ?? [];
  const day = dayAfter(`${year}-${month}-${date}`, days);
  return day === undefined ? undefined : { day };
}

function momentAfter(
  property: TodoProperty,
  days: number,
  seconds: number,
  context: TimeContext,
): CalendarTime | undefined {
  const [, year, month, date, hour, minute, second, utc] = MOMENT.exec(property.raw) ?? [];
  const day = dayAfter(`${year}-${month}-${date}`, days);
  if (day === undefined) return undefined;
  // Some seconds are put in to keep clocks with the sun; programs without them show the one before.
  const wall = `${day}T${hour}:${minute}:${second === '60' ? '59' : second}`;
  const { moment, timeZone } = inZone(property, wall, utc !== undefined, context);
  const end = moment === undefined ? undefined : timestampOf(Date.parse(moment) + 1000 * seconds);
  return end === undefined ? undefined : { moment: end, timeZone };
}

function inZone(property: TodoProperty, wall: string, isUtc: boolean, { zones, timeZone, report }: TimeContext) {
  const id = property.value.getFirstParameter('tzid');
  if (isUtc || !id) {
    const zone = isUtc ? undefined : timeZone;
    return { moment: readWallClock(wall, zone ?? 'UTC'), timeZone: zone ?? null };
  }
  const zone = zones.find(id);
  if (zone.isUnknown)
    report(property.line, `${property.name} is in a zone that nobody knows: it is taken for ${timeZone ?? 'UTC'}`);
  else if (zone.timeZone === undefined)
    report(property.line, `${property.name} is in a zone without a name: only its moment is kept`);
  return { moment: zone.momentOf(wall), timeZone: zone.timeZone ?? (zone.isUnknown ? (timeZone ?? null) : null) };
}
