/** The recurrences that the page offers, by their RFC 5545 rules. Any other that a task has is shown and kept. */
const NAMES: Readonly<Record<string, string>> = {
  'FREQ=DAILY': 'Every day',
  'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR': 'Every weekday',
  'FREQ=WEEKLY': 'Every week',
  'FREQ=WEEKLY;INTERVAL=2': 'Every two weeks',
  'FREQ=MONTHLY': 'Every month',
  'FREQ=YEARLY': 'Every year',
};

export const RECURRENCES = Object.entries(NAMES);

export function recurrenceName(rule: string): string {
  return NAMES[rule] ?? 'Custom';
}
