import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { ChangeHints } from '../../src/core/change-hints.ts';
import type { Logger } from '../../src/core/logger.ts';
import { createListenedHints } from '../../src/db/change-listener.ts';
import { type ChaosProxy, startChaosProxy } from '../support/chaos-proxy.ts';
import { withDatabase } from '../support/database-url.ts';
import { eventually } from '../support/eventually.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

/** milliseconds for connecting, and for each statement of whoever listens */
const TIMEOUT = 300;
const LISTENERS_LOCK = '7307119426';
const LISTENERS = `select from pg_stat_activity
  where application_name = 'premium-todo changes' and datname = current_database()`;

let warnings = 0;
const logger = { warn: () => (warnings += 1), info: () => {} } as unknown as Logger;
/** Made when there is a database to listen to. */
let listened: ChangeHints;
const hints: ChangeHints = {
  publish: (userId) => listened.publish(userId),
  listen: (tell) => listened.listen(tell),
  stop: () => listened.stop(),
};

let proxy: ChaosProxy;
let services: TestServices;
let other: Client;
beforeAll(async () => {
  services = await startTestServices({ following: { hints, maximumPerUser: 3, log: () => {} } });
  proxy = await startChaosProxy(services.database.url);
  listened = createListenedHints({ url: proxy.through(services.database.url), logger, timeout: TIMEOUT });
  other = new Client({ connectionString: services.database.url });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await proxy.close();
  await services.close();
});

let user: string;
beforeEach(async () => {
  warnings = 0;
  user = newUser();
  await storeTasks(services.database.url, user, [{ title: 'there' }]);
});
afterEach(async () => {
  hints.stop();
  await proxy.pass();
  await eventually('nobody listens any more', async () => (await other.query(LISTENERS)).rowCount === 0);
});

const changeByHand = () => other.query("update tasks set title = 'by hand' where user_id = $1", [user]);

describe('a listener', () => {
  it('looks after everybody when listening has begun again, and not after tries that failed', async () => {
    const told: (string | undefined)[] = [];
    proxy.cutOn('pg_backend_pid', 'unsent');
    await hints.listen((userId) => told.push(userId));
    // The next try fails as well, the one behind it does not.
    proxy.cutOn('pg_backend_pid', 'unsent');
    await proxy.next('cut');
    await eventually('it listens', async () => told.length > 0 && (await other.query(LISTENERS)).rowCount === 1);
    await eventually('it is told', async () => {
      await changeByHand();
      return told.includes(user);
    });
    expect(told.filter((userId) => userId === undefined)).toHaveLength(1);
  });

  it('keeps nobody waiting while somebody holds the lock alone, leaves no session behind, and tells when it is free', async () => {
    await other.query(`select pg_advisory_lock(${LISTENERS_LOCK})`);
    const actor = await services.actor();
    const follower = await services.sync.follow(actor, undefined);
    try {
      await services.tasks.create(actor, { title: 'here' });
      expect(await follower.next()).toMatchObject({ value: { task: { title: 'here' } } });
      await eventually('no session waits', async () => (await other.query(LISTENERS)).rowCount === 0);
      await other.query("update tasks set title = 'elsewhere' where user_id = $1", [actor.userId]);
      await other.query(`select pg_advisory_unlock(${LISTENERS_LOCK})`);
      expect(await follower.next()).toMatchObject({ value: { task: { title: 'elsewhere' } } });
    } finally {
      await other.query('select pg_advisory_unlock_all()');
      await follower.return?.();
    }
  });

  it('waits for earlier writes of tasks only, not for other transactions of the same PostgreSQL', async () => {
    // A long one beside others held up what an open subscription was to hear of.
    const elsewhere = new Client({ connectionString: withDatabase(services.database.url, 'postgres') });
    const here = new Client({ connectionString: services.database.url });
    await Promise.all([elsewhere.connect(), here.connect()]);
    try {
      for (const long of [elsewhere, here]) await long.query('begin; create temporary table long (id integer)');
      await other.query('begin');
      await changeByHand();
      let told = 0;
      await hints.listen(() => (told += 1));
      await other.query('commit');
      await eventually('everybody is looked after', async () => told === 1);
    } finally {
      await Promise.all([elsewhere.end(), here.end(), other.query('rollback')]);
    }
  });

  it('gives its connection up when PostgreSQL falls silent while it waits for earlier writes, and misses none of them', async () => {
    await other.query('begin');
    try {
      await changeByHand();
      let told = 0;
      await hints.listen(() => (told += 1));
      proxy.blackHole();
      await eventually('the connection is given up', async () => warnings === 1);
      await other.query('commit');
      await proxy.pass();
      await eventually('everybody is looked after', async () => told === 1);
    } finally {
      await other.query('rollback');
    }
  });
});
