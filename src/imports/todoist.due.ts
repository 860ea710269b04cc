import { dayAfter } from '../core/calendar-date.ts';
import { parseTimestamp, type Timestamp } from '../core/timestamp.ts';
import { ruleOfWords, type WordedRule } from './worded-rule.ts';

/** What the column DATE says: a day, a time on the wall of that day, or a moment; and how it repeats. */
export interface TodoistDue {
  day: string;
  /** with seconds */
  time?: string;
  /** instead of both */
  moment?: Timestamp;
  rule?: WordedRule;
}

interface DueContext {
  /** of the column DATE_LANG */
  language: string;
  /** the first day that a repetition can fall on which names no other */
  today: string;
}

const LONGEST_DATE = 200;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /(?:^| |t)(?:at )?(\d{1,2}):(\d{2})(?::(\d{2}))? ?(am|pm)?$/;
const HOUR = /(?:^| )(?:at )?(\d{1,2}) ?(am|pm)$/;
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9}),? (\d{4})$/;
const MONTH_FIRST = /^([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/;
const STARTING = ' starting ';
const MONTHS =
  'jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?'
    .split('|')
    .map((name) => new RegExp(`^${name}$`));

/**
 * What can mean one thing only (https://www.todoist.com/help/articles/introduction-to-recurring-dates-YUYVJJAV): dates of
 * ISO 8601 in any language and, in English, dates with the year, the repetitions of `ruleOfWords`, times and `starting`.
 * `undefined` for all else, such as `tomorrow`, whose day nobody knows any more.
 */
export function readDue(text: string, { language, today }: DueContext): TodoistDue | undefined {
  if (text.length > LONGEST_DATE) return undefined;
  const words = text.trim().toLowerCase().split(/\s+/).join(' ');
  const moment = parseTimestamp(words.toUpperCase());
  if (moment !== undefined) return { day: moment.slice(0, 10), moment };
  const isEnglish = /^(?:en.*)?$/i.test(language);
  return (isEnglish ? repetition(words, today) : undefined) ?? single(words, isEnglish);
}

function repetition(words: string, today: string): TodoistDue | undefined {
  const start = words.lastIndexOf(STARTING);
  const first = start === -1 ? undefined : readDue(words.slice(start + STARTING.length), { language: 'en', today });
  if (start !== -1 && (!first || first.rule)) return undefined;
  const { rest, time } = splitTime(start === -1 ? words : words.slice(0, start));
  const rule = ruleOfWords(rest);
  if (!rule) return undefined;
  if (first) return { ...first, ...(time === undefined ? {} : { time }), rule };
  const day = firstDay(today, rule.weekdays);
  return day === undefined ? undefined : { day, ...(time === undefined ? {} : { time }), rule };
}

function firstDay(today: string, weekdays: readonly number[]): string | undefined {
  const days = Array.from({ length: 7 }, (_, ahead) => dayAfter(today, ahead));
  return days.find((day) => day !== undefined && (weekdays.length === 0 || weekdays.includes(weekdayOf(day))));
}

function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function single(words: string, isEnglish: boolean): TodoistDue | undefined {
  const { rest, time } = splitTime(words);
  const day = ISO_DAY.test(rest) ? rest : isEnglish ? namedDay(rest) : undefined;
  if (day === undefined || dayAfter(day, 0) === undefined) return undefined;
  return time === undefined ? { day } : { day, time };
}

function namedDay(words: string): string | undefined {
  const [, dayFirst, monthSecond] = DAY_FIRST.exec(words) ?? [];
  const [, monthFirst, daySecond] = MONTH_FIRST.exec(words) ?? [];
  const [day, month] = [dayFirst ?? daySecond, monthSecond ?? monthFirst];
  if (day === undefined || month === undefined) return undefined;
  const number = MONTHS.findIndex((name) => name.test(month)) + 1;
  return number === 0 ? undefined : `${words.slice(-4)}-${twoDigits(number)}-${twoDigits(Number(day))}`;
}

/** A time at the end, and what is before it. */
function splitTime(words: string): { rest: string; time?: string } {
  const [whole, hour, minute, second = '00', half] = TIME.exec(words) ?? [];
  const [wholeHour, onlyHour, halfDay] = whole === undefined ? (HOUR.exec(words) ?? []) : [];
  const found = whole ?? wholeHour;
  const hours = hourOfDay(Number(hour ?? onlyHour), half ?? halfDay);
  if (found === undefined || hours === undefined) return { rest: words };
  const time = `${twoDigits(hours)}:${minute ?? '00'}:${second}`;
  return { rest: words.slice(0, -found.length), time };
}

function hourOfDay(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour < 24 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === 'pm' ? 12 : 0);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
