import ICAL from 'ical.js';
import { readWallClock, timeZoneName } from '../core/time-zone.ts';
import { type Timestamp, timestampOf } from '../core/timestamp.ts';
import { timeZoneOfWindows } from './windows-zones.ts';

/** What a TZID stands for. */
export interface CalendarZone {
  /** IANA name; `undefined` for a zone that only the file describes, or that nobody knows */
  timeZone: string | undefined;
  /** whether neither knows it */
  isUnknown: boolean;
  /** of a local date and time without a zone, such as `2026-12-24T15:00:00` */
  momentOf(wall: string): Timestamp | undefined;
}

export interface CalendarZones {
  /** Takes the lines of a VTIMEZONE. */
  add(lines: readonly string[]): void;
  find(id: string): CalendarZone;
}

/** Zones that only a file describes. Reading one takes milliseconds: how many were read is counted over all of its calendars. */
export interface CustomZones {
  count: number;
}

/** Nobody has that many of their own. */
const MOST_CUSTOM_ZONES = 10;
const MOST_OBSERVANCES = 100;
const MOST_LINES = 1000;
/** Every change of the clocks up to here is worked out at once: the library forgets none when it is asked to go on, and adds all again. */
const LAST_YEAR = 2100;
/** Windows begins in 1601. */
const MOST_CHANGES = 3000;
const LOCATION = /^(?:X-LIC-LOCATION|TZID-ALIAS-OF)[;:](?:[^:]*:)?(.+)$/i;
const TZID = /^TZID(?:;[^:]*)?:(.+)$/i;
const WEEKDAY_OF_MONTH = /^(?:-1|[1-4])(?:SU|MO|TU|WE|TH|FR|SA)$/;

/**
 * The zones of a calendar. Most programs name IANA zones, some with a prefix of their own, and Outlook those of Windows;
 * else what the VTIMEZONE says counts. Times in zones that nobody knows are as those that name none.
 */
export function createZones(fallback: string, custom: CustomZones): CalendarZones {
  const described = new Map<string, readonly string[]>();
  const known = new Map<string, CalendarZone>();

  function zoneOf(id: string): CalendarZone {
    const lines = described.get(id);
    const location = lines?.map((line) => LOCATION.exec(line)?.[1]).find((text) => text !== undefined);
    const timeZone = ianaName(id) ?? (location === undefined ? undefined : ianaName(location));
    if (timeZone !== undefined)
      return { timeZone, isUnknown: false, momentOf: (wall) => readWallClock(wall, timeZone) };
    if (lines) custom.count += 1;
    const zone = lines && custom.count <= MOST_CUSTOM_ZONES ? describedZone(lines) : undefined;
    if (!zone) return { timeZone: undefined, isUnknown: true, momentOf: (wall) => readWallClock(wall, fallback) };
    return { timeZone: undefined, isUnknown: false, momentOf: (wall) => momentIn(zone, wall) };
  }

  return {
    add(lines) {
      const id = lines.map((line) => TZID.exec(line)?.[1]).find((text) => text !== undefined);
      if (id !== undefined && lines.length <= MOST_LINES) described.set(id.replace(/\\(.)/g, '$1').trim(), lines);
    },
    find(id) {
      const zone = known.get(id) ?? zoneOf(id);
      known.set(id, zone);
      return zone;
    },
  };
}

/** Also of names like `/mozilla.org/20070129_1/Europe/Berlin`. */
function ianaName(id: string): string | undefined {
  const parts = id.trim().split('/');
  const endings = [parts.length, 3, 2].filter((length) => length <= parts.length);
  const names = endings.map((length) => timeZoneName(parts.slice(-length).join('/')));
  return names.find((name) => name !== undefined) ?? timeZoneOfWindows(id.trim());
}

function describedZone(lines: readonly string[]): ICAL.Timezone | undefined {
  try {
    const component = new ICAL.Component(ICAL.parse(lines.join('\r\n')));
    if (!isPlain(component)) return undefined;
    const zone = new ICAL.Timezone({ component });
    momentIn(zone, `${LAST_YEAR}-01-01T00:00:00`);
    return zone;
  } catch {
    return undefined;
  }
}

/**
 * Whether summer time begins and ends as it does anywhere, on some Sunday of a month each year: other rules could be made
 * to take forever.
 */
function isPlain(component: ICAL.Component): boolean {
  const observances = component.getAllSubcomponents();
  const dates = observances.flatMap((observance) => observance.getAllProperties('rdate'));
  const rules = observances.flatMap((observance) => observance.getAllProperties('rrule'));
  return (
    observances.length > 0 &&
    observances.length + dates.length <= MOST_OBSERVANCES &&
    observances.every((observance) =>
      ['dtstart', 'tzoffsetfrom', 'tzoffsetto'].every((name) => observance.hasProperty(name)),
    ) &&
    observances.every((observance) => observance.getAllProperties('rrule').length <= 1) &&
    rules.every((rule) => isYearly(rule.toJSON()[3])) &&
    observances.reduce((sum, observance) => sum + changesOf(observance), 0) <= MOST_CHANGES
  );
}

function changesOf(observance: ICAL.Component): number {
  const start = observance.getFirstPropertyValue('dtstart');
  const year = start instanceof ICAL.Time ? start.year : 0;
  return observance.hasProperty('rrule') ? Math.max(LAST_YEAR - year, 1) : 1;
}

function isYearly(rule: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return false;
  const { freq, bymonth, byday, wkst, until, ...others } = rule as Record<string, unknown>;
  if (freq !== 'YEARLY' || Object.keys(others).length > 0) return false;
  return typeof bymonth === 'number' && bymonth >= 1 && bymonth <= 12 && WEEKDAY_OF_MONTH.test(String(byday));
}

function momentIn(zone: ICAL.Timezone, wall: string): Timestamp | undefined {
  if (readWallClock(wall, 'UTC') === undefined || Number(wall.slice(0, 4)) > LAST_YEAR) return undefined;
  const time = ICAL.Time.fromDateTimeString(wall);
  time.zone = zone;
  return timestampOf(time.toUnixTime() * 1000);
}
