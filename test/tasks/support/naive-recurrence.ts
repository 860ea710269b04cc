const DAY = 86_400_000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

interface Rule {
  frequency: string;
  interval: number;
  weekStart: number;
  months: number[] | undefined;
  weeks: number[] | undefined;
  yearDays: number[] | undefined;
  monthDays: number[] | undefined;
  weekdays: { ordinal: number; weekday: number }[] | undefined;
  positions: number[] | undefined;
}

/**
 * The first `count` days after `start` of the rule that starts there, by RFC 5545, section 3.3.10, read word for word: of
 * each period all days are tried against all parts. Nothing is said beyond `periods` periods.
 */
export function naiveDays(text: string, start: string, count: number, periods: number): string[] {
  const rule = read(text);
  const first = Date.parse(start) / DAY;
  const found: string[] = [];
  for (let period = 0; period < periods && found.length < count; period++) {
    const [from, end] = boundsOf(rule, first, period * rule.interval);
    const days: number[] = [];
    for (let day = from; day < end; day++) if (isMember(rule, day, first, from, end)) days.push(day);
    const later = picked(rule, days).filter((day) => day > first);
    found.push(...later.map((day) => new Date(day * DAY).toISOString().slice(0, 10)));
  }
  return found.slice(0, count);
}

function read(text: string): Rule {
  const parts = new Map(text.split(';').map((part) => part.split('=') as [string, string]));
  const numbers = (name: string) => parts.get(name)?.split(',').map(Number);
  return {
    frequency: parts.get('FREQ') ?? '',
    interval: Number(parts.get('INTERVAL') ?? 1),
    weekStart: WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO'),
    months: numbers('BYMONTH'),
    weeks: numbers('BYWEEKNO'),
    yearDays: numbers('BYYEARDAY'),
    monthDays: numbers('BYMONTHDAY'),
    weekdays: parts
      .get('BYDAY')
      ?.split(',')
      .map((day) => ({ ordinal: Number(day.slice(0, -2)), weekday: WEEKDAYS.indexOf(day.slice(-2)) })),
    positions: numbers('BYSETPOS'),
  };
}

function boundsOf(rule: Rule, first: number, steps: number): [number, number] {
  const [year, month] = calendarOf(first);
  switch (rule.frequency) {
    case 'DAILY':
      return [first + steps, first + steps + 1];
    case 'WEEKLY': {
      const week = weekOf(rule, first) + steps * 7;
      return [week, week + 7];
    }
    case 'MONTHLY':
      return [dayOf(year, month + steps), dayOf(year, month + steps + 1)];
    default:
      return rule.weeks
        ? [weekOf(rule, dayOf(year + steps, 1) + 3), weekOf(rule, dayOf(year + steps + 1, 1) + 3)]
        : [dayOf(year + steps, 1), dayOf(year + steps + 1, 1)];
  }
}

function isMember(rule: Rule, day: number, first: number, from: number, end: number): boolean {
  const [year, month] = calendarOf(day);
  const { frequency, months, weeks, yearDays, monthDays, weekdays } = rule;
  const startOfMonth = dayOf(year, month);
  const endOfMonth = dayOf(year, month + 1);
  const isMonthly = frequency === 'MONTHLY' || months !== undefined;
  const [outer, outerEnd] = isMonthly ? [startOfMonth, endOfMonth] : [dayOf(year, 1), dayOf(year + 1, 1)];
  const names = (list: number[] | undefined, start: number, after: number, unit = 1) =>
    !list ||
    list.some((value) => value === Math.floor((day - start) / unit) + 1 || value === -Math.ceil((after - day) / unit));
  return (
    (!months || months.includes(month)) &&
    names(weeks, from, end, 7) &&
    names(yearDays, dayOf(year, 1), dayOf(year + 1, 1)) &&
    names(monthDays, startOfMonth, endOfMonth) &&
    (!weekdays ||
      weekdays.some(
        ({ ordinal, weekday }) => weekday === weekdayOf(day) && (ordinal === 0 || names([ordinal], outer, outerEnd, 7)),
      )) &&
    isInherited(rule, day, first)
  );
}

/** What no part says is taken from the start. */
function isInherited(rule: Rule, day: number, first: number): boolean {
  const { frequency, months, weeks, yearDays, monthDays, weekdays } = rule;
  if (weekdays || yearDays || monthDays || frequency === 'DAILY') return true;
  if (frequency === 'WEEKLY' || weeks) return weekdayOf(day) === weekdayOf(first);
  const [, month, monthDay] = calendarOf(day);
  const [, firstMonth, firstMonthDay] = calendarOf(first);
  return monthDay === firstMonthDay && (frequency === 'MONTHLY' || months !== undefined || month === firstMonth);
}

function picked({ positions }: Rule, days: number[]): number[] {
  if (!positions) return days;
  return days.filter((_, index) => positions.includes(index + 1) || positions.includes(index - days.length));
}

function weekOf({ weekStart }: Rule, day: number): number {
  return day - ((weekdayOf(day) - weekStart + 7) % 7);
}

function weekdayOf(day: number): number {
  return new Date(day * DAY).getUTCDay();
}

function calendarOf(day: number): [year: number, month: number, day: number] {
  const date = new Date(day * DAY);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

/** Months beyond the twelfth are in the years after. */
function dayOf(year: number, month: number): number {
  return Date.UTC(year, month - 1, 1) / DAY;
}
