import { NIL } from 'uuid';
import type { AuditStore } from '../../src/audit/audit.store.ts';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { ConflictError, UnauthenticatedError } from '../../src/core/errors.ts';
import type { KeyedRequest } from '../../src/db/once.ts';
import type { LabelStore } from '../../src/labels/label.store.ts';
import type { ChangedTasks } from '../../src/sync/sync.queries.ts';
import type { SyncStore } from '../../src/sync/sync.store.ts';
import type { AppliedCommand } from '../../src/tasks/command.store.ts';
import type { DatedCriteria } from '../../src/tasks/task.criteria.ts';
import { taskSort } from '../../src/tasks/task.order.ts';
import { type NewTask, type TaskChanges, UNPLANNED } from '../../src/tasks/task.record.ts';
import type { TaskStore } from '../../src/tasks/task.store.ts';
import type { TaskRow } from '../../src/tasks/task.ts';
import type { UserRow, UserStore } from '../../src/users/user.store.ts';
import { createMemoryAuditStore } from './memory-audit-store.ts';
import { createMemoryLabelStore } from './memory-label-store.ts';
import { compare, meets, sorted } from './memory-lists.ts';

/** A whole database layer in a few maps: what the services ask of one, without PostgreSQL. */

interface Kept extends TaskRow {
  userId: string;
  rev: number;
  deleted: boolean;
}

interface MemoryStores {
  taskStore: TaskStore;
  labelStore: LabelStore;
  userStore: UserStore;
  auditStore: AuditStore;
  syncStore: SyncStore;
}

export function createMemoryStores(clock: Clock = systemClock): MemoryStores {
  const users = new Map<string, UserRow>();
  const tasks = new Map<string, Kept>();
  const keys = new Map<string, { fingerprint: string; answer: Promise<unknown> }>();
  const commands = new Map<string, Map<string, AppliedCommand>>();
  let lastBatch: Promise<unknown> = Promise.resolve();
  const now = () => new Date(clock.now()).toISOString();
  let revision = 0;

  function own(userId: string, id: string): Kept | undefined {
    const task = tasks.get(id);
    return task && task.userId === userId && !task.deleted ? task : undefined;
  }

  function list(userId: string, criteria: DatedCriteria): TaskRow[] {
    return [...tasks.values()].filter((task) => own(userId, task.id) && meets(task, criteria)).map(rowOf);
  }

  function add(userId: string, { createdAt, ...given }: NewTask): Kept {
    if (!users.has(userId)) throw new UnauthenticatedError('invalid_token', 'The account does not exist');
    if (tasks.has(given.id)) throw new ConflictError('This id is already in use');
    const moment = createdAt?.toISOString() ?? now();
    const times = { createdAt: moment, updatedAt: moment, completedAt: given.completed ? moment : null };
    revision += 1;
    const task = { ...UNPLANNED, ...given, ...times, userId, rev: revision, version: 1, deleted: false };
    tasks.set(task.id, task);
    return task;
  }

  function apply(task: Kept, { deletedAt, occurrence: _occurrence, ...changes }: TaskChanges): TaskRow {
    const changed = { ...task, ...changes, deleted: task.deleted || deletedAt !== undefined };
    if (JSON.stringify(changed) === JSON.stringify(task)) return rowOf(task);
    revision += 1;
    const updatedAt = now();
    const completedAt = changed.completed ? (task.completedAt ?? updatedAt) : null;
    Object.assign(task, changed, { rev: revision, updatedAt, completedAt, version: task.version + 1 });
    return rowOf(task);
  }

  /** Has all as it was unless what comes of `work` is to be kept; two of them never run at once. */
  async function undoable<Outcome>(work: () => Promise<Outcome>, isKept: (outcome: Outcome) => boolean) {
    const before = [...tasks].map(([id, task]) => [id, { ...task }] as const);
    const undo = () => {
      tasks.clear();
      for (const [id, task] of before) tasks.set(id, task);
    };
    try {
      const outcome = await work();
      if (!isKept(outcome)) undo();
      return outcome;
    } catch (error) {
      undo();
      throw error;
    }
  }

  const taskStore: TaskStore = {
    async slice(userId, { sort, criteria, limit, after, before, fromEnd }) {
      const rows = sorted(list(userId, criteria), sort).filter(
        (row) => (!after || compare(row, after, sort) > 0) && (!before || compare(row, before, sort) < 0),
      );
      return fromEnd ? rows.slice(-limit) : rows.slice(0, limit);
    },
    async offsetPage(userId, { sort, criteria, limit, offset }) {
      const rows = sorted(list(userId, criteria), sort);
      return { rows: rows.slice(offset, offset + limit), total: rows.length };
    },
    count: async (userId, criteria) => list(userId, criteria).length,
    async stats(userId, criteria) {
      const rows = list(userId, criteria);
      const completed = rows.filter((row) => row.completed).length;
      return { total: rows.length, completed, open: rows.length - completed };
    },
    byIds: async (userId, ids) => ids.flatMap((id) => own(userId, id) ?? []).map(rowOf),
    idsOfOthers: async (userId, ids) =>
      ids.filter((id) => {
        const task = tasks.get(id);
        return task !== undefined && task.userId !== userId && !task.deleted;
      }),
    usedIds: async (userId, ids) => ids.filter((id) => tasks.get(id)?.userId === userId),
    async subtaskCounts(userId, ids) {
      return ids.map((parentId) => {
        const rows = list(userId, { filter: { parentIn: [parentId] } });
        return { parentId, total: rows.length, completed: rows.filter((row) => row.completed).length };
      });
    },
    async subtasks(userId, ids, limit) {
      const byPosition = taskSort([{ field: 'position', direction: 'asc' }]);
      return ids.flatMap((id) => sorted(list(userId, { filter: { parentIn: [id] } }), byPosition).slice(0, limit));
    },
    ...NOT_IN_MEMORY,
    revision: async (userId) => (users.has(userId) ? String(revision) : undefined),
    insert: async (userId, task) => rowOf(add(userId, task)),
    async insertMissing(userId, missing, progress) {
      const added = missing.filter((task) => tasks.get(task.id)?.userId !== userId);
      if (added.some((task) => tasks.has(task.id))) throw new ConflictError('This id is already in use');
      for (const task of added) add(userId, task);
      progress(missing.length);
      return added.length;
    },
    async change(userId, id, revise, versions) {
      const task = own(userId, id);
      if (!task) return undefined;
      if (versions && !versions.includes(task.version)) {
        throw new ConflictError('The task has changed since it was read', task.version);
      }
      const { version } = task;
      const row = apply(task, revise(rowOf(task)));
      return row.version === version ? { ...row, isUnchanged: true } : row;
    },
    async toggle(userId, id) {
      const task = own(userId, id);
      return task && task.recurrence === null ? apply(task, { completed: !task.completed }) : undefined;
    },
    async once<Answer>(
      userId: string,
      { key, fingerprint, taskId }: KeyedRequest,
      work: (store: TaskStore, taskId: string) => Promise<Answer>,
    ) {
      const name = JSON.stringify([userId, key]);
      const known = keys.get(name);
      if (known && known.fingerprint !== fingerprint) {
        throw new ConflictError('This idempotency key was used for another request');
      }
      if (known) return { answer: (await known.answer) as Answer, isReplay: true };
      const answer = work(taskStore, taskId);
      keys.set(name, { fingerprint, answer });
      answer.catch(() => keys.delete(name));
      return { answer: await answer, isReplay: false };
    },
    async applyCommands(userId, { taskIds }, work) {
      const batch = async () => {
        if (typeof taskIds === 'function') await taskIds(taskStore);
        const applied = new Map(commands.get(userId));
        const answer = await work({
          store: taskStore,
          known: applied,
          tentatively: (attempt, isKept) => undoable(() => attempt(taskStore), isKept),
          remember: async (added) => void added.map((command) => applied.set(command.id, command)),
        });
        commands.set(userId, applied);
        return answer;
      };
      const turn = lastBatch.then(() => undoable(batch, () => true));
      lastBatch = turn.catch(() => {});
      return turn;
    },
  };

  const userStore: UserStore = {
    find: async (userId) => users.get(userId),
    async upsert(userId, { email, name }) {
      const isNew = !users.has(userId);
      const known = users.get(userId) ?? {
        ...{ id: userId, email: null, name: null, createdAt: now() },
        ...{ tokensValidAfter: null, deletedAt: null, timeZone: null },
      };
      const user = known.deletedAt ? known : { ...known, email: email ?? known.email, name: name ?? known.name };
      users.set(userId, user);
      return { user, isNew };
    },
    importSalt: async (userId) => (users.has(userId) ? `salt of ${userId}` : undefined),
    async revokeTokens(userId, validAfter) {
      const user = users.get(userId);
      if (user) users.set(userId, { ...user, tokensValidAfter: validAfter.toISOString() });
    },
    async setTimeZone(userId, timeZone) {
      const user = users.get(userId);
      if (user) users.set(userId, { ...user, timeZone });
      return users.get(userId);
    },
    async erase(userId, deletedAt) {
      const user = users.get(userId);
      if (user) users.set(userId, { ...user, email: null, name: null, deletedAt: deletedAt.toISOString() });
      for (const task of tasks.values()) if (task.userId === userId) tasks.delete(task.id);
      commands.delete(userId);
      for (const name of keys.keys()) if (JSON.parse(name)[0] === userId) keys.delete(name);
    },
  };

  const found = (userId: string, kept: Kept[]): ChangedTasks => ({
    head: revision,
    purged: 0,
    labels: 0,
    epoch: NIL,
    key: `key of ${userId}`,
    tasks: kept.map((task) => ({ ...rowOf(task), rev: task.rev, isDeleted: task.deleted })),
  });
  const syncStore: SyncStore = {
    async changed(userId, rev, limit) {
      const changed = [...tasks.values()].filter((task) => task.userId === userId && task.rev > rev);
      return users.has(userId) ? found(userId, changed.sort((a, b) => a.rev - b.rev).slice(0, limit)) : undefined;
    },
    async current(userId, after, limit) {
      const place = (task: Kept) => `${task.createdAt} ${task.id}`;
      const begin = after && `${new Date(after.createdAt).toISOString()} ${after.id}`;
      const current = [...tasks.values()].filter((task) => own(userId, task.id) && !(begin && place(task) >= begin));
      const newestFirst = current.sort((a, b) => (place(a) < place(b) ? 1 : -1));
      return users.has(userId) ? found(userId, newestFirst.slice(0, limit)) : undefined;
    },
  };
  return {
    taskStore,
    labelStore: createMemoryLabelStore(now),
    userStore,
    auditStore: createMemoryAuditStore(),
    syncStore,
  };
}

/** What no test asks of it: the order, trash and history of tasks. */
const unknown = async () => {
  throw new Error('not kept in memory');
};
const NOT_IN_MEMORY = {
  move: unknown,
  deleted: unknown,
  deletedCount: unknown,
  restore: unknown,
  purge: unknown,
  history: unknown,
  occurrences: unknown,
  undo: unknown,
};

function rowOf({ userId: _userId, deleted: _deleted, ...row }: Kept): TaskRow {
  return row;
}
