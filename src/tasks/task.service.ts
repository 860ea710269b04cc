import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { type AppError, BadUserInputError, NotFoundError } from '../core/errors.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { type IdempotencyKey, idempotencyKey } from '../core/idempotency-key.ts';
import { parseInput } from '../core/validation.ts';
import { applyCommands, type TaskCommandResult } from './command.batch.ts';
import type { TaskCommandBatch } from './command.inputs.ts';
import { connectionPage, type TaskConnectionPage } from './task.connection.ts';
import {
  type CreateTaskInput,
  createTaskInput,
  expectedVersion,
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
import type { NewTask, TaskStore } from './task.store.ts';
import type { TaskRow, TaskStats } from './task.ts';
import { changesOf, changeTask, createUnder, draftOf, refusalOf, standingsOf, toggleTask } from './task.writes.ts';

export interface TaskOffsetResult {
  items: TaskRow[];
  total: number;
  page: number;
  limit: number;
}

export interface WriteOptions {
  /** those that the client accepts to change; any when absent */
  versions?: readonly number[] | undefined;
  /**
   * Sent again under it within 24 hours, the request is answered as it was and done once, across crashes and however many
   * come at once. Another request under the key is a ConflictError without a version.
   */
  key?: IdempotencyKey | undefined;
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
  create(actor: Actor, input: CreateTaskInput, options?: Pick<WriteOptions, 'key'>): Promise<TaskRow>;
  /** Absent fields stay. A change that changes nothing writes nothing. */
  update(actor: Actor, id: string, input: UpdateTaskInput, options?: WriteOptions): Promise<TaskRow>;
  /** The row stays as a tombstone, for synchronisation and undo. */
  delete(actor: Actor, id: string, options?: WriteOptions): Promise<string>;
  toggle(actor: Actor, id: string, options?: Pick<WriteOptions, 'key'>): Promise<TaskRow>;
  /**
   * Applies the commands of a device in order, each once however often and in whatever batches it is sent. What one of
   * them is refused for stands in its result; with `atomic` it is refused for all of them.
   */
  applyCommands(actor: Actor, batch: TaskCommandBatch): Promise<TaskCommandResult[]>;
  /** All or none, in order; tasks whose id exists already (deleted ones too) are left as they are. */
  addMissing(actor: Actor, tasks: readonly NewTask[], progress?: (done: number) => void): Promise<number>;
}

export function createTaskService(store: TaskStore, clock: Clock): TaskService {
  async function getMany(actor: Actor, ids: readonly string[]): Promise<(TaskRow | AppError)[]> {
    const checked = ids.map((id) => taskId.safeParse(id).data);
    const wanted = checked.filter((id) => id !== undefined);
    const found = new Map((await store.byIds(actor.userId, wanted)).map((task) => [task.id, task]));
    const missing = wanted.filter((id) => !found.has(id));
    const missed = missing.length === 0 ? undefined : await standingsOf(store, actor, missing);
    return checked.map((id) => {
      if (id === undefined) return new BadUserInputError([{ field: 'id', message: 'must be a UUID' }]);
      return found.get(id) ?? refusalOf(missed?.get(id));
    });
  }

  /** Does `work` at once, or under its key unless it was done before. `asked` is all that makes it another request. */
  async function once<Answer>(
    actor: Actor,
    key: IdempotencyKey | undefined,
    taskId: string,
    asked: readonly unknown[],
    work: (store: TaskStore, taskId: string) => Promise<Answer>,
  ): Promise<Answer> {
    if (key === undefined) return work(store, taskId);
    const request = { key: parseInput(idempotencyKey, key.value, key.name), fingerprint: fingerprintOf(asked), taskId };
    const { answer, isReplay } = await store.once(actor.userId, request, work);
    if (isReplay) key.onReplay?.();
    return answer;
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

    create(actor, input, { key } = {}) {
      const { id, ...fields } = parseInput(createTaskInput, input);
      const task = draftOf(fields);
      if (id == null && key === undefined) return store.insert(actor.userId, { ...task, id: uuidv7() });
      // An id that only this key knows can hold nothing else, whatever became of the task since.
      const isRetry = id == null ? () => true : undefined;
      return once(actor, key, id ?? uuidv7(), [id, task], (within, taskId) =>
        createUnder(within, actor, { ...task, id: taskId }, isRetry),
      );
    },

    async update(actor, id, input, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      const changes = changesOf(parseInput(updateTaskInput, input));
      return once(actor, key, own, ['update', own, changes, accepted], (within) =>
        changeTask(within, actor, own, changes, accepted),
      );
    },

    async delete(actor, id, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      const changes = { deletedAt: new Date(clock.now()) };
      return once(actor, key, own, ['delete', own, accepted], async (within) => {
        const deleted = await changeTask(within, actor, own, changes, accepted);
        return deleted.id;
      });
    },

    async toggle(actor, id, { key } = {}) {
      const own = parseInput(taskId, id, 'id');
      return once(actor, key, own, ['toggle', own], (within) => toggleTask(within, actor, own));
    },

    applyCommands: (actor, batch) => applyCommands(store, clock, actor, batch),
    addMissing: (actor, tasks, progress = () => {}) => store.insertMissing(actor.userId, tasks, progress),
  };
}

function targetOf(id: string, versions: readonly number[] | undefined): [string, number[] | undefined] {
  const own = parseInput(taskId, id, 'id');
  return [own, versions?.map((version) => parseInput(expectedVersion, version, 'expectedVersion'))];
}
