import { z } from 'zod';
import type { Actor } from '../core/actor.ts';
import { DEFAULT_PAGE_SIZE, pageSize } from '../core/paging.ts';
import { parseInput } from '../core/validation.ts';
import type { TaskRow } from '../tasks/task.ts';
import { firstOf, type TaskChange } from './sync.changes.ts';
import type { TaskFeed, TaskFeedCounts } from './sync.feed.ts';
import { assertGiven, foundOf, isLost } from './sync.position.ts';
import type { SyncStore } from './sync.store.ts';
import { type ClaimedPosition, decodePosition, encodePosition } from './sync.token.ts';

const syncQuery = z.strictObject({ since: z.string().nullish(), first: pageSize.nullish() });
export type SyncQuery = z.input<typeof syncQuery>;

/** What a device has to take over. */
export interface SyncPage {
  changed: TaskRow[];
  deletedIds: string[];
  /** what to ask with the next time */
  syncToken: string;
  /** whether there is more of it already */
  hasMore: boolean;
  /** It belongs to a start: of what the device had before, only what is in a page of the start is still there. */
  fullSync: boolean;
  /** Tags or lists have changed since; they are to be asked for. */
  labelsChanged: boolean;
}

/**
 * How devices stay equal to the database. Every method acts for `actor` on their own tasks only.
 * @throws BadUserInputError for a `since` that was not given to this user
 */
export interface SyncService {
  readonly counts: TaskFeedCounts;
  /**
   * Without `since` all tasks, page by page: each is in one page, as it is when that is read, however they change meanwhile.
   * With it what has changed since, each task once and in the order of the last changes; or the first page of a start, when that is no longer known.
   */
  pull(actor: Actor, query: SyncQuery): Promise<SyncPage>;
  /**
   * Every change after `since`, or from now on, one after the other without gap or repeat, until the iterator is returned.
   * @throws RateLimitedError when the user follows in too many places; later, while iterating, UnauthenticatedError when the actor's tokens or account were ended
   */
  follow(actor: Actor, since: string | null | undefined): Promise<AsyncIterableIterator<TaskChange>>;
}

export function createSyncService(store: SyncStore, feed: TaskFeed): SyncService {
  async function startPage(userId: string, claimed: ClaimedPosition | undefined, limit: number): Promise<SyncPage> {
    const found = foundOf(await store.current(userId, claimed?.start, limit + 1));
    if (claimed) assertGiven(claimed, found);
    const { key, head, epoch } = found;
    const tasks = found.tasks.slice(0, limit);
    const last = tasks.at(-1);
    const hasMore = found.tasks.length > limit;
    // Whether changes from the beginning of the start on are still known is judged when they are asked for.
    const position = { epoch: claimed?.epoch ?? epoch, rev: claimed?.rev ?? head };
    const start = hasMore && last ? { createdAt: Date.parse(last.createdAt), id: last.id } : undefined;
    return {
      changed: tasks,
      deletedIds: [],
      syncToken: encodePosition({ ...position, start }, key),
      hasMore,
      fullSync: true,
      labelsChanged: claimed === undefined || found.labels > claimed.rev,
    };
  }

  return {
    async pull({ userId }, query) {
      const { since, first } = parseInput(syncQuery, query);
      const limit = first ?? DEFAULT_PAGE_SIZE;
      const claimed = since == null ? undefined : decodePosition(since, 'since');
      if (claimed === undefined || claimed.start) return startPage(userId, claimed, limit);
      const found = foundOf(await store.changed(userId, claimed.rev, limit + 1));
      assertGiven(claimed, found);
      if (isLost(claimed, found)) return startPage(userId, undefined, limit);
      const { tasks, place, hasMore } = firstOf(found, limit);
      return {
        changed: tasks.filter((task) => !task.isDeleted),
        deletedIds: tasks.filter((task) => task.isDeleted).map((task) => task.id),
        syncToken: encodePosition(place, found.key),
        hasMore,
        fullSync: false,
        labelsChanged: found.labels > claimed.rev && found.labels <= place.rev,
      };
    },
    counts: feed.counts,
    follow: (actor, since) => feed.follow(actor, since),
  };
}
