import { v7 as uuidv7 } from 'uuid';
import type { SecurityEvent } from '../core/security-events.ts';
import { addressGroup } from '../http/client-address.ts';
import type { StoredEvent } from './audit.event.ts';

/** milliseconds in which equal events are summed up */
const SPAN = 60_000;
/** Refusals are told apart by who and where, up to so many at a time: without a known user, and with one. */
const MAXIMUM_SPANS = 5000;

interface Span {
  readonly end: number;
  /** of the last of the repetitions, milliseconds */
  last: number;
  repeats: StoredEvent | undefined;
}

/**
 * Keeps a flood from becoming a flood of rows: the first of equal events is taken as it comes, and those that follow
 * within a minute become one more. Whoever is refused from addresses without number is no longer told apart by them
 * beyond a bound, which is counted apart for known users, so that nobody can drown what happens to these. What succeeds
 * needs no bound: it cost a password or a signed token.
 */
export class EventSummary {
  readonly #spans = {
    succeeded: new Map<string, Span>(),
    known: new Map<string, Span>(),
    anonymous: new Map<string, Span>(),
  };

  /** The event to store now, or `undefined` when it was added to others that will come from {@link ended}. */
  take(event: SecurityEvent, now: number): StoredEvent | undefined {
    const spans = this.#spans[groupOf(event)];
    const key = keyOf(event);
    const span = spans.get(key);
    if (span) {
      repeat(span, event, now);
      return undefined;
    }
    const isCrowded = event.outcome === 'REFUSED' && spans.size >= MAXIMUM_SPANS && !isAnybody(event);
    if (isCrowded) return this.take({ ...event, userId: null, origin: undefined }, now);
    spans.set(key, { end: now + SPAN, last: now, repeats: undefined });
    return toStored(event, now);
  }

  /** Ends the spans that are over, all of them with `Infinity`, and answers what was summed up in them. */
  ended(now: number): StoredEvent[] {
    const ended: StoredEvent[] = [];
    for (const spans of Object.values(this.#spans)) {
      // They stand in the order of their ends; a clock that was set back leaves some a little longer.
      for (const [key, { end, last, repeats }] of spans) {
        if (end > now) break;
        spans.delete(key);
        if (repeats) ended.push({ ...repeats, lastAt: new Date(last).toISOString() });
      }
    }
    return ended;
  }

  /** When the next span ends that has something to store; `undefined` when none has. */
  nextEnd(): number | undefined {
    let next: number | undefined;
    for (const spans of Object.values(this.#spans)) {
      for (const { end, repeats } of spans.values()) {
        if (repeats === undefined) continue;
        next = Math.min(next ?? end, end);
        break;
      }
    }
    return next;
  }
}

export function toStored({ event, outcome, userId, detail, origin }: SecurityEvent, now: number): StoredEvent {
  const moment = new Date(now).toISOString();
  return {
    id: uuidv7(),
    userId,
    event,
    outcome,
    detail: detail ?? null,
    address: origin?.address ?? null,
    requestId: origin?.requestId ?? null,
    occurrences: 1,
    occurredAt: moment,
    lastAt: moment,
  };
}

function groupOf({ outcome, userId }: SecurityEvent): 'succeeded' | 'known' | 'anonymous' {
  if (outcome === 'SUCCEEDED') return 'succeeded';
  return userId === null ? 'anonymous' : 'known';
}

/** Only counts after the first, since this is what a flood does. */
function repeat(span: Span, event: SecurityEvent, now: number): void {
  if (span.repeats) span.repeats.occurrences += 1;
  else span.repeats = toStored(event, now);
  if (now > span.last) span.last = now;
}

/** Whether it is one of those that stand for all who are no longer told apart. */
function isAnybody({ userId, origin }: SecurityEvent): boolean {
  return userId === null && origin === undefined;
}

function keyOf({ event, outcome, userId, detail, origin }: SecurityEvent): string {
  return `${event} ${outcome} ${detail} ${origin === undefined ? '' : addressGroup(origin.address)} ${userId}`;
}
