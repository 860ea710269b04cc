import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { createMemoryAuditStore } from '../support/memory-audit-store.ts';
import { countStatements, type StatementCounter } from '../support/statement-counter.ts';
import { type Subscriber, subscribe } from './support/subscribers.ts';

/** Long before a user would be looked after without a hint. */
const SOON = 10_000;
const LISTENERS = `select pid from pg_stat_activity where application_name = 'premium-todo changes' and datname = current_database()`;
const LOCKS = `select from pg_locks join pg_database on pg_database.oid = pg_locks.database
  where locktype = 'advisory' and mode = 'ShareLock' and datname = current_database()`;

let app: TestApp;
let owner: Client;
let counter: StatementCounter;
let other: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  counter = await countStatements(app.databaseUrl);
  // Security events are written a second after they happened, which would be statements of its own.
  const overrides = { auditStore: createMemoryAuditStore() };
  other = await startTestApp({ beside: app, through: (url) => counter.through(url), overrides });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
});
afterAll(async () => {
  await other.close();
  await counter.close();
  await owner.end();
  await app.close();
});

const count = async (text: string) => (await owner.query(text)).rowCount ?? 0;
const create = async (at: TestApp, user: string, title: string): Promise<string> =>
  (await at.rest(user, 'POST', '/api/tasks', { title })).body.id;

async function following(at: TestApp, user: string, work: (subscriber: Subscriber) => Promise<void>): Promise<void> {
  const { data } = await at.graphql(user, '{ taskSync { syncToken } }');
  const subscriber = await subscribe(at, user, { since: data.taskSync.syncToken });
  try {
    // One change by this very instance, so that whatever it listens to is there.
    await create(at, user, 'begin');
    expect(await subscriber.next()).toMatchObject({ task: { title: 'begin' } });
    await work(subscriber);
  } finally {
    subscriber.stop();
    await eventually('nobody listens any more', async () => (await count(LISTENERS)) === 0);
  }
}

describe('hints without Redis', () => {
  it('tell of what another instance writes', async () => {
    const user = newUser();
    await following(app, user, async (subscriber) => {
      const begin = Date.now();
      await create(other, user, 'elsewhere');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'elsewhere' } });
      expect(Date.now() - begin).toBeLessThan(SOON);
    });
  });

  it('tell of what is written past the server, deletions for good too', async () => {
    const user = newUser();
    await following(app, user, async (subscriber) => {
      const id = await create(app, user, 'by hand');
      await subscriber.next();
      await owner.query("update tasks set title = 'written by hand' where id = $1", [id]);
      expect(await subscriber.next()).toMatchObject({ type: 'UPDATED', task: { title: 'written by hand' } });
      await owner.query('delete from tasks where id = $1', [id]);
      expect(await subscriber.next()).toMatchObject({ type: 'RESYNC' });
    });
  });

  it('tell nothing of a transaction before its commit, and nothing of one that is undone', async () => {
    const user = newUser();
    await following(app, user, async (subscriber) => {
      const id = await create(app, user, 'kept');
      await subscriber.next();
      await owner.query('begin');
      await owner.query("update tasks set title = 'undone' where id = $1", [id]);
      await owner.query('rollback');
      await owner.query('begin');
      await owner.query("update tasks set title = 'committed' where id = $1", [id]);
      await owner.query('commit');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'committed' } });
    });
  });

  it('tell of a transaction that had written before anybody listened, and commits afterwards', async () => {
    const user = newUser();
    const id = await create(app, user, 'early');
    await owner.query('begin');
    await owner.query("update tasks set title = 'committed late' where id = $1", [id]);
    const { data } = await app.graphql(user, '{ taskSync { syncToken } }');
    const subscriber = await subscribe(app, user, { since: data.taskSync.syncToken });
    try {
      const watcher = new Client({ connectionString: app.databaseUrl });
      await watcher.connect();
      await eventually('somebody follows', async () => (await watcher.query(LISTENERS)).rowCount === 1);
      await eventually('it has read', async () => app.services.sync.counts.followers === 1);
      await watcher.end();
      await owner.query('commit');
      const begin = Date.now();
      expect(await subscriber.next()).toMatchObject({ task: { title: 'committed late' } });
      expect(Date.now() - begin).toBeLessThan(SOON);
    } finally {
      subscriber.stop();
    }
  });

  it('come again when their connection was lost, and nothing that was written meanwhile is missed', async () => {
    const user = newUser();
    await following(app, user, async (subscriber) => {
      const [listening] = (await owner.query<{ pid: number }>(LISTENERS)).rows;
      await owner.query('select pg_terminate_backend($1)', [listening?.pid]);
      await create(other, user, 'unheard');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'unheard' } });
      await create(other, user, 'heard');
      expect(await subscriber.next()).toMatchObject({ task: { title: 'heard' } });
    });
  });
});

describe('a server that nobody follows', () => {
  it('listens to nothing, holds no lock, and sends no statement when others write', async () => {
    const user = newUser();
    await following(other, user, async () => {
      expect(await count(LISTENERS)).toBe(1);
      expect(await count(LOCKS)).toBe(1);
    });
    await eventually('the lock is given back', async () => (await count(LOCKS)) === 0);
    const { messages } = counter;
    for (let written = 0; written < 20; written++) await create(app, user, `task ${written}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(counter.messages).toBe(messages);
  });

  it('has PostgreSQL tell nobody: a write fills no queue of notifications', async () => {
    const user = newUser();
    await create(app, user, 'alone');
    const { rows } = await owner.query<{ usage: number }>('select pg_notification_queue_usage() as usage');
    expect(rows[0]?.usage).toBe(0);
    const listening = new Client({ connectionString: app.databaseUrl });
    await listening.connect();
    try {
      const told: unknown[] = [];
      listening.on('notification', (message) => told.push(message.payload));
      // Without the lock that says so this one listens in vain.
      await listening.query('listen premium_todo_changes');
      await create(app, user, 'unannounced');
      await listening.query('select pg_advisory_lock_shared(7307119426)');
      await create(app, user, 'announced');
      await listening.query('select 1');
      expect(told).toEqual([user]);
    } finally {
      await listening.end();
    }
  });
});
