/** A day of the calendar as every API shows it, in no time zone: `2026-12-24`. */
export type CalendarDate = string;

const FORM = /^(?!0000)\d{4}-\d{2}-\d{2}$/;

/** Whether the text names a day that there is, from the year 1 to 9999. */
export function isCalendarDate(text: string): text is CalendarDate {
  if (!FORM.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const DAY = 86_400_000;

/** The day so many days later; `undefined` when the text names none, or it is outside of those years. */
export function dayAfter(text: string, days: number): CalendarDate | undefined {
  if (!isCalendarDate(text)) return undefined;
  const day = new Date(Date.parse(`${text}T00:00:00Z`) + days * DAY);
  const date = Number.isNaN(day.getTime()) ? '' : day.toISOString().slice(0, -14);
  return isCalendarDate(date) ? date : undefined;
}
