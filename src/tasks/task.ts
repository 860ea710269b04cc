import type { Timestamp } from '../core/timestamp.ts';

/** A task as every API shows it, and as the queries return it. */
export interface TaskRow {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  completedAt: Timestamp | null;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  /** starts at 1 and grows by 1 with every change */
  version: number;
}

export interface TaskStats {
  total: number;
  completed: number;
  open: number;
}
