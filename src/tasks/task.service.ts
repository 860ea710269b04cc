import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { type AppError, BadUserInputError, ConflictError, NotFoundError } from '../core/errors.ts';
import { parseInput } from '../core/validation.ts';
import { connectionPage, type TaskConnectionPage } from './task.connection.ts';
import {
  type CreateTaskInput,
  createTaskInput,
  expectedVersion,
  idempotencyKey,
  type TaskConnectionQuery,
  type TaskCriteriaInput,
  type TaskPageQuery,
  taskCriteria,
  taskId,
  taskPageQuery,
  type UpdateTaskInput,
  updateTaskInput,
} from './task.inputs.ts';
import { taskSort } from './task.order.ts';
import { type TaskStanding, taskRefusal } from './task.policy.ts';
import type { NewTask, TaskChanges, TaskStore } from './task.store.ts';
import type { TaskRow, TaskStats } from './task.ts';

export interface TaskOffsetResult {
  items: TaskRow[];
  total: number;
  page: number;
  limit: number;
}

/**
 * What can be done with tasks. Every method acts for `actor` on their own tasks only and validates its input.
 * @throws BadUserInputError, ForbiddenError (somebody else's task), NotFoundError (none), ConflictError (stale version)
 */
export interface TaskService {
  connection(actor: Actor, query: TaskConnectionQuery): Promise<TaskConnectionPage>;
  offsetPage(actor: Actor, query: TaskPageQuery): Promise<TaskOffsetResult>;
  count(actor: Actor, criteria: TaskCriteriaInput): Promise<number>;
  stats(actor: Actor): Promise<TaskStats>;
  /** Names the state of all tasks of the user: another one after each change. `undefined` for a user without a row. */
  revision(userId: string): Promise<string | undefined>;
  get(actor: Actor, id: string): Promise<TaskRow>;
  /** one answer per id, in order: the task, or why it is not shown */
  getMany(actor: Actor, ids: readonly string[]): Promise<(TaskRow | AppError)[]>;
  /** With a client-made id a retry is harmless: the same task again is answered, another one under that id a conflict. */
  create(actor: Actor, input: CreateTaskInput): Promise<TaskRow>;
  /**
   * Creates once, however often it is sent with this key: the key is bound to an id before the task is made, so that
   * a retry after a crash, or twenty at once, meet the same task. Another input under the key is a conflict.
   */
  createOnce(actor: Actor, key: string, input: CreateTaskInput): Promise<TaskRow>;
  /** Absent fields stay; `versions` are those the client accepts to change. A change that changes nothing writes nothing. */
  update(actor: Actor, id: string, input: UpdateTaskInput, versions?: readonly number[]): Promise<TaskRow>;
  /** The row stays as a tombstone, for synchronisation and undo. */
  delete(actor: Actor, id: string, versions?: readonly number[]): Promise<string>;
  toggle(actor: Actor, id: string): Promise<TaskRow>;
  /** All or none, in order; tasks whose id exists already (deleted ones too) are left as they are. */
  addMissing(actor: Actor, tasks: readonly NewTask[], progress?: (done: number) => void): Promise<number>;
}

export function createTaskService(store: TaskStore, clock: Clock): TaskService {
  async function standings(actor: Actor, ids: readonly string[]): Promise<Map<string, TaskStanding>> {
    const others = await store.idsOfOthers(actor.userId, ids);
    return new Map(others.map((id) => [id, 'foreign']));
  }

  /** The error for an own task that was looked for and not found. */
  async function refusal(actor: Actor, id: string): Promise<AppError> {
    return refusalOf((await standings(actor, [id])).get(id));
  }

  async function change(actor: Actor, id: string, changes: TaskChanges, versions?: readonly number[]) {
    const own = parseInput(taskId, id, 'id');
    const accepted = versions?.map((version) => parseInput(expectedVersion, version, 'expectedVersion'));
    const task = await store.change(actor.userId, own, changes, accepted);
    if (!task) throw await refusal(actor, own);
    return task;
  }

  async function getMany(actor: Actor, ids: readonly string[]): Promise<(TaskRow | AppError)[]> {
    const checked = ids.map((id) => taskId.safeParse(id).data);
    const wanted = checked.filter((id) => id !== undefined);
    const found = new Map((await store.byIds(actor.userId, wanted)).map((task) => [task.id, task]));
    const missing = wanted.filter((id) => !found.has(id));
    const missed = missing.length === 0 ? undefined : await standings(actor, missing);
    return checked.map((id) => {
      if (id === undefined) return new BadUserInputError([{ field: 'id', message: 'must be a UUID' }]);
      return found.get(id) ?? refusalOf(missed?.get(id));
    });
  }

  /** Creates a task whose id was chosen before: the same task again is answered, not made twice. */
  async function createUnder(actor: Actor, task: NewTask, isRetry = isSame): Promise<TaskRow> {
    try {
      return await store.insert(actor.userId, task);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const [existing] = await store.byIds(actor.userId, [task.id]);
      if (existing && isRetry(existing, task)) return existing;
      throw new ConflictError('This id is already in use, and not for this task', existing?.version);
    }
  }

  return {
    connection: (actor, query) => connectionPage(store, actor.userId, query),

    async offsetPage(actor, query) {
      const { page, limit, orderBy, ...criteria } = parseInput(taskPageQuery, query);
      const slice = { sort: taskSort(orderBy), criteria, limit, offset: (page - 1) * limit };
      const { rows, total } = await store.offsetPage(actor.userId, slice);
      return { items: rows, total, page, limit };
    },

    count: (actor, criteria) => store.count(actor.userId, parseInput(taskCriteria, criteria)),
    stats: (actor) => store.stats(actor.userId),
    revision: (userId) => store.revision(userId),
    getMany,

    async get(actor, id) {
      const [task] = await getMany(actor, [id]);
      if (!task || task instanceof Error) throw task ?? new NotFoundError('There is no such task');
      return task;
    },

    create(actor, input) {
      const { id, ...fields } = parseInput(createTaskInput, input);
      return id
        ? createUnder(actor, { ...newTask(fields), id })
        : store.insert(actor.userId, { ...newTask(fields), id: uuidv7() });
    },

    async createOnce(actor, key, input) {
      const retryKey = parseInput(idempotencyKey, key, 'Idempotency-Key');
      const { id, ...fields } = parseInput(createTaskInput, input);
      const task = newTask(fields);
      const fingerprint = createHash('sha256')
        .update(JSON.stringify([id, task]))
        .digest('base64url');
      const reserved = await store.reserve(actor.userId, retryKey, fingerprint, id ?? uuidv7());
      // An id that only this key knows can hold nothing else, whatever became of the task since.
      return createUnder(actor, { ...task, id: reserved }, id ? isSame : () => true);
    },

    update: async (actor, id, input, versions) => {
      const changes = parseInput(updateTaskInput, input);
      return change(actor, id, withoutAbsent(changes), versions);
    },

    async delete(actor, id, versions) {
      const deleted = await change(actor, id, { deletedAt: new Date(clock.now()) }, versions);
      return deleted.id;
    },

    async toggle(actor, id) {
      const own = parseInput(taskId, id, 'id');
      const task = await store.toggle(actor.userId, own);
      if (!task) throw await refusal(actor, own);
      return task;
    },

    addMissing: (actor, tasks, progress = () => {}) => store.insertMissing(actor.userId, tasks, progress),
  };
}

function refusalOf(standing: TaskStanding = 'absent'): AppError {
  return taskRefusal(standing) ?? new NotFoundError('There is no such task');
}

function newTask({ title, description, completed }: Omit<z.output<typeof createTaskInput>, 'id'>): Omit<NewTask, 'id'> {
  return { title, description: description ?? null, completed: completed ?? false };
}

function isSame(existing: TaskRow, task: NewTask): boolean {
  return (
    existing.title === task.title && existing.description === task.description && existing.completed === task.completed
  );
}

/** GraphQL inputs materialise absent fields as undefined, which MikroORM would take for a change. */
function withoutAbsent(changes: { [Key in keyof TaskChanges]?: TaskChanges[Key] | undefined }): TaskChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
