import { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import { decodeCursor, encodeCursor } from '../core/cursor.ts';
import { NotFoundError } from '../core/errors.ts';
import { targetOf } from '../core/input.schemas.ts';
import { cursorText, DEFAULT_PAGE_SIZE, pageSize } from '../core/paging.ts';
import { TIMESTAMP_PATTERN } from '../core/timestamp.ts';
import { parseInput } from '../core/validation.ts';
import type { TaskConnectionPage } from './task.connection.ts';
import { taskId } from './task.inputs.ts';
import { createTaskOnce } from './task.once.ts';
import type { WrittenTask } from './task.record.ts';
import type { WriteOptions } from './task.service.ts';
import type { TaskStore } from './task.store.ts';
import { refusalOf, standingsOf } from './task.writes.ts';

const trashQuery = z.strictObject({ first: pageSize.nullish(), after: cursorText.nullish() });
export type TrashQuery = z.input<typeof trashQuery>;

/**
 * Deleted tasks of the actor, as long as they are kept (TRASH_RETENTION_DAYS).
 * @throws BadUserInputError, NotFoundError for what is not in the trash, ForbiddenError (somebody else's task), ConflictError (stale version)
 */
export interface TrashService {
  /** The latest deletions first. */
  page(actor: Actor, query: TrashQuery): Promise<TaskConnectionPage>;
  /** Takes a task out of the trash, with the subtasks that went there with it. */
  restore(actor: Actor, id: string, options?: WriteOptions): Promise<WrittenTask>;
  /** Empties a task and its subtasks in the trash for good. Answers the id. */
  purge(actor: Actor, id: string, options?: Pick<WriteOptions, 'key'>): Promise<string>;
}

/** Names this order inside cursors. */
const SORT = '-deleted_at,-id';
const PATTERNS = [TIMESTAMP_PATTERN, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/];

export function createTrashService(store: TaskStore): TrashService {
  const once = createTaskOnce(store);

  async function refusal(within: TaskStore, actor: Actor, id: string) {
    const standing = (await standingsOf(within, actor, [id])).get(id);
    return standing ? refusalOf(standing) : new NotFoundError('There is no such task in the trash');
  }

  return {
    async page({ userId }, query) {
      const { first, after } = parseInput(trashQuery, query);
      const limit = first ?? DEFAULT_PAGE_SIZE;
      const place = after == null ? undefined : decodeCursor(after, SORT, PATTERNS, 'after');
      const [deletedAt = '', id = ''] = place ?? [];
      const rows = await store.deleted(userId, { limit: limit + 1, after: place && [deletedAt, id] });
      const hasNextPage = rows.length > limit;
      return {
        rows: rows.slice(0, limit),
        hasNextPage,
        hasPreviousPage: place !== undefined,
        cursorOf: (row) => encodeCursor(SORT, [row.deletedAt ?? '', row.id]),
        count: () => store.deletedCount(userId),
        isTimeBound: false,
      };
    },

    async restore(actor, id, { versions, key } = {}) {
      const [own, accepted] = targetOf(id, versions);
      return once(actor, key, own, ['restore', own, accepted], async (within) => {
        const task = await within.restore(actor.userId, own, accepted);
        if (!task) throw await refusal(within, actor, own);
        return task;
      });
    },

    async purge(actor, id, { key } = {}) {
      const own = parseInput(taskId, id, 'id');
      return once(actor, key, own, ['purge', own], async (within) => {
        if (!(await within.purge(actor.userId, own))) throw await refusal(within, actor, own);
        return own;
      });
    },
  };
}
