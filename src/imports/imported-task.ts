/** A task of another program's file, its texts cleaned and checked as everywhere. */
export interface ImportedTask {
  /** the same whenever this file is read: the UID that it gives, or the title and how many had it before */
  key: string;
  /** of the file, from 1 */
  line: number;
  title: string;
  description: string | null;
  completed: boolean;
  completedAt: Date | null;
  createdAt: Date | null;
  priority: ImportedPriority;
  /** calendar date; never together with `dueAt` */
  dueDate: string | null;
  /** moment in UTC with milliseconds */
  dueAt: string | null;
  /** IANA name, beside `dueAt` only */
  dueTimeZone: string | null;
  /** value of an RRULE, beside a due date or moment only */
  recurrence: string | null;
  recurrenceBasis: 'DUE' | 'COMPLETION';
  /** names; none twice, whatever their case */
  tags: string[];
  /** name */
  list: string | null;
  /** of a task that comes before this one in the report */
  parentKey: string | null;
}

export type ImportedPriority = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'URGENT';

/** What a line says that was not taken as it stands. */
export interface ImportFault {
  line: number;
  message: string;
  /** whether a task is missing for it; otherwise one lacks something */
  leftOut: boolean;
}

export interface ImportReport {
  tasks: ImportedTask[];
  /** by line */
  faults: ImportFault[];
}

export interface ReadingOptions {
  /** Says what is wrong with a recurrence rule, if anything is. */
  checkRule: (rule: string) => string | undefined;
  /** calendar date at which repetitions begin that name no other */
  today: string;
  /** IANA name of the zone of times that name none; UTC unless given */
  timeZone?: string | undefined;
  /** name of the list of tasks that are in none */
  list?: string | undefined;
  /** after so many tasks reading stops */
  maximumTasks?: number | undefined;
}

/** Lines without their ends, as `readLines` gives them. */
export type Lines = Iterable<string> | AsyncIterable<string>;

/** The lines of a text that is here as a whole. */
export function linesOfText(text: string): string[] {
  return text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
}
