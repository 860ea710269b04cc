/** A task as files for other programs show it. Of the same form as what is imported. */
export interface ExportedTaskLike {
  /** names it within the file */
  key: string;
  title: string;
  description: string | null;
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

export type ExportedTasks = Iterable<ExportedTaskLike> | AsyncIterable<ExportedTaskLike>;
