import type { SecurityDetail, SecurityEventName, SecurityOutcome } from '../core/security-events.ts';
import type { Timestamp } from '../core/timestamp.ts';

/** A security event as it is stored: one occurrence, or several equal ones that followed each other closely. */
export interface StoredEvent {
  id: string;
  userId: string | null;
  event: SecurityEventName;
  outcome: SecurityOutcome;
  detail: SecurityDetail | null;
  address: string | null;
  requestId: string | null;
  occurrences: number;
  occurredAt: Timestamp;
  /** of the last occurrence */
  lastAt: Timestamp;
}

/** The same as its user sees it. */
export type AuditEvent = Omit<StoredEvent, 'userId'>;
