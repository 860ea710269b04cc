/** A repetition in English words, as Todoist and the Tasks plugin of Obsidian write it. */
export interface WordedRule {
  /** value of an RRULE */
  recurrence: string;
  recurrenceBasis: 'DUE' | 'COMPLETION';
  /** of the week, on which alone it falls: 0 is Sunday; empty for any day */
  weekdays: number[];
}

const LONGEST_WORDS = 200;
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const NAMES = [
  'sun(?:day)?',
  'mon(?:day)?',
  'tue(?:s|sday)?',
  'wed(?:nesday)?',
  'thu(?:rs?|rsday)?',
  'fri(?:day)?',
  'sat(?:urday)?',
];
const WEEKDAYS = NAMES.map((name) => new RegExp(`^${name}$`));
const SINGLE_WORDS = new Map([
  ['daily', 'every day'],
  ['weekly', 'every week'],
  ['monthly', 'every month'],
  ['yearly', 'every year'],
]);
const UNITS = new Map([
  ['day', 'DAILY'],
  ['week', 'WEEKLY'],
  ['month', 'MONTHLY'],
  ['year', 'YEARLY'],
]);
const EVERY = /^every(!)? (?:(\d{1,3}|other) )?(day|week|month|year)s?(?: on (.+))?$/;
const EVERY_WEEKDAY = /^every(!)? (.+)$/;

/**
 * What can mean one thing only: every day, week, month or year, every so many of them, and days of the week. `every!`
 * (Todoist) and `when done` (Obsidian) count from the completion.
 */
export function ruleOfWords(text: string): WordedRule | undefined {
  if (text.length > LONGEST_WORDS) return undefined;
  const plain = text.trim().toLowerCase().split(/\s+/).join(' ');
  const words = plain.endsWith(' when done') ? plain.slice(0, -' when done'.length) : plain;
  const rule = everyUnit(SINGLE_WORDS.get(words) ?? words) ?? everyWeekday(words);
  return rule && words !== plain ? { ...rule, recurrenceBasis: 'COMPLETION' } : rule;
}

function everyUnit(words: string): WordedRule | undefined {
  const [, mark, count = '1', unit = '', days] = EVERY.exec(words) ?? [];
  const interval = count === 'other' ? 2 : Number(count);
  const weekdays = days === undefined ? [] : weekdaysOf(days);
  const frequency = UNITS.get(unit);
  if (frequency === undefined || interval === 0 || !weekdays) return undefined;
  if (days !== undefined && unit !== 'week') return undefined;
  return ruleFrom(`FREQ=${frequency}${interval === 1 ? '' : `;INTERVAL=${interval}`}`, weekdays, mark);
}

function everyWeekday(words: string): WordedRule | undefined {
  const [, mark, days = ''] = EVERY_WEEKDAY.exec(words) ?? [];
  const weekdays = /^(?:week|work)days?$/.test(days) ? [1, 2, 3, 4, 5] : weekdaysOf(days);
  return weekdays && ruleFrom('FREQ=WEEKLY', weekdays, mark);
}

function ruleFrom(base: string, weekdays: number[], mark: string | undefined): WordedRule {
  const byDay = weekdays.length === 0 ? '' : `;BYDAY=${weekdays.map((day) => DAYS[day]).join(',')}`;
  return { recurrence: base + byDay, recurrenceBasis: mark === undefined ? 'DUE' : 'COMPLETION', weekdays };
}

/** From Monday on, none twice. */
function weekdaysOf(text: string): number[] | undefined {
  const days = text.split(/, and | and |, |,/).map((word) => WEEKDAYS.findIndex((name) => name.test(word)));
  if (days.includes(-1)) return undefined;
  return [...new Set(days)].sort((one, other) => ((one + 6) % 7) - ((other + 6) % 7));
}
