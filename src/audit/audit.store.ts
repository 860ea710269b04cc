import type { IsolatedDatabase } from '../db/database.ts';
import type { AuditEvent, StoredEvent } from './audit.event.ts';
import { auditCount, auditPage, auditSlice, insertEvents, purgeEvents } from './audit.queries.ts';

/** A place in a user's events, which come newest first: the `occurredAt` and `id` of a row. */
export type AuditPlace = readonly string[];

/** Where security events are kept: only added to, read by their user, and removed when they are old. */
export interface AuditStore {
  /** Those that are there already, by their id, stay as they are. */
  insert(events: readonly StoredEvent[]): Promise<void>;
  /** Removes what is older than so many days. */
  purge(days: number): Promise<void>;
  /** the user's own events after a place, newest first */
  slice(userId: string, slice: { limit: number; after: AuditPlace | undefined }): Promise<AuditEvent[]>;
  page(userId: string, page: { limit: number; offset: number }): Promise<AuditEvent[]>;
  count(userId: string): Promise<number>;
}

/** Security events in PostgreSQL. */
export function createAuditStore(database: IsolatedDatabase): AuditStore {
  return {
    insert: (events) => insertEvents(database, events),
    purge: (days) => purgeEvents(database, days),
    slice: (userId, { limit, after }) => auditSlice(database, userId, limit, after),
    page: (userId, { limit, offset }) => auditPage(database, userId, limit, offset),
    count: (userId) => auditCount(database, userId),
  };
}
