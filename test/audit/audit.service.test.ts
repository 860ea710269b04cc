import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cursorOf } from '../../src/audit/audit.connection.ts';
import { createAuditRecorder } from '../../src/audit/audit.recorder.ts';
import { type AuditService, createAuditService } from '../../src/audit/audit.service.ts';
import { type AuditStore, createAuditStore } from '../../src/audit/audit.store.ts';
import type { Actor } from '../../src/core/actor.ts';
import { systemClock } from '../../src/core/clock.ts';
import { newUser } from '../support/factories.ts';
import { createMemoryAuditStore } from '../support/memory-audit-store.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { createKeptLog, refused, START, storedEvent } from './support.ts';

/** The log with PostgreSQL behind it, and with the memory that stands in for it in tests of other layers. */

let database: OpenTestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

function actorOf(userId = newUser()): Actor {
  return { userId, email: null, name: null, issuedAt: START / 1000 };
}

/** Events a second apart but for the last two, which come at the same time; oldest first. */
async function store(target: AuditStore, userId: string, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (_, index) =>
    storedEvent(userId, START + Math.min(index, count - 2) * 1000),
  );
  await target.insert(events);
  return events.map((event) => event.id);
}

describe.each<[string, () => AuditStore]>([
  ['PostgreSQL', () => createAuditStore(database)],
  ['memory', () => createMemoryAuditStore()],
])('the log in %s', (_name, createStore) => {
  let kept: AuditStore;
  let service: AuditService;
  beforeAll(() => {
    kept = createStore();
    service = createAuditService(kept);
  });

  it('shows events newest first, and twenty of them unless more are asked for', async () => {
    const actor = actorOf();
    const ids = await store(kept, actor.userId, 25);
    const { rows, hasNextPage, hasPreviousPage } = await service.connection(actor, {});
    expect(rows.map((row) => row.id)).toEqual(ids.reverse().slice(0, 20));
    expect([hasNextPage, hasPreviousPage]).toEqual([true, false]);
  });

  it('shows every event once over all pages, also those of one moment', async () => {
    const actor = actorOf();
    const ids = await store(kept, actor.userId, 7);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await service.connection(actor, { first: 2, after });
      seen.push(...page.rows.map((row) => row.id));
      const last = page.rows.at(-1);
      after = page.hasNextPage && last ? cursorOf(last) : undefined;
    } while (after !== undefined);
    expect(seen).toEqual(ids.reverse());
  });

  it('shows pages by number too', async () => {
    const actor = actorOf();
    const ids = await store(kept, actor.userId, 5);
    const { items, total } = await service.offsetPage(actor, { page: 2, limit: 2 });
    expect([items.map((item) => item.id), total]).toEqual([ids.reverse().slice(2, 4), 5]);
  });

  it('shows users their own events only, whatever cursor they have', async () => {
    const [actor, other] = [actorOf(), actorOf()];
    await store(kept, other.userId, 3);
    const [newest] = (await service.connection(other, {})).rows;
    const own = await store(kept, actor.userId, 2);
    const after = newest && cursorOf({ ...newest, occurredAt: new Date(START + 86_400_000).toISOString() });
    expect((await service.connection(actor, { after })).rows.map((row) => row.id)).toEqual(own.reverse());
    expect(await service.offsetPage(actor, { page: 1, limit: 100 })).toMatchObject({ total: 2 });
  });

  it('shows every field as it was stored', async () => {
    const actor = actorOf();
    const { userId: _userId, ...shown } = storedEvent(actor.userId, START, { occurrences: 12, address: '2001:db8::1' });
    await kept.insert([{ ...shown, userId: actor.userId }]);
    expect((await service.connection(actor, {})).rows).toEqual([shown]);
  });

  it('keeps one row of an insert that is repeated because its answer was lost', async () => {
    const actor = actorOf();
    const event = storedEvent(actor.userId, START);
    await kept.insert([event]);
    await kept.insert([event, storedEvent(actor.userId, START + 1000)]);
    expect(await service.offsetPage(actor, { page: 1, limit: 10 })).toMatchObject({ total: 2 });
  });

  it.each<[string, object]>([
    ['first', { first: 0 }],
    ['first', { first: 101 }],
    ['first', { first: 1.5 }],
    ['after', { after: 'no cursor' }],
    ['after', { after: '' }],
    ['after', { after: 'YWJj' }],
  ])('refuses a wrong %s: %p', async (field, query) => {
    await expect(service.connection(actorOf(), query)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { fields: [{ field }] },
    });
  });
});

it('a page is one index scan, however many events others have', async () => {
  const user = newUser();
  await database.owner(
    `insert into audit_events (id, user_id, event, outcome, occurred_at, last_at)
     select gen_random_uuid(), 'crowd-' || n % 50, 'SIGNED_IN', 'SUCCEEDED', now(), now() from generate_series(1, 20000) n`,
  );
  await store(createAuditStore(database), user, 2000);
  await database.owner('analyze audit_events');
  const [sent] = await statementsOf(() => createAuditStore(database).slice(user, { limit: 21, after: undefined }));
  const plan = JSON.stringify(await database.as(user).query(`explain ${sent?.text}`, sent?.values ?? []));
  expect(plan).toMatch(/Index Scan using audit_events_user_id_index/);
  expect(plan).not.toMatch(/Seq Scan|Sort/);
});

async function statementsOf(work: () => Promise<unknown>): Promise<OpenTestDatabase['statements']> {
  const before = database.statements.length;
  await work();
  return database.statements.slice(before);
}

it('events that a broken connection left unstored are stored at the next flush', async () => {
  const { logger, lines } = createKeptLog();
  const recorder = createAuditRecorder({
    store: createAuditStore(database),
    logger,
    clock: systemClock,
    schedule: () => () => {},
    retentionDays: 30,
  });
  const user = newUser();
  recorder.record(refused({ userId: user }));
  const lock = await database.pool.connect();
  await lock.query('begin; lock table audit_events in access exclusive mode');
  const flushed = recorder.flush();
  await terminateWaiting();
  await flushed;
  await lock.query('commit');
  lock.release();
  expect(lines).toContainEqual(expect.objectContaining({ msg: 'security events cannot be stored' }));
  await recorder.flush();
  expect(await createAuditStore(database).count(user)).toBe(1);
});

/** Ends the connection that waits for the table, once there is one. */
async function terminateWaiting(): Promise<void> {
  const text = `select pg_terminate_backend(pid) from pg_locks
    where relation = 'audit_events'::regclass and not granted`;
  while ((await database.owner(text)).length === 0) await delay(10);
}
