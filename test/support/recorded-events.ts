import type { SecurityEvent, SecurityEventLog } from '../../src/core/security-events.ts';

/** A log of security events that only keeps what it is told. */
export interface RecordedEvents extends SecurityEventLog {
  readonly events: SecurityEvent[];
}

export function createRecordedEvents(): RecordedEvents {
  const events: SecurityEvent[] = [];
  return {
    events,
    record: (event) => void events.push(event),
    recordNow: async (event) => void events.push(event),
  };
}
