import { Task } from './task.entity.ts';
import { type RecurrenceBasis, TASK_PRIORITIES, type TaskPriority, type TaskRow } from './task.ts';
import type { Change } from './undo.token.ts';

/** Between the write model and the rows that the APIs show. */

/** What a task can be planned with; absent is none. */
export interface TaskPlan {
  priority?: TaskPriority;
  dueDate?: string | null;
  /** ISO 8601 */
  dueAt?: string | null;
  dueTimeZone?: string | null;
  recurrence?: string | null;
  recurrenceBasis?: RecurrenceBasis;
  tagIds?: string[];
  listId?: string | null;
  parentId?: string | null;
  rank?: string | null;
}

export interface NewTask extends TaskPlan {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  /** the moment of the insert when absent */
  createdAt?: Date;
  /** of a completed task; when it was created, if absent */
  completedAt?: Date | null;
}

export interface TaskChanges extends TaskPlan {
  title?: string;
  description?: string | null;
  completed?: boolean;
  deletedAt?: Date | null;
  /** of a recurring task: what was completed by the change */
  occurrence?: Occurrence;
}

/** When a completed occurrence of a recurring task was due. */
export interface Occurrence {
  dueDate: string | null;
  dueAt: string | null;
}

/** A task after a write. */
export interface WrittenTask extends TaskRow {
  /** nothing was written, as nothing was asked that was not so already */
  isUnchanged?: true;
  /** what was done to other ones for the sake of this one */
  besides?: readonly Change[];
}

/** A task that was never planned. */
export const UNPLANNED = {
  priority: 'NONE',
  dueDate: null,
  dueAt: null,
  dueTimeZone: null,
  recurrence: null,
  recurrenceBasis: 'DUE',
  tagIds: [],
  listId: null,
  parentId: null,
  rank: null,
} as const satisfies TaskPlan;

/** A new entity; what is not given is left to the database, so that a plain task is a short statement. */
export function entityOf(userId: string, { priority, dueAt, ...task }: NewTask): Task {
  return Object.assign(new Task(), task, plannedColumns({ priority, dueAt }), { userId });
}

/** Takes changes over; a flush writes those that are some. */
export function assignChanges(task: Task, { occurrence, priority, dueAt, ...changes }: TaskChanges): void {
  Object.assign(task, changes, plannedColumns({ priority, dueAt }));
}

/** What the table has in another form. */
function plannedColumns({ priority, dueAt }: { priority: TaskPriority | undefined; dueAt: string | null | undefined }) {
  return {
    ...(priority === undefined ? {} : { priority: TASK_PRIORITIES.indexOf(priority) }),
    ...(dueAt === undefined ? {} : { dueAt: dueAt === null ? null : new Date(dueAt) }),
  };
}

/** In the order of `TASK_COLUMNS`: a task looks the same however it was read. */
export function rowOf(task: Task): TaskRow {
  return {
    id: task.id,
    title: task.title,
    description: task.description ?? null,
    completed: task.completed,
    completedAt: task.completedAt?.toISOString() ?? null,
    createdAt: task.createdAt.toISOString(),
    updatedAt: task.updatedAt.toISOString(),
    version: task.version,
    priority: TASK_PRIORITIES[task.priority ?? 0] ?? UNPLANNED.priority,
    dueDate: task.dueDate ?? null,
    dueAt: task.dueAt?.toISOString() ?? null,
    dueTimeZone: task.dueTimeZone ?? null,
    recurrence: task.recurrence ?? null,
    recurrenceBasis: (task.recurrenceBasis as RecurrenceBasis | undefined) ?? UNPLANNED.recurrenceBasis,
    tagIds: task.tagIds ?? [],
    listId: task.listId ?? null,
    parentId: task.parentId ?? null,
    rank: task.rank ?? null,
  };
}
