import { decodeCursor, encodeCursor } from '../core/cursor.ts';
import { DEFAULT_PAGE_SIZE } from '../core/paging.ts';
import { parseInput } from '../core/validation.ts';
import type { AsOf, DatedCriteria } from './task.criteria.ts';
import { type TaskConnectionQuery, type TaskFilter, taskConnectionQuery } from './task.list-inputs.ts';
import { type SortedTaskRow, type TaskSort, taskSort } from './task.order.ts';
import type { Place } from './task.ranges.ts';
import type { TaskSelection } from './task.related.ts';
import type { TaskStore } from './task.store.ts';

/** One page of a Relay connection. Cursors are made only for the rows that are asked for theirs. */
export interface TaskConnectionPage {
  rows: SortedTaskRow[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursorOf(row: SortedTaskRow): string;
  /** how many rows all pages have */
  count(): Promise<number>;
  /** what is in it depends on when it is asked for */
  isTimeBound: boolean;
}

/** When and where a filter is asked, if that is of any matter to it. */
export type AsOfFilter = (filter: TaskFilter | null | undefined) => Promise<AsOf | undefined>;

/**
 * The page that a query describes: keyset, so that rows that come and go elsewhere neither shift it nor repeat in it.
 * One row more than asked tells whether there is a further page. Towards the other side the answer is whether a cursor
 * was given: its row stood there (Relay's specification leaves that open where it costs another query). Rows have what
 * `selection` names, all of a task without it.
 */
export async function connectionPage(
  store: TaskStore,
  userId: string,
  query: TaskConnectionQuery,
  asOfFilter: AsOfFilter,
  selection?: TaskSelection,
): Promise<TaskConnectionPage> {
  const { first, after, last, before, orderBy, filter, search } = parseInput(taskConnectionQuery, query);
  const sort = taskSort(orderBy ?? []);
  const places = { after: placeOf(after, sort, 'after'), before: placeOf(before, sort, 'before') };
  const asOf = await asOfFilter(filter);
  const criteria: DatedCriteria = { filter, search, asOf };

  const fromEnd = last != null;
  const limit = first ?? last ?? DEFAULT_PAGE_SIZE;
  const rows = await store.slice(userId, { sort, criteria, limit: limit + 1, ...places, fromEnd, selection });
  const hasMore = rows.length > limit;
  if (hasMore) rows.splice(fromEnd ? 0 : limit, 1);
  return {
    rows,
    hasNextPage: fromEnd ? before != null : hasMore,
    hasPreviousPage: fromEnd ? hasMore : after != null,
    cursorOf: (row) => cursorOf(row, sort),
    count: () => store.count(userId, criteria),
    isTimeBound: asOf !== undefined,
  };
}

/** No key is the empty text: in cursors it stands for none. */
const NONE = '';

function cursorOf(row: SortedTaskRow, { signature, keys }: TaskSort): string {
  return encodeCursor(
    signature,
    keys.map((key) => key.of(row) ?? NONE),
  );
}

function placeOf(cursor: string | null | undefined, { signature, keys }: TaskSort, argument: string) {
  if (cursor == null) return undefined;
  const patterns = keys.map(({ pattern, nullable }) => (nullable ? orNone(pattern) : pattern));
  const place: Place = decodeCursor(cursor, signature, patterns, argument).map((value) =>
    value === NONE ? null : value,
  );
  return place;
}

function orNone(pattern: RegExp): RegExp {
  return new RegExp(`^$|${pattern.source}`, pattern.flags);
}
