import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { migrations } from '../../migrations/index.ts';
import type { Database } from '../../src/db/database.ts';
import type { LockPatience } from '../../src/db/lock-patience.ts';
import { isMigrated, migrate, revertLast } from '../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnersDatabase } from '../support/owners-database.ts';

/** Puts triggers on the table of tasks, in a transaction. */
const TRIGGERS = '20261126000000-revise-deletions';
/** Alters the table of users, and then that of tasks. */
const POLICIES = '20261123210000-guard-rows';
/** Adds a column, and then builds an index beside writes. */
const COLUMN = '20261126120000-keep-whole-answers';
/** Builds an index beside writes. */
const INDEX = '20261125233000-index-deleted-tasks';

/** For longer than the time limits here. */
const INDEX_WAITS =
  "select from pg_stat_activity where query like 'create index concurrently%' and wait_event_type = 'Lock' and clock_timestamp() - query_start > '600 ms'";

describe('a migration that finds its table in use', () => {
  let test: TestDatabase;
  let database: Database;
  let report: Client;
  let log: string[];

  beforeEach(async () => {
    test = await createTestDatabase();
    log = [];
    database = await openOwnersDatabase(test.url);
    report = new Client({ connectionString: test.url, application_name: 'a long report' });
    await report.connect();
  });
  afterEach(async () => {
    await report.end();
    await database.close();
    await test.drop();
  });

  async function revertTo(name: string): Promise<void> {
    while ((await revertLast(database, test.url)) !== name);
    await report.query("begin; insert into users (id) values ('somebody')");
    await report.query("insert into tasks (id, user_id, title) values (gen_random_uuid(), 'somebody', 'Under way')");
  }

  /** Asks by a connection of its own: in its transaction the report sees one and the same state of the others. */
  async function untilSeen(query: string): Promise<void> {
    const observer = new Client({ connectionString: test.url });
    await observer.connect();
    await eventually(query, async () => (await observer.query(query)).rows.length > 0);
    await observer.end();
  }

  function run(wait: LockPatience['wait'], timeout = 400, signal?: AbortSignal) {
    const patience = { timeout, tries: 3, wait };
    return migrate(database, test.url, { log: (message) => log.push(message), patience, signal });
  }

  it('gives up within its time, says who is in the way, and leaves nothing behind', async () => {
    await revertTo(TRIGGERS);
    await expect(run(async () => {})).rejects.toThrow(
      /^The migration 20261126000000-revise-deletions did not get its locks in 3 tries.*process \d+ of a long report, in a transaction for \d+ s\./,
    );
    expect(log).toHaveLength(3);
    expect(log.join()).not.toContain('insert');
    await report.query('commit');
    expect(await isMigrated(database)).toBe(false);
  });

  it('leaves the table to others between its tries, and is applied once the way is free', async () => {
    await revertTo(TRIGGERS);
    const pauses: number[] = [];
    const applied = await run(async (milliseconds) => {
      pauses.push(milliseconds);
      const writer = new Client({ connectionString: test.url });
      await writer.connect();
      await writer.query('insert into users (id) values (gen_random_uuid()::text)');
      await writer.query('lock table tasks in row exclusive mode').catch(() => {});
      await writer.end();
      if (pauses.length === 2) await report.query('commit');
    });
    expect(applied[0]).toBe(TRIGGERS);
    expect(pauses).toEqual([1000, 2000]);
    expect(await isMigrated(database)).toBe(true);
  });

  it('is the last one when whoever migrates is told to end meanwhile, and the others follow the next time', async () => {
    await revertTo(TRIGGERS);
    const told = new AbortController();
    const migrating = run(
      async () => {
        told.abort(new Error('told to end'));
        await report.query('commit');
      },
      400,
      told.signal,
    );
    await expect(migrating).rejects.toThrow('told to end');
    const later = migrations.map(({ name }) => name).filter((name) => name > TRIGGERS);
    expect(await migrate(database, test.url)).toEqual(later);
  });

  it('is tried again when it and a writer wait for each other, and PostgreSQL ends the migration', async () => {
    await revertTo(POLICIES);
    await report.query('commit');
    // Of two that wait for each other the one that has waited for this long looks, and is ended.
    await report.query("begin; set local deadlock_timeout = '1min'; lock table tasks in row exclusive mode");
    const migrating = run(async () => {}, 30_000);
    await untilSeen(
      "select from pg_locks where relation = 'tasks'::regclass and mode = 'AccessExclusiveLock' and not granted",
    );
    await report.query('select from users; commit');
    expect((await migrating)[0]).toBe(POLICIES);
    expect(log).toHaveLength(1);
  });

  it('takes no notice of time limits that stand on the role or the database', async () => {
    const { pathname } = new URL(test.url);
    await report.query(`alter database ${pathname.slice(1)} set statement_timeout = '300ms'`);
    await revertTo(INDEX);
    const migrating = run(async () => {});
    await untilSeen(INDEX_WAITS);
    await report.query('commit');
    expect((await migrating)[0]).toBe(INDEX);
  });

  it('gives up and comes back without a transaction, too, where it locks a table', async () => {
    await revertTo(COLUMN);
    await report.query('commit; begin; select from idempotency_keys limit 1');
    const migrating = run(() => report.query('commit'), 10_000);
    const names = migrations.map(({ name }) => name);
    expect(await migrating).toEqual(names.slice(names.indexOf(COLUMN)));
    expect(log).toEqual([expect.stringContaining('in the way: process')]);
  });

  it("waits as long as it takes where it builds an index beside writes, which is in nobody's way", async () => {
    await revertTo(INDEX);
    const migrating = run(async () => {});
    await untilSeen(INDEX_WAITS);
    await report.query('commit');
    expect((await migrating)[0]).toBe(INDEX);
    const { rows } = await report.query(
      "select indisvalid from pg_index where indexrelid = 'tasks_deleted_index'::regclass",
    );
    expect(rows).toEqual([{ indisvalid: true }]);
  });
});
