import { readFileSync } from 'node:fs';
import {
  type ImportedTask,
  type ImportReport,
  linesOfText,
  type ReadingOptions,
} from '../../src/imports/imported-task.ts';

/** A Friday. */
export const TODAY = '2026-11-27';
export const options: ReadingOptions = { checkRule: () => undefined, today: TODAY };

/** What a task has that says nothing. */
const NOTHING = {
  description: null,
  completed: false,
  completedAt: null,
  createdAt: null,
  priority: 'NONE',
  dueDate: null,
  dueAt: null,
  dueTimeZone: null,
  recurrence: null,
  recurrenceBasis: 'DUE',
  list: null,
} as const;

/** A task with its parent's title for a key, and without what it does not say. */
export type ShortTask = Partial<Omit<ImportedTask, 'key' | 'parentKey' | 'line'>> & { title: string; below?: string };

export function sample(name: string): string[] {
  return linesOfText(readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8'));
}

/** The tasks of a report, so short that a test can say them. */
export function shortTasks({ tasks }: ImportReport): ShortTask[] {
  const titles = new Map(tasks.map(({ key, title }) => [key, title]));
  return tasks.map(({ key, line, parentKey, tags, ...fields }) => {
    const said = Object.entries(fields).filter(
      ([name, value]) => !(name in NOTHING) || value !== NOTHING[name as keyof typeof NOTHING],
    );
    const short = { ...Object.fromEntries(said), ...(tags.length > 0 ? { tags } : {}) } as ShortTask;
    return parentKey === null ? short : { ...short, below: titles.get(parentKey)! };
  });
}

/** `line: message` of each fault. */
export function faultsOf({ faults }: ImportReport): string[] {
  return faults.map(({ line, message }) => `${line}: ${message}`);
}
