import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { type AppError, BadUserInputError, NotFoundError } from '../core/errors.ts';
import type { IdempotencyKey } from '../core/idempotency-key.ts';
import { targetOf } from '../core/input.schemas.ts';
import { pageSize } from '../core/paging.ts';
import { parseInput } from '../core/validation.ts';
import { applyCommands, type TaskCommandResult } from './command.batch.ts';
import type { TaskCommandBatch } from './command.inputs.ts';
import { type AsOfFilter, connectionPage, type TaskConnectionPage } from './task.connection.ts';
import { type AsOf, hasDueWindow } from './task.criteria.ts';
import { definedOf } from './task.fields.ts';
import {
  type CreateTaskInput,
  createTaskInput,
  type MoveInput,
  moveInput,
  taskId,
  type UpdateTaskInput,
  updateTaskInput,
} from './task.inputs.ts';
import {
  type TaskConnectionQuery,
  type TaskCriteriaInput,
  type TaskPageQuery,
  taskCriteria,
  taskPageQuery,
} from './task.list-inputs.ts';
import { createTaskOnce } from './task.once.ts';
import { taskSort } from './task.order.ts';
import type { NewTask, WrittenTask } from './task.record.ts';
import type { TaskSelection } from './task.related.ts';
import type { TaskStore } from './task.store.ts';
import type { TaskRow, TaskStats } from './task.ts';
import {
  changeTask,
  createUnder,
  draftOf,
  moveOf,
  moveTask,
  refusalOf,
  standingsOf,
  toggleTask,
  updateOf,
} from './task.writes.ts';

export type { NewTask };

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

/** A task that was deleted; `version` is the one that the deletion made, and 0 where an earlier server has answered. */
export interface DeletedTask {
  id: string;
  version: number;
}

/**
 * What can be done with tasks. Every method acts for `actor` on their own tasks only and validates its input.
 * @throws BadUserInputError, ForbiddenError (somebody else's task), NotFoundError (none), ConflictError (stale version)
 */
export interface TaskService {
  /** Rows have what `selection` names, all of a task without it. */
  connection(actor: Actor, query: TaskConnectionQuery, selection?: TaskSelection): Promise<TaskConnectionPage>;
  offsetPage(actor: Actor, query: TaskPageQuery): Promise<TaskOffsetResult>;
  /** Of all tasks, or of those that criteria name. */
  stats(actor: Actor, criteria?: TaskCriteriaInput): Promise<TaskStats>;
  /** How many tasks all pages of the list have. */
  count(page: TaskConnectionPage): Promise<number>;
  /** Names the state of all tasks of the user: another one after each change. `undefined` for a user without a row. */
  revision(userId: string): Promise<string | undefined>;
  get(actor: Actor, id: string): Promise<TaskRow>;
  /** one answer per id, in order: the task, or why it is not shown */
  getMany(actor: Actor, ids: readonly string[]): Promise<(TaskRow | AppError)[]>;
  /** those that are the user's own, by their ids */
  byIds(actor: Actor, ids: readonly string[]): Promise<Map<string, TaskRow>>;
  /** One answer per id, in order; none for tasks that are not there. */
  subtaskCounts(actor: Actor, ids: readonly string[]): Promise<TaskStats[]>;
  /** For each id the first so many subtasks in the user's own order. */
  subtasks(actor: Actor, ids: readonly string[], first: number): Promise<TaskRow[][]>;
  /** With a client-made id a retry is harmless: the same task again is answered, another one under that id a conflict. */
  create(actor: Actor, input: CreateTaskInput, options?: Pick<WriteOptions, 'key'>): Promise<WrittenTask>;
  /** Absent fields stay. A change that changes nothing writes nothing. Completing completes an occurrence, where the task recurs. */
  update(actor: Actor, id: string, input: UpdateTaskInput, options?: WriteOptions): Promise<WrittenTask>;
  /** With its subtasks. The rows stay as tombstones, for synchronisation, trash and undo. */
  delete(actor: Actor, id: string, options?: WriteOptions): Promise<DeletedTask>;
  toggle(actor: Actor, id: string, options?: Pick<WriteOptions, 'key'>): Promise<WrittenTask>;
  /** To directly before or after another task of the user's own order. */
  move(actor: Actor, id: string, place: MoveInput, options?: WriteOptions): Promise<WrittenTask>;
  /**
   * Applies the commands of a device in order, each once however often and in whatever batches it is sent. What one of
   * them is refused for stands in its result; with `atomic` it is refused for all of them.
   */
  applyCommands(actor: Actor, batch: TaskCommandBatch): Promise<TaskCommandResult[]>;
  /**
   * All or none, in order; tasks whose id exists already (deleted ones too) are left as they are. A dry run finds out what
   * would become of them and takes it back.
   */
  addMissing(
    actor: Actor,
    tasks: readonly NewTask[],
    progress?: (done: number) => void,
    isDryRun?: boolean,
  ): Promise<number>;
  /** Which of `ids` the actor has used, for deleted tasks too. */
  usedIds(actor: Actor, ids: readonly string[]): Promise<Set<string>>;
}

export interface TaskServiceDependencies {
  store: TaskStore;
  clock: Clock;
  /** where the days of a user begin */
  timeZoneOf: (actor: Actor) => Promise<string>;
}

export function createTaskService({ store, clock, timeZoneOf }: TaskServiceDependencies): TaskService {
  const once = createTaskOnce(store);
  const asOf = async (actor: Actor): Promise<AsOf> => ({ now: clock.now(), timeZone: await timeZoneOf(actor) });
  const asOfFilter = (actor: Actor): AsOfFilter => {
    return async (filter) => (hasDueWindow(filter) ? asOf(actor) : undefined);
  };

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

  return {
    connection: (actor, query, selection) => connectionPage(store, actor.userId, query, asOfFilter(actor), selection),

    async offsetPage(actor, query) {
      const { page, limit, orderBy, filter, search } = parseInput(taskPageQuery, query);
      const criteria = { filter, search, asOf: await asOfFilter(actor)(filter) };
      const slice = { sort: taskSort(orderBy), criteria, limit, offset: (page - 1) * limit };
      const { rows, total } = await store.offsetPage(actor.userId, slice);
      return { items: rows, total, page, limit };
    },

    count: (page) => page.count(),
    async stats(actor, criteria = {}) {
      const parsed = parseInput(taskCriteria, criteria);
      return store.stats(actor.userId, { ...parsed, asOf: await asOfFilter(actor)(parsed.filter) });
    },
    revision: (userId) => store.revision(userId),
    getMany,

    async get(actor, id) {
      const [task] = await getMany(actor, [id]);
      if (!task || task instanceof Error) throw task ?? new NotFoundError('There is no such task');
      return task;
    },

    async byIds({ userId }, ids) {
      const known = ids.flatMap((id) => taskId.safeParse(id).data ?? []);
      const found = known.length === 0 ? [] : await store.byIds(userId, known);
      return new Map(found.map((task) => [task.id, task]));
    },

    async subtaskCounts({ userId }, ids) {
      const counts = new Map((await store.subtaskCounts(userId, ids)).map((count) => [count.parentId, count]));
      return ids.map((id) => {
        const { total, completed } = counts.get(id) ?? { total: 0, completed: 0 };
        return { total, completed, open: total - completed };
      });
    },

    async subtasks({ userId }, ids, first) {
      const found = await store.subtasks(userId, ids, parseInput(pageSize, first, 'first'));
      const byParent = Map.groupBy(found, (task) => task.parentId);
      return ids.map((id) => byParent.get(id) ?? []);
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
      const update = parseInput(updateTaskInput, input);
      const revise = updateOf(update, await asOf(actor));
      return once(actor, key, own, ['update', own, definedOf(update), accepted], (within) =>
        changeTask(within, actor, own, revise, accepted),
      );
    },

    async delete(actor, id, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      const changes = { deletedAt: new Date(clock.now()) };
      const deleted = await once(actor, key, own, ['delete', own, accepted], async (within): Promise<DeletedTask> => {
        const { version } = await changeTask(within, actor, own, () => changes, accepted);
        return { id: own, version };
      });
      return typeof deleted === 'string' ? { id: deleted, version: 0 } : deleted;
    },

    async toggle(actor, id, { key } = {}) {
      const own = parseInput(taskId, id, 'id');
      const now = await asOf(actor);
      return once(actor, key, own, ['toggle', own], (within) => toggleTask(within, actor, own, now));
    },

    async move(actor, id, place, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      const move = moveOf(own, parseInput(moveInput, place));
      return once(actor, key, own, ['move', move, accepted], (within) =>
        moveTask(within, actor, { ...move, versions: accepted }),
      );
    },

    applyCommands: async (actor, batch) => applyCommands(store, actor, batch, await asOf(actor)),
    async addMissing({ userId }, tasks, progress = () => {}, isDryRun = false) {
      if (!isDryRun) return store.insertMissing(userId, tasks, progress);
      return store.applyCommands(userId, { ids: [], taskIds: [] }, ({ tentatively }) =>
        tentatively(
          (within) => within.insertMissing(userId, tasks, progress),
          () => false,
        ),
      );
    },
    usedIds: async ({ userId }, ids) => new Set(await store.usedIds(userId, ids)),
  };
}
