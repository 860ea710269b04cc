import type { ImportFault } from './imported-task.ts';

/** More would be read by nobody, and a file of nothing but faults is not to fill the memory. */
const MAXIMUM_FAULTS = 1000;

export interface Faults {
  add(this: void, line: number, message: string, leftOut?: boolean): void;
  /** By line; of very many the first ones, and how many more there are. */
  list(): ImportFault[];
}

export function createFaults(): Faults {
  const kept: ImportFault[] = [];
  let more: ImportFault | undefined;
  let others = 0;
  return {
    add(line, message, leftOut = false) {
      if (kept.length < MAXIMUM_FAULTS) {
        kept.push({ line, message, leftOut });
        return;
      }
      others += 1;
      more = { line, message: `and ${others} more faults`, leftOut: leftOut || more?.leftOut === true };
    },
    list() {
      const sorted = kept.toSorted((one, other) => one.line - other.line);
      return more ? [...sorted, more] : sorted;
    },
  };
}
