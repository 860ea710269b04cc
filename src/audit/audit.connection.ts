import { decodeCursor, encodeCursor } from '../core/cursor.ts';
import { DEFAULT_PAGE_SIZE } from '../core/paging.ts';
import { TIMESTAMP_PATTERN } from '../core/timestamp.ts';
import { parseInput } from '../core/validation.ts';
import type { AuditEvent } from './audit.event.ts';
import { type AuditConnectionQuery, auditConnectionQuery } from './audit.inputs.ts';
import type { AuditStore } from './audit.store.ts';

/** Names the one order of this list inside cursors, so that one of a list of tasks is told from them. */
const SORT = 'security,-occurred_at,-id';
const PLACE = [TIMESTAMP_PATTERN, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/];

/** One page of a Relay connection, newest first. */
export interface AuditConnectionPage {
  rows: AuditEvent[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  cursorOf(row: AuditEvent): string;
}

/** One row more than asked tells whether there is a further page; that a cursor was given, that there is one before. */
export async function connectionPage(
  store: AuditStore,
  userId: string,
  query: AuditConnectionQuery,
): Promise<AuditConnectionPage> {
  const { first, after } = parseInput(auditConnectionQuery, query);
  const limit = first ?? DEFAULT_PAGE_SIZE;
  const place = after == null ? undefined : decodeCursor(after, SORT, PLACE, 'after');
  const rows = await store.slice(userId, { limit: limit + 1, after: place });
  const hasNextPage = rows.length > limit;
  return { rows: rows.slice(0, limit), hasNextPage, hasPreviousPage: place !== undefined, cursorOf };
}

export function cursorOf({ occurredAt, id }: AuditEvent): string {
  return encodeCursor(SORT, [occurredAt, id]);
}
