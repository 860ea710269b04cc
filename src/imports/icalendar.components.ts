import ICAL from 'ical.js';
import { type ContentLine, contentLines } from './icalendar.lines.ts';
import type { Lines } from './imported-task.ts';

/** A VTODO with those of its properties that tasks are made of, in their order. */
export interface TodoComponent {
  line: number;
  properties: TodoProperty[];
}

export interface TodoProperty {
  line: number;
  name: string;
  /** as ical.js has understood it */
  value: ICAL.Property;
  /** what is after the colon, as it stands there */
  raw: string;
}

export interface ComponentHandler {
  todo(todo: TodoComponent): void;
  /** The lines of a VTIMEZONE, with BEGIN and END. */
  timeZone(lines: string[]): void;
  calendarName(name: string): void;
  /** A VCALENDAR has ended: its zones and its name can stand after its tasks. */
  endOfCalendar(): void;
  fault(line: number, message: string, leftOut?: boolean): void;
  /** Whether reading ends before the VTODO of this line. */
  isFull(line: number): boolean;
}

const SINGLE = [
  ...['UID', 'SUMMARY', 'DESCRIPTION', 'DUE', 'DTSTART', 'DURATION', 'PRIORITY', 'STATUS', 'COMPLETED'],
  ...[
    'PERCENT-COMPLETE',
    'RRULE',
    'CREATED',
    'RECURRENCE-ID',
    'X-PREMIUM-TODO-LIST',
    'X-PREMIUM-TODO-RECURRENCE-BASIS',
  ],
];
const KNOWN = new Set([...SINGLE, 'CATEGORIES', 'RELATED-TO']);
const CALENDAR_NAMES = new Set(['X-WR-CALNAME', 'NAME']);
/** With the word before it: faults repeat the name. */
const LONGEST_NAME = 64;
const DEEPEST = 8;
const MOST_PROPERTIES = 200;
const MOST_PARAMETERS = 50;
/** Of what is left out of a zone nothing counts. */
const LONGEST_ZONE_LINE = 200;
const MOST_ZONE_LINES = 2000;

/** Walks through the components of an iCalendar file (RFC 5545, section 3.6) and hands out each when it has ended. */
export async function readComponents(lines: Lines, handler: ComponentHandler): Promise<void> {
  const path: { name: string; line: number }[] = [];
  let todo: TodoComponent | undefined;
  let zone: string[] | undefined;
  let isCalendar = false;

  /** @returns whether to go on */
  function begin({ line, text }: ContentLine, name: string): boolean {
    if (path.length >= DEEPEST) {
      handler.fault(line, 'is too deep inside of others: the rest of the file was not read', true);
      return false;
    }
    if (name === 'VTODO' && handler.isFull(line)) return false;
    path.push({ name, line });
    if (name === 'VCALENDAR') isCalendar = true;
    if (name === 'VTODO') todo = { line, properties: [] };
    if (name === 'VTIMEZONE') zone = [];
    zone?.push(text ?? '');
    return true;
  }

  function end({ line, text }: ContentLine, name: string): void {
    if (path.at(-1)?.name !== name) {
      handler.fault(line, `ends no ${name}`);
      return;
    }
    path.pop();
    zone?.push(text ?? '');
    if (name === 'VTODO' && todo) handler.todo(todo);
    if (name === 'VTIMEZONE' && zone) handler.timeZone(zone);
    if (name === 'VCALENDAR') handler.endOfCalendar();
    if (name === 'VTODO') todo = undefined;
    if (name === 'VTIMEZONE') zone = undefined;
  }

  function property(content: ContentLine): void {
    const where = path.at(-1)?.name;
    if (zone) {
      if (zone.length < MOST_ZONE_LINES && content.text !== undefined && content.text.length <= LONGEST_ZONE_LINE) {
        zone.push(content.text);
      }
    } else if (where === 'VTODO' && todo && KNOWN.has(content.name)) {
      if (todo.properties.length >= MOST_PROPERTIES) return;
      const read = propertyOf(content, handler.fault);
      if (read) todo.properties.push(read);
    } else if (where === 'VCALENDAR' && CALENDAR_NAMES.has(content.name)) {
      const read = propertyOf(content, handler.fault);
      if (read) handler.calendarName(String(read.value.getFirstValue()));
    }
  }

  for await (const content of contentLines(lines)) {
    const component = (content.text ?? '')
      .slice(content.name.length + 1, LONGEST_NAME)
      .trim()
      .toUpperCase();
    if (content.name === 'BEGIN') {
      if (!begin(content, component)) return;
    } else if (content.name === 'END') end(content, component);
    else property(content);
  }
  if (!isCalendar) handler.fault(1, 'begins no VCALENDAR', true);
  for (const { name, line } of path) handler.fault(line, `begins a ${name} that nothing ends`, name === 'VTODO');
  if (path.length > 0) handler.endOfCalendar();
}

function propertyOf({ line, name, text }: ContentLine, report: ComponentHandler['fault']): TodoProperty | undefined {
  const colon = text === undefined ? -1 : valueStart(text);
  if (text === undefined || colon === -1) {
    report(line, `${name} ${text === undefined ? 'is too long' : 'has no value'}: it is left out`);
    return undefined;
  }
  try {
    const value = ICAL.Property.fromString(text);
    // The parser takes only texts that it knows of as such, and leaves the escapes in others.
    const isText = value.type !== 'unknown';
    return {
      line,
      name,
      value: isText ? value : ICAL.Property.fromString(`${name};VALUE=TEXT${text.slice(name.length)}`),
      raw: text.slice(colon + 1).trim(),
    };
  } catch {
    report(line, `${name} cannot be read: it is left out`);
    return undefined;
  }
}

/** Of the colon before the value; -1 when there is none, or so many parameters that reading them would take long. */
function valueStart(text: string): number {
  let isQuoted = false;
  let parameters = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === ':') return index;
    else if (character === ';' || character === '=') parameters += 1;
    if (parameters > 2 * MOST_PARAMETERS) return -1;
  }
  return -1;
}
