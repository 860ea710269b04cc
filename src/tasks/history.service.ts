import { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import { decodeCursor, encodeCursor } from '../core/cursor.ts';
import { cursorText, DEFAULT_PAGE_SIZE, pageSize } from '../core/paging.ts';
import { type Timestamp, timestampFromDatabase } from '../core/timestamp.ts';
import { parseInput } from '../core/validation.ts';
import type { CompletedOccurrence, HistorySlice, RecordedChange } from './history.queries.ts';
import { createTaskOnce } from './task.once.ts';
import type { WriteOptions } from './task.service.ts';
import type { TaskStore } from './task.store.ts';
import { TASK_PRIORITIES, type TaskRow } from './task.ts';
import { refusal } from './task.writes.ts';
import { type Change, changesOfToken } from './undo.token.ts';

const historyQuery = z.strictObject({ first: pageSize.nullish(), after: cursorText.nullish() });
export type HistoryQuery = z.input<typeof historyQuery>;

const undoInput = z.strictObject({ token: z.string('must be text') }, 'must be an object');
export type UndoInput = z.input<typeof undoInput>;

/** What one field of a task was before a change and after it, as text; lists of ids with commas between them. */
export interface FieldChange {
  field: string;
  before: string | null;
  after: string | null;
}

export interface HistoryEntry {
  /** that the change led to */
  version: number;
  changedAt: Timestamp;
  changes: FieldChange[];
}

export interface HistoryPage<Entry> {
  entries: Entry[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursorOf(entry: Entry): string;
}

/** What is left after changes were taken back. */
export interface Undone {
  tasks: TaskRow[];
  deletedIds: string[];
  /** the changes that taking back has made, which can be taken back as well */
  changes: Change[];
}

/**
 * What became of tasks, the latest first, as long as it is kept (HISTORY_RETENTION_DAYS), and how it is taken back. Every
 * method acts for `actor` on their own tasks only; there is nothing of those of others.
 */
export interface HistoryService {
  /** One page for each task, in order. */
  history(actor: Actor, taskIds: readonly string[], query: HistoryQuery): Promise<HistoryPage<HistoryEntry>[]>;
  /** The same for completed occurrences of recurring tasks. */
  occurrences(
    actor: Actor,
    taskIds: readonly string[],
    query: HistoryQuery,
  ): Promise<HistoryPage<CompletedOccurrence>[]>;
  /**
   * Takes back what a mutation has changed, all or none.
   * @throws BadUserInputError for what is no token, ConflictError when a task was changed since, NotFoundError or ForbiddenError when it is not there
   */
  undo(actor: Actor, input: UndoInput, options?: Pick<WriteOptions, 'key'>): Promise<Undone>;
}

/** Names this order inside cursors. */
const SORT = '-version';
const VERSION = /^\d{1,9}$/;

export function createHistoryService(store: TaskStore): HistoryService {
  const once = createTaskOnce(store);

  async function pages<Row extends { taskId: string; version: number }, Entry extends { version: number }>(
    taskIds: readonly string[],
    query: HistoryQuery,
    read: (slice: HistorySlice) => Promise<Row[]>,
    entryOf: (row: Row) => Entry,
  ): Promise<HistoryPage<Entry>[]> {
    const { first, after } = parseInput(historyQuery, query);
    const limit = first ?? DEFAULT_PAGE_SIZE;
    const [version] = after == null ? [] : decodeCursor(after, SORT, [VERSION], 'after');
    const beforeVersion = version === undefined ? undefined : Number(version);
    const rows = Map.groupBy(await read({ taskIds, beforeVersion, limit: limit + 1 }), (row) => row.taskId);
    return taskIds.map((id) => {
      const found = rows.get(id) ?? [];
      return {
        entries: found.slice(0, limit).map(entryOf),
        hasNextPage: found.length > limit,
        hasPreviousPage: beforeVersion !== undefined,
        cursorOf: (entry) => encodeCursor(SORT, [String(entry.version)]),
      };
    });
  }

  return {
    history: ({ userId }, taskIds, query) => pages(taskIds, query, (slice) => store.history(userId, slice), entryOf),
    occurrences: ({ userId }, taskIds, query) =>
      pages(
        taskIds,
        query,
        (slice) => store.occurrences(userId, slice),
        (row) => row,
      ),

    async undo(actor, input, { key } = {}) {
      const { token } = parseInput(undoInput, input);
      const changes = changesOfToken(token);
      return once(actor, key, changes[0]?.id ?? '', ['undo', token], async (within) => {
        const undone = await within.undo(actor.userId, changes);
        if ('missing' in undone) throw await refusal(within, actor, undone.missing);
        return {
          tasks: undone.filter((task) => !task.isDeleted),
          deletedIds: undone.filter((task) => task.isDeleted).map(({ id }) => id),
          changes: undone.map(({ id, version }) => ({ id, version })),
        };
      });
    },
  };
}

/** How fields are called and shown; columns that follow from others are left out. */
const FIELDS: Record<string, { field: string; show?: (value: unknown) => string }> = {
  title: { field: 'title' },
  description: { field: 'description' },
  completed: { field: 'completed' },
  priority: { field: 'priority', show: (place) => TASK_PRIORITIES[Number(place)] ?? '' },
  due_date: { field: 'dueDate' },
  due_at: { field: 'dueAt', show: (moment) => timestampFromDatabase(String(moment)) },
  due_time_zone: { field: 'dueTimeZone' },
  recurrence: { field: 'recurrence' },
  recurrence_basis: { field: 'recurrenceBasis' },
  tag_ids: { field: 'tagIds', show: (ids) => (ids as string[]).join() },
  list_id: { field: 'listId' },
  parent_id: { field: 'parentId' },
  rank: { field: 'position' },
  deleted_at: { field: 'deletedAt', show: (moment) => timestampFromDatabase(String(moment)) },
};

function entryOf({ version, changedAt, changes, unmoved }: RecordedChange): HistoryEntry {
  const shown = Object.entries(FIELDS).flatMap(([column, { field, show = String }]) => {
    const change = changes[column];
    if (!change) return [];
    const missing = column === 'rank' ? unmoved : null;
    const [before, after] = change.map((value) => (value === null ? missing : show(value)));
    return { field, before: before ?? null, after: after ?? null };
  });
  return { version, changedAt, changes: shown };
}
