import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { StoredEvent } from '../../src/audit/audit.event.ts';
import { type AuditStore, createAuditStore } from '../../src/audit/audit.store.ts';
import { newUser } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { storedEvent } from './support.ts';

/** What the database itself does to keep the log as it was written. */

const DAY = 86_400_000;

let database: OpenTestDatabase;
let store: AuditStore;

beforeAll(async () => {
  database = await openTestDatabase();
  store = createAuditStore(database);
});
afterAll(() => database.close());

function eventOf(userId: string | null, changes: Partial<StoredEvent> = {}, age = 0): StoredEvent {
  return storedEvent(userId, Date.now() - age, changes);
}

async function ownerOf(id: string): Promise<unknown> {
  const [row] = await database.owner<{ user_id: string | null }>('select user_id from audit_events where id = $1', [
    id,
  ]);
  return row?.user_id;
}

const CHANGES = [
  ["update audit_events set outcome = 'SUCCEEDED'"],
  ['delete from audit_events'],
  ['truncate audit_events'],
];

it.each(CHANGES)('the role of the server has no right to: %s', async (statement) => {
  const user = newUser();
  await store.insert([eventOf(user, {}, 3 * DAY)]);
  await expect(database.as(user).query(statement, [])).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

it.each(CHANGES)('a slip of the owner is refused: %s', async (statement) => {
  await store.insert([eventOf(null, {}, 3 * DAY)]);
  await expect(database.owner(statement)).rejects.toThrow(/security events are only added/);
});

it('what is younger than a day stays, whatever the owner says to be doing', async () => {
  const event = eventOf(newUser());
  await store.insert([event]);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("set audit.purging = 'on'");
  await expect(client.query('delete from audit_events where id = $1', [event.id])).rejects.toThrow(/only added/);
  await client.end();
});

describe('row-level security', () => {
  it('shows users what is about them and nothing else, whatever is asked', async () => {
    const [user, other] = [newUser(), newUser()];
    const own = eventOf(user);
    await store.insert([own, eventOf(other), eventOf(null)]);
    const rows = await database.as(user).query<{ id: string }>('select id from audit_events', []);
    expect(rows).toEqual([{ id: own.id }]);
  });

  it('shows the server itself nothing', async () => {
    await store.insert([eventOf(newUser()), eventOf(null)]);
    expect(await database.asServer().query('select id from audit_events', [])).toEqual([]);
  });

  it('lets no row be made that is given away afterwards: an event of another id does not replace the first', async () => {
    const event = eventOf('first-user');
    await store.insert([event]);
    await store.insert([{ ...event, userId: 'second-user' }]);
    expect(await ownerOf(event.id)).toBe('first-user');
  });
});

describe('the purge', () => {
  it('removes what is older than the days that are kept, and nothing else', async () => {
    const [old, young] = [eventOf(newUser(), {}, 31 * DAY), eventOf(newUser(), {}, 29 * DAY)];
    await store.insert([old, young]);
    await store.purge(30);
    expect([await ownerOf(old.id), await ownerOf(young.id)]).toEqual([undefined, young.userId]);
  });

  it('goes on in batches until nothing old is left', async () => {
    await database.owner(
      `insert into audit_events (id, event, outcome, occurred_at, last_at)
       select gen_random_uuid(), 'LIMIT_HIT', 'REFUSED', now() - interval '50 days', now() - interval '50 days'
       from generate_series(1, 10001)`,
    );
    await store.purge(40);
    const rows = await database.owner("select 1 from audit_events where occurred_at < now() - interval '40 days'");
    expect(rows).toEqual([]);
  });

  it.each([[0], [-1], [null]])('keeps at least a day: %p is refused', async (days) => {
    await expect(database.owner('select purge_audit_events($1)', [days])).rejects.toThrow(/for a day at least/);
  });

  it('may be called by no other role', async () => {
    const [row] = await database.owner<{ may: boolean }>(
      "select has_function_privilege('public', 'purge_audit_events(integer)', 'execute') as may",
    );
    expect(row?.may).toBe(false);
  });
});

it.each<[string, Record<string, unknown>]>([
  ['audit_events_event_known', { event: 'SOMETHING' }],
  ['audit_events_outcome_known', { outcome: 'PERHAPS' }],
  ['audit_events_detail_form', { detail: 'what a client wrote' }],
  ['audit_events_address_length', { address: '1'.repeat(46) }],
  ['audit_events_request_id_length', { requestId: 'r'.repeat(129) }],
  ['audit_events_user_id_length', { userId: 'u'.repeat(256) }],
  ['audit_events_occurrences_positive', { occurrences: 0 }],
  ['audit_events_last_at_order', { lastAt: '2020-01-01T00:00:00.000Z' }],
])('%s holds', async (constraint, change) => {
  const row = eventOf(newUser(), change as Partial<StoredEvent>);
  await expect(store.insert([row])).rejects.toMatchObject({ constraint });
});
