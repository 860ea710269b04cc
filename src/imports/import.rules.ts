import { type ParsedRecurrence, parseRecurrence } from '../tasks/task.recurrence.parser.ts';

/** The recurrence rules of one file. */
export interface ImportRules {
  read(rule: string): ParsedRecurrence;
}

/** Whether days ever come that never do takes milliseconds to find out, and a file could ask a thousand times. */
const MOST_REFUSED = 20;

/** Reads each rule once, and none after very many that are none. */
export function createRules(): ImportRules {
  const known = new Map<string, ParsedRecurrence>();
  let refused = 0;
  return {
    read(rule) {
      const before = known.get(rule);
      if (before) return before;
      if (refused >= MOST_REFUSED) return { fault: `is not read after ${MOST_REFUSED} that are none` };
      const parsed = parseRecurrence(rule);
      if ('fault' in parsed) refused += 1;
      known.set(rule, parsed);
      return parsed;
    },
  };
}
