import type { IsolatedDatabase } from '../db/database.ts';
import { purge } from '../db/hourly-purge.ts';
import { READ } from '../db/user-database.ts';
import type { AuditEvent, StoredEvent } from './audit.event.ts';

/** The statements of security events. Each read takes the user's id, binds it first and acts as that user. */

const COLUMNS =
  'id, event, outcome, detail, address, request_id as "requestId", occurrences, occurred_at as "occurredAt", last_at as "lastAt"';
const NEWEST_FIRST = 'order by occurred_at desc, id desc';

/** In one statement, whatever their number. An insert that is repeated because its answer was lost adds nothing. */
export async function insertEvents(database: IsolatedDatabase, events: readonly StoredEvent[]): Promise<void> {
  await database.asServer().query(
    // No target after "on conflict": naming one asks for the right to see the rows, which are not the server's.
    `insert into audit_events
       (id, user_id, event, outcome, detail, address, request_id, occurrences, occurred_at, last_at)
     select id, "userId", event, outcome, detail, address, "requestId", occurrences, "occurredAt", "lastAt"
     from jsonb_to_recordset($1::jsonb) as given (id uuid, "userId" text, event text, outcome text, detail text,
       address text, "requestId" text, occurrences integer, "occurredAt" timestamptz, "lastAt" timestamptz)
     on conflict do nothing`,
    [JSON.stringify(events)],
  );
}

export function purgeEvents(database: IsolatedDatabase, days: number): Promise<void> {
  return purge(database, { call: 'purge_audit_events($1::integer)', values: [days] });
}

export function auditSlice(
  database: IsolatedDatabase,
  userId: string,
  limit: number,
  after: readonly string[] | undefined,
): Promise<AuditEvent[]> {
  const user = database.as(userId);
  if (after === undefined) {
    return user.query(
      `select ${COLUMNS} from audit_events where user_id = $1 ${NEWEST_FIRST} limit $2`,
      [userId, limit],
      READ,
    );
  }
  return user.query(
    `select ${COLUMNS} from audit_events
     where user_id = $1 and (occurred_at, id) < ($3::timestamptz, $4::uuid) ${NEWEST_FIRST} limit $2`,
    [userId, limit, ...after],
    READ,
  );
}

export function auditPage(
  database: IsolatedDatabase,
  userId: string,
  limit: number,
  offset: number,
): Promise<AuditEvent[]> {
  return database
    .as(userId)
    .query(
      `select ${COLUMNS} from audit_events where user_id = $1 ${NEWEST_FIRST} limit $2 offset $3`,
      [userId, limit, offset],
      READ,
    );
}

export async function auditCount(database: IsolatedDatabase, userId: string): Promise<number> {
  const [row] = await database
    .as(userId)
    .query<{ count: number }>('select count(*)::int as count from audit_events where user_id = $1', [userId], READ);
  return row?.count ?? 0;
}
