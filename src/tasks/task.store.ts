import { LockMode, OptimisticLockError } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { ConflictError } from '../core/errors.ts';
import type { IsolatedDatabase } from '../db/database.ts';
import { type KeyedAnswer, type KeyedRequest, once } from '../db/once.ts';
import { type CommandTransaction, inCommandTransaction, type NamedCommands } from './command.store.ts';
import { Task } from './task.entity.ts';
import type { TaskCriteria } from './task.inputs.ts';
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
} from './task.queries.ts';
import type { TaskRow, TaskStats } from './task.ts';

export interface NewTask {
  id: string;
  title: string;
  description: string | null;
  completed: boolean;
  /** the moment of the insert when absent */
  createdAt?: Date;
  /** of a completed task; when it was created, if absent */
  completedAt?: Date | null;
}

export interface TaskChanges {
  title?: string;
  description?: string | null;
  completed?: boolean;
  deletedAt?: Date;
}

/** Where tasks are kept. The service knows this and nothing of SQL; a test swaps it for one in memory. */
export interface TaskStore {
  slice(userId: string, slice: TaskSlice): Promise<TaskRow[]>;
  offsetPage(userId: string, page: TaskOffsetPage): Promise<{ rows: TaskRow[]; total: number }>;
  count(userId: string, criteria: TaskCriteria): Promise<number>;
  stats(userId: string): Promise<TaskStats>;
  byIds(userId: string, ids: readonly string[]): Promise<TaskRow[]>;
  /** Names the state of all tasks of the user: another one after each change. `undefined` for a user without a row. */
  revision(userId: string): Promise<string | undefined>;
  /** which of `ids` belong to somebody else */
  idsOfOthers(userId: string, ids: readonly string[]): Promise<string[]>;
  /** @throws ConflictError when the id is taken */
  insert(userId: string, task: NewTask): Promise<TaskRow>;
  /**
   * Inserts those whose id the user has not used, all or none; `progress` hears how many are done. Answers how many were new.
   * @throws ConflictError when somebody else has the id
   */
  insertMissing(userId: string, tasks: readonly NewTask[], progress: (done: number) => void): Promise<number>;
  /**
   * Changes the named fields of one own task; `undefined` when there is none.
   * @throws ConflictError with the current version when `versions` are given and do not hold it
   */
  change(userId: string, id: string, changes: TaskChanges, versions?: readonly number[]): Promise<TaskRow | undefined>;
  toggle(userId: string, id: string): Promise<TaskRow | undefined>;
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
    commands: NamedCommands,
    work: (transaction: CommandTransaction<TaskStore>) => Promise<Answer>,
  ): Promise<Answer>;
}

const INSERT_BATCH = 100;
/** In order, and with the time of completion, which the unit of work leaves to the trigger. */
const INSERT_ALL = `
  insert into tasks (id, user_id, title, description, completed, completed_at, created_at)
  select id, ?, title, description, completed, "completedAt", coalesce("createdAt", now())
  from jsonb_to_recordset(?::jsonb) as given (id uuid, title text, description text, completed boolean,
    "completedAt" timestamptz, "createdAt" timestamptz)`;

/** Tasks in PostgreSQL: reads by query functions, writes by MikroORM's unit of work. */
export function createTaskStore(database: IsolatedDatabase): TaskStore {
  return {
    slice: (userId, slice) => taskSlice(database, userId, slice),
    async offsetPage(userId, page) {
      const { rows, total } = await taskOffsetPage(database, userId, page);
      return { rows, total: total ?? (await taskCount(database, userId, page.criteria)) };
    },
    count: (userId, criteria) => taskCount(database, userId, criteria),
    stats: (userId) => taskStats(database, userId),
    byIds: (userId, ids) => tasksByIds(database, userId, ids),
    revision: (userId) => taskRevision(database, userId),
    idsOfOthers: (userId, ids) => idsOfOthers(database, userId, ids),
    toggle: (userId, id) => toggleTask(database, userId, id),

    insert: (userId, task) =>
      database.as(userId).unitOfWork(async (manager) => {
        // The entity factory of `manager.create` is a tenth of what a flush costs, and has nothing to add here.
        const entity = Object.assign(new Task(), task, { userId });
        await manager.persist(entity).flush();
        return toRow(entity);
      }),

    once: (userId, request, work) =>
      once(database, userId, request, (within, taskId) => work(createTaskStore(within), taskId)),
    applyCommands: (userId, commands, work) => inCommandTransaction(database, userId, commands, createTaskStore, work),

    insertMissing: (userId, tasks, progress) =>
      database.as(userId).transaction(async (manager) => {
        // Two imports of one user wait for each other here instead of colliding on an id; rows that only refer to the
        // user, as keys do, may be added meanwhile.
        await manager.execute('select 1 from users where id = ? for no key update', [userId]);
        let added = 0;
        for (let start = 0; start < tasks.length; start += INSERT_BATCH) {
          const batch = tasks.slice(start, start + INSERT_BATCH);
          const taken = await takenIds(manager, userId, batch);
          const missing = batch.filter((task) => !taken.has(task.id));
          await manager.execute(INSERT_ALL, [userId, JSON.stringify(missing)]);
          added += missing.length;
          progress(start + batch.length);
        }
        return added;
      }),

    async change(userId, id, changes, versions) {
      try {
        const stored = await taskRecord(database, userId, id);
        if (!stored) return undefined;
        return await database
          .as(userId)
          .unitOfWork((manager) => change(manager, manager.map(Task, stored), changes, versions));
      } catch (error) {
        if (!(error instanceof OptimisticLockError)) throw error;
      }
      // Somebody was quicker between our read and our flush. Once more with the row held: either the version that the
      // client knows is gone, which is a conflict, or none was named and the change applies to what is there now.
      return database.as(userId).transaction(async (manager) => {
        const place = { id, userId, deletedAt: null };
        const task = await manager.findOne(Task, place, { lockMode: LockMode.PESSIMISTIC_WRITE });
        return task ? change(manager, task, changes, versions) : undefined;
      });
    },
  };
}

async function change(
  manager: EntityManager,
  task: Task,
  changes: TaskChanges,
  versions: readonly number[] | undefined,
): Promise<TaskRow> {
  if (versions && !versions.includes(task.version)) {
    throw new ConflictError('The task has changed since it was read', task.version);
  }
  Object.assign(task, changes);
  await manager.flush();
  return toRow(task);
}

/** Own ids only: one that somebody else holds must fail the insert, not pass for a task that is there already. */
async function takenIds(manager: EntityManager, userId: string, tasks: readonly NewTask[]): Promise<Set<string>> {
  const ids = tasks.map((task) => task.id);
  const found = await manager.find(Task, { id: { $in: ids }, userId }, { fields: ['id'] });
  return new Set(found.map((task) => task.id));
}

function toRow(task: Task): TaskRow {
  return {
    id: task.id,
    title: task.title,
    description: task.description ?? null,
    completed: task.completed,
    completedAt: task.completedAt?.toISOString() ?? null,
    createdAt: task.createdAt.toISOString(),
    updatedAt: task.updatedAt.toISOString(),
    version: task.version,
  };
}
