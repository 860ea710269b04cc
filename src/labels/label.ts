import type { Timestamp } from '../core/timestamp.ts';

/**
 * Tags and lists: names that a user gives to tasks. A task has many tags and is in at most one list; else both are alike.
 * Also the name of the table.
 */
export type LabelKind = 'tags' | 'lists';

/** of each kind, as the table's trigger has it */
export const MAXIMUM_LABELS = 500;

export interface LabelRow {
  id: string;
  /** unique among the user's tags, or lists, whatever the case */
  name: string;
  /** `#rrggbb` */
  color: string | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** starts at 1 and grows by 1 with every change */
  version: number;
}
