import type { Actor } from '../core/actor.ts';
import { parseInput } from '../core/validation.ts';
import { type AuditConnectionPage, connectionPage } from './audit.connection.ts';
import type { AuditEvent } from './audit.event.ts';
import { type AuditConnectionQuery, type AuditPageQuery, auditPageQuery } from './audit.inputs.ts';
import type { AuditStore } from './audit.store.ts';

export interface AuditPage {
  items: AuditEvent[];
  total: number;
  page: number;
  limit: number;
}

/** What users can read of the log of security events: what it says about themselves, newest first. */
export interface AuditService {
  connection(actor: Actor, query: AuditConnectionQuery): Promise<AuditConnectionPage>;
  offsetPage(actor: Actor, query: AuditPageQuery): Promise<AuditPage>;
}

export function createAuditService(store: AuditStore): AuditService {
  return {
    connection: ({ userId }, query) => connectionPage(store, userId, query),

    async offsetPage({ userId }, query) {
      const { page, limit } = parseInput(auditPageQuery, query);
      const [items, total] = await Promise.all([
        store.page(userId, { limit, offset: (page - 1) * limit }),
        store.count(userId),
      ]);
      return { items, total, page, limit };
    },
  };
}
