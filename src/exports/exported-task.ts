/** A text, or how to read one that is too long to wait in memory with those of all other tasks. */
export type Description = string | null | (() => Promise<string | null>);

/** A task as files for other programs show it. Of the same form as what is imported. */
export interface ExportedTaskLike {
  /** names it within the file */
  key: string;
  title: string;
  description: Description;
  completed: boolean;
  completedAt: Date | null;
  createdAt: Date | null;
  priority: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH' | 'URGENT';
  dueDate: string | null;
  dueAt: string | null;
  dueTimeZone: string | null;
  recurrence: string | null;
  recurrenceBasis: 'DUE' | 'COMPLETION';
  /** names */
  tags: readonly string[];
  /** name */
  list: string | null;
  parentKey: string | null;
}

export async function descriptionOf({ description }: ExportedTaskLike): Promise<string> {
  return (typeof description === 'function' ? await description() : description) ?? '';
}

export type ExportedTasks = Iterable<ExportedTaskLike> | AsyncIterable<ExportedTaskLike>;
