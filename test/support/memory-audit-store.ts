import type { AuditEvent, StoredEvent } from '../../src/audit/audit.event.ts';
import type { AuditStore } from '../../src/audit/audit.store.ts';

/** Security events in a list: what the recorder and the service ask of a store, without PostgreSQL. */
export interface MemoryAuditStore extends AuditStore {
  readonly rows: StoredEvent[];
  readonly purges: number[];
  /** what the next insert fails with */
  failure: Error | undefined;
}

export function createMemoryAuditStore(): MemoryAuditStore {
  const rows: StoredEvent[] = [];
  const place = ({ occurredAt, id }: Pick<StoredEvent, 'occurredAt' | 'id'>) => `${occurredAt} ${id}`;
  const own = (userId: string): AuditEvent[] =>
    rows
      .filter((row) => row.userId === userId)
      .sort((left, right) => (place(left) < place(right) ? 1 : -1))
      .map(({ userId: _userId, ...event }) => event);

  const store: MemoryAuditStore = {
    rows,
    purges: [],
    failure: undefined,
    async insert(events) {
      const { failure } = store;
      if (failure) throw failure;
      rows.push(...events.filter((event) => !rows.some(({ id }) => id === event.id)).map((event) => ({ ...event })));
    },
    purge: async (days) => void store.purges.push(days),
    async slice(userId, { limit, after }) {
      const [occurredAt = '', id = ''] = after ?? [];
      return own(userId)
        .filter((event) => after === undefined || place(event) < place({ occurredAt, id }))
        .slice(0, limit);
    },
    page: async (userId, { limit, offset }) => own(userId).slice(offset, offset + limit),
    count: async (userId) => own(userId).length,
  };
  return store;
}
