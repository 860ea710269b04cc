import { OptimisticLockError } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ConflictError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { type KeyedAnswer, type KeyedRequest, once } from '../db/once.ts';
import { databaseWithin } from '../db/transaction-database.ts';
import { type CommandTransaction, inCommandTransaction, type NamedCommands } from './command.store.ts';
import {
  type CompletedOccurrence,
  completedOccurrences,
  type HistorySlice,
  type RecordedChange,
  recordedChanges,
} from './history.queries.ts';
import { type Move, type MoveTarget, moveTask } from './move.store.ts';
import { type SubtaskCount, subtaskCounts, subtasks } from './subtask.queries.ts';
import type { DatedCriteria } from './task.criteria.ts';
import { Task } from './task.entity.ts';
import { insertAll } from './task.inserts.ts';
import type { SortedTaskRow } from './task.order.ts';
import {
  idsOfOthers,
  type TaskOffsetPage,
  type TaskSlice,
  taskCount,
  taskOffsetPage,
  taskRecord,
  taskRevision,
  taskSlice,
  taskStats,
  tasksByIds,
  toggleTask,
  usedIds,
} from './task.queries.ts';
import { assignChanges, entityOf, type NewTask, rowOf, type TaskChanges, type WrittenTask } from './task.record.ts';
import { TASK_COLUMNS, type TaskRow, type TaskStats } from './task.ts';
import {
  type DeletedTaskRow,
  deletedCount,
  deletedTasks,
  purgeTask,
  restoreTask,
  type TrashSlice,
} from './trash.store.ts';
import { type UndoneTask, undoChanges } from './undo.store.ts';
import type { Change } from './undo.token.ts';

/** What is to be changed of a task as it is; called again where somebody else was quicker. */
export type Revise = (task: TaskRow) => TaskChanges;

/** Where tasks are kept. The service knows this and nothing of SQL; a test swaps it for one in memory. */
export interface TaskStore {
  slice(userId: string, slice: TaskSlice): Promise<SortedTaskRow[]>;
  offsetPage(userId: string, page: TaskOffsetPage): Promise<{ rows: TaskRow[]; total: number }>;
  count(userId: string, criteria: DatedCriteria): Promise<number>;
  stats(userId: string, criteria: DatedCriteria): Promise<TaskStats>;
  byIds(userId: string, ids: readonly string[]): Promise<TaskRow[]>;
  /** of those of `ids` that have any */
  subtaskCounts(userId: string, ids: readonly string[]): Promise<SubtaskCount[]>;
  /** the first `limit` of each, in the user's own order */
  subtasks(userId: string, ids: readonly string[], limit: number): Promise<TaskRow[]>;
  /** Names the state of all tasks of the user: another one after each change. `undefined` for a user without a row. */
  revision(userId: string): Promise<string | undefined>;
  /** which of `ids` belong to somebody else */
  idsOfOthers(userId: string, ids: readonly string[]): Promise<string[]>;
  /** which of `ids` the user has used, for deleted tasks too */
  usedIds(userId: string, ids: readonly string[]): Promise<string[]>;
  /** @throws ConflictError when the id is taken */
  insert(userId: string, task: NewTask): Promise<TaskRow>;
  /**
   * Inserts those whose id the user has not used, all or none; `progress` hears how many are done. Answers how many were new.
   * @throws ConflictError when somebody else has the id
   */
  insertMissing(userId: string, tasks: readonly NewTask[], progress: (done: number) => void): Promise<number>;
  /**
   * Changes one own task; `undefined` when there is none.
   * @throws ConflictError with the current version when `versions` are given and do not hold it
   */
  change(userId: string, id: string, revise: Revise, versions?: readonly number[]): Promise<WrittenTask | undefined>;
  /** In one step; `undefined` when there is no such task, or it recurs. */
  toggle(userId: string, id: string): Promise<TaskRow | undefined>;
  /** What is not there of it, or the task after the move; throws as `change` does. */
  move(userId: string, move: Move): Promise<WrittenTask | MoveTarget>;
  /** Deleted tasks, the latest deletions first. */
  deleted(userId: string, slice: TrashSlice): Promise<DeletedTaskRow[]>;
  deletedCount(userId: string): Promise<number>;
  /** Out of the trash, with its subtasks; `undefined` when it is not there. Throws as `change` does. */
  restore(userId: string, id: string, versions?: readonly number[]): Promise<TaskRow | undefined>;
  /** Empties a deleted task and its subtasks for good; answers whether it was in the trash. */
  purge(userId: string, id: string): Promise<boolean>;
  history(userId: string, slice: HistorySlice): Promise<RecordedChange[]>;
  occurrences(userId: string, slice: HistorySlice): Promise<CompletedOccurrence[]>;
  /** All or none, in order, or which task is not there. @throws ConflictError when one was changed since */
  undo(userId: string, changes: readonly Change[]): Promise<UndoneTask[] | { missing: string }>;
  /**
   * Does `work` unless it was done under this key within 24 hours: then the answer of that time is given again. The store
   * that `work` gets is that of one transaction with the key and the answer, `taskId` what the key is bound to.
   * @throws ConflictError when the key was used for another request
   */
  once<Answer>(
    userId: string,
    request: KeyedRequest,
    work: (store: TaskStore, taskId: string) => Promise<Answer>,
  ): Promise<KeyedAnswer<Answer>>;
  /** Runs a batch of commands in one transaction, one batch of the user after the other. */
  applyCommands<Answer>(
    userId: string,
    commands: NamedCommands<TaskStore>,
    work: (transaction: CommandTransaction<TaskStore>) => Promise<Answer>,
  ): Promise<Answer>;
}

/** Tasks in PostgreSQL: reads by query functions, writes by MikroORM's unit of work. */
export function createTaskStore(database: IsolatedDatabase): TaskStore {
  return {
    slice: (userId, slice) => taskSlice(database, userId, slice),
    async offsetPage(userId, page) {
      const { rows, total } = await taskOffsetPage(database, userId, page);
      return { rows, total: total ?? (await taskCount(database, userId, page.criteria)) };
    },
    count: (userId, criteria) => taskCount(database, userId, criteria),
    stats: (userId, criteria) => taskStats(database, userId, criteria),
    byIds: (userId, ids) => tasksByIds(database, userId, ids),
    subtaskCounts: (userId, ids) => subtaskCounts(database, userId, ids),
    subtasks: (userId, ids, limit) => subtasks(database, userId, ids, limit),
    revision: (userId) => taskRevision(database, userId),
    idsOfOthers: (userId, ids) => idsOfOthers(database, userId, ids),
    usedIds: (userId, ids) => usedIds(database, userId, ids),
    toggle: (userId, id) => toggleTask(database, userId, id),

    move: (userId, move) => moveTask(database, userId, move),
    deleted: (userId, slice) => deletedTasks(database, userId, slice),
    deletedCount: (userId) => deletedCount(database, userId),
    restore: (userId, id, versions) => restoreTask(database, userId, id, versions),
    purge: (userId, id) => purgeTask(database, userId, id),
    history: (userId, slice) => recordedChanges(database, userId, slice),
    occurrences: (userId, slice) => completedOccurrences(database, userId, slice),
    undo: (userId, changes) => undoChanges(database, userId, changes),

    insert: (userId, task) =>
      database.as(userId).unitOfWork(async (manager) => {
        // The entity factory of `manager.create` is a tenth of what a flush costs, and has nothing to add here.
        const entity = entityOf(userId, task);
        await manager.persist(entity).flush();
        return rowOf(entity);
      }),
    insertMissing: (userId, tasks, progress) => insertAll(database, userId, tasks, progress),

    once: (userId, request, work) =>
      once(database, userId, request, (within, taskId) => work(createTaskStore(within), taskId)),
    applyCommands: (userId, commands, work) => inCommandTransaction(database, userId, commands, createTaskStore, work),

    async change(userId, id, revise, versions) {
      try {
        const stored = await taskRecord(database, userId, id);
        if (!stored) return undefined;
        const written = await database
          .as(userId)
          .unitOfWork((manager) => change(manager, manager.map(Task, stored), revise, versions));
        if (written !== 'in-transaction') return written;
      } catch (error) {
        if (!(error instanceof OptimisticLockError)) throw error;
      }
      // More than one row is to be written, or somebody was quicker between our read and our flush. With the row held
      // either the version that the client knows is gone, which is a conflict, or the change applies to what is there now.
      return database.as(userId).transaction(async (manager) => {
        await manager.execute(HOLD, [id, userId]);
        const task = await manager.findOne(Task, { id, userId, deletedAt: null });
        return task ? changeHeld(manager, task, revise, versions) : undefined;
      });
    },
  };
}

/** Answers `in-transaction`, and writes nothing, where a flush of one row is not all. */
async function change(
  manager: EntityManager,
  task: Task,
  revise: Revise,
  versions: readonly number[] | undefined,
): Promise<WrittenTask | 'in-transaction'> {
  assertVersion(task, versions);
  const changes = revise(rowOf(task));
  return changes.occurrence ? 'in-transaction' : flush(manager, task, changes);
}

async function changeHeld(
  manager: EntityManager,
  task: Task,
  revise: Revise,
  versions: readonly number[] | undefined,
): Promise<WrittenTask> {
  assertVersion(task, versions);
  const changes = revise(rowOf(task));
  const { occurrence } = changes;
  const written = await flush(manager, task, changes);
  if (!occurrence) return written;
  // The plan may be what it was, as the task itself was planned anew by the change: a completed occurrence is one all the same.
  const completed = written.isUnchanged ? await touch(manager, task) : written;
  const { dueDate, dueAt } = occurrence;
  const values = [task.userId, task.id, completed.version, dueDate, dueAt, completed.updatedAt];
  await manager.execute(RECORD_OCCURRENCE, values);
  return completed;
}

async function touch(manager: EntityManager, { userId, id }: Task): Promise<TaskRow> {
  const touched = `update tasks set version = version where id = $2 and user_id = $1 returning ${TASK_COLUMNS}`;
  const [row] = await databaseWithin(manager, userId).as(userId).query<TaskRow>(touched, [userId, id]);
  return row!;
}

/** Lets subtasks be made meanwhile, whose foreign keys look at it: they wait for the owner's row, which comes later. */
const HOLD = 'select from tasks where id = ? and user_id = ? for no key update';
const RECORD_OCCURRENCE = `
  insert into task_occurrences (user_id, task_id, version, due_date, due_at, completed_at) values (?, ?, ?, ?, ?, ?)`;

function assertVersion(task: Task, versions: readonly number[] | undefined): void {
  if (versions && !versions.includes(task.version)) {
    throw new ConflictError('The task has changed since it was read', task.version);
  }
}

async function flush(manager: EntityManager, task: Task, changes: TaskChanges): Promise<WrittenTask> {
  const { version } = task;
  assignChanges(task, changes);
  await manager.flush();
  const row = rowOf(task);
  return task.version === version ? { ...row, isUnchanged: true } : row;
}
