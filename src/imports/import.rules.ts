import { createTaskInput } from '../tasks/task.inputs.ts';

/** A rule in its canonical form, or why the text is none. */
type ReadRule = { rule: string } | { fault: string };

/** The recurrence rules of one file. */
export interface ImportRules {
  read(rule: string): ReadRule;
}

/** Whether days ever come that never do takes milliseconds to find out, and a file could ask a thousand times. */
const MOST_REFUSED = 20;

/** Reads each rule once, and none after very many that are none. */
export function createRules(): ImportRules {
  const known = new Map<string, ReadRule>();
  let refused = 0;
  return {
    read(rule) {
      const before = known.get(rule);
      if (before) return before;
      if (refused >= MOST_REFUSED) return { fault: `is not read after ${MOST_REFUSED} that are none` };
      const { data, error } = createTaskInput.shape.recurrence.safeParse(rule);
      const parsed = data == null ? { fault: error?.issues[0]?.message ?? 'is none' } : { rule: data };
      if (data == null) refused += 1;
      known.set(rule, parsed);
      return parsed;
    },
  };
}
