import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OptimisticLockError } from '@mikro-orm/core';
import { Client, Pool } from 'pg';
import { type AppError, ConflictError, NotFoundError, ServiceUnavailableError } from '../../src/core/errors.ts';
import { failureOf, translateDatabaseError } from '../../src/db/errors.ts';
import { Task } from '../../src/tasks/task.entity.ts';
import { newUser } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';

const ID = '019bde2e-0000-7000-8000-000000000001';
const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE', details: { retryAfter: 1 } };
const BAD_VALUE = { code: 'BAD_USER_INPUT', message: 'A value cannot be stored', details: { fields: [] } };

let database: OpenTestDatabase;
let client: Client;
const user = newUser();

beforeAll(async () => {
  database = await openTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('insert into users (id) values ($1)', [user]);
  await client.query('insert into tasks (id, user_id, title) values ($1, $2, $3)', [ID, user, 'one']);
});
afterAll(async () => {
  await client.end();
  await database.close();
});

/** What the driver throws for a statement. */
function thrownBy(text: string, values: unknown[] = []): Promise<unknown> {
  return client.query(text, values).then(
    () => Promise.reject(new Error('the statement succeeded')),
    (error: unknown) => error,
  );
}

describe('an error of PostgreSQL', () => {
  it.each([
    ['a taken id', `insert into tasks (id, user_id, title) values ('${ID}', '${user}', 'two')`, { code: 'CONFLICT' }],
    [
      'an unknown owner',
      "insert into tasks (id, user_id, title) values (gen_random_uuid(), 'nobody', 'x')",
      { code: 'UNAUTHENTICATED', reason: 'invalid_token', message: 'The account does not exist' },
    ],
    [
      'a title that is too long for its column',
      `insert into tasks (id, user_id, title) values (gen_random_uuid(), '${user}', repeat('x', 256))`,
      BAD_VALUE,
    ],
    [
      'an empty title',
      `update tasks set title = '' where id = '${ID}'`,
      { code: 'BAD_USER_INPUT', message: 'The title has a wrong length' },
    ],
    [
      'a description that is too long',
      `update tasks set description = repeat('x', 65537) where id = '${ID}'`,
      { code: 'BAD_USER_INPUT', message: 'The description is too long' },
    ],
    ['text that is no UUID (22P02)', "select 'x'::uuid", BAD_VALUE],
    ['a day that is none (22008)', "select '2026-02-30'::timestamptz", BAD_VALUE],
    ['text that is no time (22007)', "select 'soon'::timestamptz", BAD_VALUE],
    ['a number out of range (22003)', 'select 2147483648::int', BAD_VALUE],
    [
      'text that is too long (22001)',
      "create temporary table short (a varchar(1)); insert into short values ('ab')",
      BAD_VALUE,
    ],
    ['bytes that are no UTF-8 (22021)', "select convert_from('\\xff', 'UTF8')", BAD_VALUE],
    ['an escape that is no text (22P05)', `select ('"' || '\\u0000' || '"')::jsonb #>> '{}'`, BAD_VALUE],
    [
      'a write where only reading is allowed (25006)',
      `start transaction read only; update tasks set title = 'x'`,
      UNAVAILABLE,
    ],
    ['a statement over its time limit (57014)', 'set local statement_timeout = 20; select pg_sleep(10)', UNAVAILABLE],
  ])('for %s', async (_name, text, expected) => {
    const error = await thrownBy(`begin; ${text}`);
    await client.query('rollback');
    expect(translateDatabaseError(error)).toMatchObject(expected);
  });

  it('for NUL in a parameter is a bad value', async () => {
    expect(translateDatabaseError(await thrownBy('select $1::text', ['a\0b']))).toMatchObject(BAD_VALUE);
  });

  it('for a privilege that is missing is a refusal, which says nothing of tables', async () => {
    await client.query('create role nobody_at_all');
    const error = await thrownBy('begin; set local role nobody_at_all; select * from tasks');
    await client.query('rollback');
    await client.query('drop role nobody_at_all');
    expect(translateDatabaseError(error)).toMatchObject({ code: 'FORBIDDEN', message: 'The database refused this' });
  });

  it('is kept as the cause of what it became, for the log', async () => {
    const error = await thrownBy("select 'x'::uuid");
    expect((translateDatabaseError(error) as AppError).cause).toBe(error);
  });

  it.each([
    ['a mistake in a statement', 'selec 1'],
    ['an unknown column', 'select nothing from tasks'],
    ['a constraint that nobody thought of', "insert into users (id) values ('')"],
    ['a division by zero', 'select 1 / 0'],
    ['a missing value', 'insert into users (id) values (null)'],
  ])('for %s is a bug, and stays as it is', async (_name, text) => {
    const error = await thrownBy(text);
    expect(error).toBeInstanceOf(Error);
    expect(translateDatabaseError(error)).toBe(error);
  });
});

describe("MikroORM's error", () => {
  it('for a taken id is the same conflict', async () => {
    const insert = database.as(user).unitOfWork(async (manager) => {
      const values = { id: ID, userId: user, title: 'x', description: null, completed: false };
      manager.create(Task, values as never);
      await manager.flush();
    });
    await expect(insert).rejects.toMatchObject({ code: 'CONFLICT', message: 'This id is already in use' });
  });

  it('for a row that has changed meanwhile passes, as the store knows the version', () => {
    const error = new OptimisticLockError('changed');
    expect(translateDatabaseError(error)).toBe(error);
  });
});

describe('a connection', () => {
  it('that was terminated makes the database unavailable', async () => {
    const asleep = database.asServer().query("select pg_sleep(60), 'to be terminated'", []);
    const outcome = expect(asleep).rejects.toMatchObject(UNAVAILABLE);
    const terminate = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query like '%to be terminated%' and pid <> pg_backend_pid() and state = 'active'`;
    while ((await database.owner(terminate)).length === 0);
    await outcome;
  });

  it('that nobody accepts makes the database unavailable', async () => {
    const error = await new Client({ host: '127.0.0.1', port: 1 }).connect().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(translateDatabaseError(error)).toMatchObject(UNAVAILABLE);
  });

  it('that the pool has not free in time makes the database unavailable', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    const held = await pool.connect();
    pool.options.connectionTimeoutMillis = 20;
    const error = await pool.query('select 1').catch((thrown: unknown) => thrown);
    held.release();
    await pool.end();
    expect(error).toBeInstanceOf(Error);
    expect(translateDatabaseError(error)).toMatchObject(UNAVAILABLE);
    const late = await pool.query('select 1').catch((thrown: unknown) => thrown);
    expect(translateDatabaseError(late)).toMatchObject(UNAVAILABLE);
  });

  it('that ends under a statement makes the database unavailable', async () => {
    const ending = new Client({ connectionString: database.url });
    await ending.connect();
    ending.on('error', () => {});
    const { rows } = await ending.query('select pg_backend_pid() as pid');
    const waiting = ending.query('select pg_sleep(10)').catch((thrown: unknown) => thrown);
    await client.query('select pg_terminate_backend($1)', [rows[0].pid]);
    expect(translateDatabaseError(await waiting)).toMatchObject(UNAVAILABLE);
    await ending.end().catch(() => {});
  });
});

describe('a deadlock', () => {
  it('may be tried again as a whole, and is answered as unavailable when that does not help', async () => {
    const one = new Client({ connectionString: database.url });
    const two = new Client({ connectionString: database.url });
    await Promise.all([one.connect(), two.connect()]);
    for (const side of [one, two]) await side.query("set deadlock_timeout = '10ms'; begin");
    await one.query('select pg_advisory_xact_lock(1)');
    await two.query('select pg_advisory_xact_lock(2)');
    const crossed = [one.query('select pg_advisory_xact_lock(2)'), two.query('select pg_advisory_xact_lock(1)')];
    // PostgreSQL refuses one of the two, and the other goes on once that one has rolled back.
    const error = await Promise.all(crossed).catch((thrown: unknown) => thrown);
    await Promise.allSettled(crossed);
    await Promise.all([one.end(), two.end()]);
    expect(failureOf(error)).toBe('undone');
    expect(translateDatabaseError(error)).toMatchObject(UNAVAILABLE);
  });
});

describe('what a code says', () => {
  it.each([
    ...['57P01', '57P02', '57P03', '57P05', '53300', '53400', '08000', '08003', '08006', '08P01', '40001', '40P01'],
    ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  ])('%s: the database is not available', (code) => {
    expect(translateDatabaseError(Object.assign(new Error('x'), { code }))).toMatchObject(UNAVAILABLE);
  });

  it.each([
    ...['timeout exceeded when trying to connect', 'Connection terminated unexpectedly', 'Query read timeout'],
    ...['Connection terminated due to connection timeout', 'Cannot use a pool after calling end on the pool'],
    'Client has encountered a connection error and is not queryable',
  ])('without a code, "%s": the database is not available', (message) => {
    expect(translateDatabaseError(new Error(message))).toMatchObject(UNAVAILABLE);
  });

  it.each([
    ['undone', '40001', '40P01'],
    ['unreached', 'ECONNREFUSED', '57P03', '53300'],
    ['lost', '57P01', '57P02', '08003', '08006', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
    ['final', '57014', '23505', '42501', '08P01', 'ENOTFOUND', 'XX000'],
  ])('of what becomes of the statement: %s for %s and its like', (failure, ...codes) => {
    for (const code of codes) {
      const error = Object.assign(new Error('x'), { code });
      expect([code, failureOf(error)]).toEqual([code, failure]);
      // As it leaves a transaction that had it translated for its work.
      expect([code, failureOf(new ServiceUnavailableError('x', 1, error))]).toEqual([code, failure]);
    }
  });

  it.each([
    ['lost', 'Connection terminated unexpectedly'],
    ['lost', 'Client has encountered a connection error and is not queryable'],
    ['final', 'timeout exceeded when trying to connect'],
    ['final', 'Connection terminated due to connection timeout'],
    ['final', 'Cannot use a pool after calling end on the pool'],
  ])('without a code %s: "%s"', (failure, message) => {
    expect(failureOf(new Error(message))).toBe(failure);
  });

  it.each([{}, null, undefined, 'x', new ConflictError('changed', 3)])('%j: final', (error) => {
    expect(failureOf(error)).toBe('final');
  });

  it.each([
    ['a constraint called like a method', Object.assign(new Error('x'), { constraint: 'toString' })],
    ['a constraint called __proto__', Object.assign(new Error('x'), { constraint: '__proto__' })],
    ['no code that is known', Object.assign(new Error('x'), { code: 'XX000' })],
    ['a code of the file system', Object.assign(new Error('x'), { code: 'ENOENT' })],
    ['a telling message in the middle', new Error('the task "Connection terminated" is missing')],
    ['a mistake in the program', new TypeError('x is not a function')],
    ['a text', 'Connection terminated'],
    ['nothing', undefined],
    ['null', null],
    ['a domain error', new NotFoundError('no such task')],
    ['a conflict with its version', new ConflictError('changed', 3)],
  ])('%s: unchanged', (_name, error) => {
    expect(translateDatabaseError(error)).toBe(error);
  });
});
