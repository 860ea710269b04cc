import { decodeCursor, encodeCursor } from '../core/cursor.ts';
import { DEFAULT_PAGE_SIZE } from '../core/paging.ts';
import { parseInput } from '../core/validation.ts';
import { type TaskConnectionQuery, type TaskCriteria, taskConnectionQuery } from './task.inputs.ts';
import { type TaskSort, taskSort } from './task.order.ts';
import type { TaskStore } from './task.store.ts';
import type { TaskRow } from './task.ts';

/** One page of a Relay connection. Cursors are made only for the rows that are asked for theirs. */
export interface TaskConnectionPage {
  rows: TaskRow[];
  criteria: TaskCriteria;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursorOf(row: TaskRow): string;
}

/**
 * The page that a query describes: keyset, so that rows that come and go elsewhere neither shift it nor repeat in it.
 * One row more than asked tells whether there is a further page. Towards the other side the answer is whether a cursor
 * was given: its row stood there (Relay's specification leaves that open where it costs another query).
 */
export async function connectionPage(
  store: TaskStore,
  userId: string,
  query: TaskConnectionQuery,
): Promise<TaskConnectionPage> {
  const { first, after, last, before, orderBy, filter, search } = parseInput(taskConnectionQuery, query);
  const criteria = { filter, search };
  const sort = taskSort(orderBy ?? []);
  const patterns = sort.keys.map((key) => key.pattern);
  const place = (cursor: string | null | undefined, argument: string) =>
    cursor == null ? undefined : decodeCursor(cursor, sort.signature, patterns, argument);

  const fromEnd = last != null;
  const limit = first ?? last ?? DEFAULT_PAGE_SIZE;
  const rows = await store.slice(userId, {
    sort,
    criteria,
    limit: limit + 1,
    after: place(after, 'after'),
    before: place(before, 'before'),
    fromEnd,
  });
  const hasMore = rows.length > limit;
  if (hasMore) rows.splice(fromEnd ? 0 : limit, 1);
  return {
    rows,
    criteria,
    hasNextPage: fromEnd ? before != null : hasMore,
    hasPreviousPage: fromEnd ? hasMore : after != null,
    cursorOf: (row) => cursorOf(row, sort),
  };
}

function cursorOf(row: TaskRow, sort: TaskSort): string {
  return encodeCursor(
    sort.signature,
    sort.keys.map((key) => key.of(row)),
  );
}
