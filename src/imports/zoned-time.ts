import { parseTimestamp, type Timestamp } from '../core/timestamp.ts';

/** Local date and time without a zone, such as `2026-12-24T15:00:00`. */
export type WallTime = string;

const NAME = /^[A-Za-z][\w+/-]{1,63}$/;
const DAY = 86_400_000;
/** There are about six hundred zones; a file could name more, and each in any case. */
const MAXIMUM_KNOWN = 1000;
/** Making a format takes longer than all else of a task. */
const formats = new Map<string, Intl.DateTimeFormat>();
const names = new Map<string, string | undefined>();

/** The IANA name as it is usually written, or `undefined` when there is no such zone. Offsets are no names. */
export function timeZoneName(text: string): string | undefined {
  if (!NAME.test(text)) return undefined;
  return names.has(text) ? names.get(text) : remember(names, text, usualName(text));
}

function usualName(text: string): string | undefined {
  try {
    // The runtime's own name can be an older one: Asia/Calcutta for Asia/Kolkata.
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions();
    return timeZone.toLowerCase() === text.toLowerCase() ? timeZone : text;
  } catch {
    return undefined;
  }
}

function remember<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  if (known.size >= MAXIMUM_KNOWN) known.clear();
  known.set(key, value);
  return value;
}

/**
 * The moment at which clocks of a zone show this time. When they show it twice it is the first, and when they skip it they
 * are taken not to have been changed yet (RFC 5545, section 3.3.5). `undefined` when no calendar has that day or hour.
 */
export function momentOf(wall: WallTime, timeZone: string): Timestamp | undefined {
  const shown = parseTimestamp(`${wall}Z`);
  if (shown === undefined) return undefined;
  const local = Date.parse(shown);
  const offsets = [offsetAt(local - DAY, timeZone), offsetAt(local + DAY, timeZone)] as const;
  const moments = offsets.map((offset) => local - offset).filter((time) => time + offsetAt(time, timeZone) === local);
  return timestampOf(moments.length > 0 ? Math.min(...moments) : local - offsets[0]);
}

/** `undefined` outside of the years that timestamps have. */
export function timestampOf(milliseconds: number): Timestamp | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : parseTimestamp(date.toISOString());
}

/** A day so many days later, or `undefined` when it is none or too far away. */
export function dayAfter(date: string, days: number): string | undefined {
  const start = parseTimestamp(`${date}T00:00:00Z`);
  return start === undefined ? undefined : timestampOf(Date.parse(start) + days * DAY)?.slice(0, 10);
}

/** Milliseconds that clocks are ahead of UTC. */
function offsetAt(time: number, timeZone: string): number {
  const whole = Math.floor(time / 1000) * 1000;
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shown = new Date(0);
  shown.setUTCFullYear(year, month - 1, day);
  shown.setUTCHours(hour, minute, second);
  return shown.getTime() - whole;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { ...numeric, second: 'numeric', hourCycle: 'h23', timeZone });
  return remember(formats, timeZone, format);
}
