import { offsetAt } from '../core/time-zone.ts';

const DAY = 86_400_000;
const YEAR = 366 * DAY;
/** Tasks repeat for years after the last one. */
const YEARS_AFTER = 5;
/** The last ones: each takes as long as many tasks. */
const MOST_YEARS = 15;
/** Before, there were no zones. */
const EARLIEST = Date.UTC(1900, 0, 1);

/** Collects the zones of a calendar with the span of time that each is needed for. */
export function createZoneSpans() {
  const spans = new Map<string, { first: number; last: number }>();
  return {
    add(timeZone: string, moment: string): void {
      const time = Date.parse(moment);
      const { first, last } = spans.get(timeZone) ?? { first: time, last: time };
      spans.set(timeZone, { first: Math.min(first, time), last: Math.max(last, time) });
    },
    *lines(): Generator<string> {
      for (const [timeZone, { first, last }] of spans) {
        const end = last + YEARS_AFTER * YEAR;
        yield* zoneLines(timeZone, Math.max(first - YEAR, end - MOST_YEARS * YEAR, EARLIEST), end);
      }
    },
  };
}

interface Change {
  time: number;
  from: number;
  to: number;
}

/**
 * A VTIMEZONE, which a calendar must have for each TZID (RFC 5545, section 3.2.19), with each change of the clocks in so
 * many years. Most programs know the zone by its name anyway.
 */
function* zoneLines(timeZone: string, first: number, last: number): Generator<string> {
  const changes = changesBetween(timeZone, first, last);
  const start = changes[0]?.from ?? offsetAt(first, timeZone);
  const kinds = new Map<string, Change[]>();
  for (const change of [{ time: first, from: start, to: start }, ...changes]) {
    const kind = `${change.from} ${change.to}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), change]);
  }
  yield 'BEGIN:VTIMEZONE';
  yield `TZID:${timeZone}`;
  for (const onsets of kinds.values()) {
    const [onset] = onsets;
    if (!onset) continue;
    const kind = onset.to > onset.from ? 'DAYLIGHT' : 'STANDARD';
    yield `BEGIN:${kind}`;
    yield `DTSTART:${localTime(onset)}`;
    yield `TZOFFSETFROM:${offsetText(onset.from)}`;
    yield `TZOFFSETTO:${offsetText(onset.to)}`;
    // Some programs overlook the start when there are other dates.
    if (onsets.length > 1) yield* onsets.map((one) => `RDATE:${localTime(one)}`);
    yield `END:${kind}`;
  }
  yield 'END:VTIMEZONE';
}

function changesBetween(timeZone: string, first: number, last: number): Change[] {
  const changes: Change[] = [];
  let before = first;
  let from = offsetAt(first, timeZone);
  while (before < last) {
    const after = before + 7 * DAY;
    const to = offsetAt(after, timeZone);
    if (to !== from) changes.push({ time: onsetBetween(timeZone, before, after), from, to });
    [before, from] = [after, to];
  }
  return changes;
}

/** The second in which clocks are changed. */
function onsetBetween(timeZone: string, before: number, after: number): number {
  const to = offsetAt(after, timeZone);
  let [low, high] = [Math.floor(before / 1000), Math.floor(after / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000, timeZone) === to) high = middle;
    else low = middle;
  }
  return high * 1000;
}

/** What clocks would show had they not been changed. */
function localTime({ time, from }: Change): string {
  return new Date(time + from).toISOString().slice(0, 19).replace(/[-:]/g, '');
}

function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1000;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = parts.map((part) => String(part).padStart(2, '0')).join('');
  return `${offset < 0 ? '-' : '+'}${seconds % 60 === 0 ? text.slice(0, 4) : text}`;
}
