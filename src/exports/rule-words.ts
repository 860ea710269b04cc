const DAYS = new Map([
  ['MO', 'monday'],
  ['TU', 'tuesday'],
  ['WE', 'wednesday'],
  ['TH', 'thursday'],
  ['FR', 'friday'],
  ['SA', 'saturday'],
  ['SU', 'sunday'],
]);
const UNITS = new Map([
  ['DAILY', 'day'],
  ['WEEKLY', 'week'],
  ['MONTHLY', 'month'],
  ['YEARLY', 'year'],
]);
const PARTS = new Set(['FREQ', 'INTERVAL', 'BYDAY']);

export interface RuleWords {
  /** `2 weeks`, after `every` */
  unit: string;
  /** `monday, thursday`; empty for a rule without days */
  days: string;
  isEachTime: boolean;
  /** as JavaScript counts them: 0 is Sunday */
  weekdays: number[];
}

/** The words that other programs have for a rule, or `undefined` for one that only an RRULE can say. */
export function wordsOfRule(rule: string): RuleWords | undefined {
  const parts = new Map(rule.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  const unit = UNITS.get(parts.get('FREQ') ?? '');
  const count = parts.get('INTERVAL') ?? '1';
  const codes = parts.get('BYDAY')?.split(',') ?? [];
  const days = codes.map((code) => DAYS.get(code));
  const isWorded = [...parts.keys()].every((name) => PARTS.has(name)) && /^[1-9]\d{0,2}$/.test(count);
  if (unit === undefined || !isWorded || days.includes(undefined) || (codes.length > 0 && unit !== 'week'))
    return undefined;
  return {
    unit: count === '1' ? unit : `${count} ${unit}s`,
    days: days.join(', '),
    isEachTime: count === '1',
    weekdays: codes.map((code) => ([...DAYS.keys()].indexOf(code) + 1) % 7),
  };
}
