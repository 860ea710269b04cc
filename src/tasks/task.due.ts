import type { CalendarDate } from '../core/calendar-date.ts';
import { addDays, localDate, startOfDay } from '../core/time-zone.ts';
import type { Timestamp } from '../core/timestamp.ts';

/** Spans of days that people ask for by name. What is overdue is open still. */
export const DUE_WINDOWS = ['OVERDUE', 'TODAY', 'NEXT_7_DAYS'] as const;
export type DueWindow = (typeof DUE_WINDOWS)[number];

/** A window at one moment in one zone: dates are compared with days, moments with moments. Without a beginning, open tasks only. */
export interface DueSpan {
  fromDate: CalendarDate | undefined;
  /** not included */
  toDate: CalendarDate;
  from: Timestamp | undefined;
  /** not included */
  to: Timestamp;
}

/** What a window means at the moment `now` (milliseconds) for somebody in this zone. */
export function dueSpan(window: DueWindow, now: number, timeZone: string): DueSpan {
  const today = localDate(now, timeZone);
  if (window === 'OVERDUE') {
    return { fromDate: undefined, toDate: today, from: undefined, to: new Date(now).toISOString() };
  }
  const end = addDays(today, window === 'TODAY' ? 1 : 7);
  return { fromDate: today, toDate: end, from: startOfDay(today, timeZone), to: startOfDay(end, timeZone) };
}
