import { isFirstOfWallClock, wallClock } from '../core/time-zone.ts';
import { descriptionOf, type ExportedTaskLike, type ExportedTasks } from './exported-task.ts';
import { createZoneSpans } from './icalendar.zones.ts';

export interface ICalendarWriting {
  /** when the file is made */
  now: Date;
  /** of the calendar: the list that all tasks without one of their own are in when it is read */
  name?: string | undefined;
}

const LONGEST_LINE = 75;
const PRIORITIES = { NONE: 0, URGENT: 1, HIGH: 3, MEDIUM: 5, LOW: 9 };

/**
 * A calendar of tasks (RFC 5545), in the order in which they come and none of them held. Lists and what repetitions count
 * from have properties of their own, which other programs leave alone. Fractions of seconds are lost.
 */
export async function* writeICalendar(tasks: ExportedTasks, { now, name }: ICalendarWriting): AsyncGenerator<string> {
  const zones = createZoneSpans();
  const opening = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Premium Todo//Premium Todo//EN', 'CALSCALE:GREGORIAN'];
  if (name !== undefined) opening.push(`X-WR-CALNAME:${escaped(name)}`);
  yield opening.map(folded).join('');
  for await (const task of tasks) {
    const due = dueOf(task);
    if (due.timeZone !== null && task.dueAt !== null) zones.add(due.timeZone, task.dueAt);
    const description = await descriptionOf(task);
    yield [...todoLines({ ...task, description }, due.value, now, name)].map(folded).join('');
  }
  for (const line of zones.lines()) yield folded(line);
  yield folded('END:VCALENDAR');
}

type Described = ExportedTaskLike & { description: string };

function* todoLines(task: Described, due: string, now: Date, name: string | undefined): Generator<string> {
  yield 'BEGIN:VTODO';
  yield `UID:${escaped(task.key)}`;
  yield `DTSTAMP:${utc(now)}`;
  if (task.createdAt) yield `CREATED:${utc(task.createdAt)}`;
  yield `SUMMARY:${escaped(task.title)}`;
  if (task.description) yield `DESCRIPTION:${escaped(task.description)}`;
  yield `PRIORITY:${PRIORITIES[task.priority]}`;
  yield* completionLines(task);
  if (task.recurrence !== null && due !== '') {
    // A rule needs a start (section 3.6.2), and the due date may be the same.
    yield `DTSTART${due}`;
    yield `RRULE:${task.recurrence}`;
    if (task.recurrenceBasis !== 'DUE') yield `X-PREMIUM-TODO-RECURRENCE-BASIS:${task.recurrenceBasis}`;
  }
  if (due !== '') yield `DUE${due}`;
  if (task.tags.length > 0) yield `CATEGORIES:${task.tags.map(escaped).join(',')}`;
  if (task.parentKey !== null) yield `RELATED-TO;RELTYPE=PARENT:${escaped(task.parentKey)}`;
  if (task.list !== null && task.list !== name) yield `X-PREMIUM-TODO-LIST;VALUE=TEXT:${escaped(task.list)}`;
  yield 'END:VTODO';
}

function* completionLines({ completed, completedAt }: ExportedTaskLike): Generator<string> {
  yield `STATUS:${completed ? 'COMPLETED' : 'NEEDS-ACTION'}`;
  if (!completed) return;
  if (completedAt) yield `COMPLETED:${utc(completedAt)}`;
  yield 'PERCENT-COMPLETE:100';
}

/** With its parameters; empty for a task that is not due. A time on the wall where that is the moment, else in UTC. */
function dueOf({ dueDate, dueAt, dueTimeZone }: ExportedTaskLike): { value: string; timeZone: string | null } {
  if (dueDate !== null) return { value: `;VALUE=DATE:${dueDate.replaceAll('-', '')}`, timeZone: null };
  if (dueAt === null) return { value: '', timeZone: null };
  if (dueTimeZone === null || !isFirstOfWallClock(dueAt, dueTimeZone)) {
    return { value: `:${utc(new Date(dueAt))}`, timeZone: null };
  }
  return {
    value: `;TZID=${dueTimeZone}:${compact(wallClock(dueAt, dueTimeZone).slice(0, 19))}`,
    timeZone: dueTimeZone,
  };
}

function utc(moment: Date): string {
  return `${compact(moment.toISOString().slice(0, 19))}Z`;
}

function compact(time: string): string {
  return time.replace(/[-:]/g, '');
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replaceAll('\n', '\\n');
}

/** In pieces of at most 75 octets (section 3.1), none of which cuts a character in two. */
function folded(line: string): string {
  let text = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LONGEST_LINE) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return `${text}\r\n`;
}
