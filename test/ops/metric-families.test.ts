import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';

/** Each family of metrics on the real server: what is counted is what was done, and how often. */

const EVERY_SECOND = 1000;
const LIST = 'query Listed { tasks(first: 1) { nodes { id } } }';
const CREATE = 'mutation Created($title: String!) { createTask(input: { title: $title }) { task { id } } }';

let app: TestApp;
let owner: Client;

beforeAll(async () => {
  const environment = { DATABASE_POOL_MAX: '1', DATABASE_POOL_TIMEOUT: '3000', RATE_LIMIT_SCALE: '0.1' };
  app = await startTestApp({ environment });
  owner = new Client({ connectionString: app.databaseUrl });
  await owner.connect();
  await owner.query(`
    create function fail_by_hand() returns trigger language plpgsql as $$
      begin raise exception 'refused by hand' using errcode = new.description; end $$;
    create trigger by_hand before insert on tasks for each row when (new.title = 'raise') execute function fail_by_hand();
  `);
});
afterAll(async () => {
  await owner.end();
  await app.close();
});

type Sample = (name: string, labels?: Record<string, string>) => number;

/** The next rendering of the metrics: one sample by its name and labels, NaN where there is none. */
async function scrape(): Promise<Sample> {
  await new Promise((resolve) => setTimeout(resolve, EVERY_SECOND));
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const lines = new Map(text.split('\n').map((line) => [line.slice(0, line.lastIndexOf(' ')), line]));
  return (name, labels = {}) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const line = lines.get(pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`) ?? '';
    return line === '' ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
  };
}

let latest: Sample | undefined;

/** By how much the samples grow while something is done. */
async function increase(work: () => Promise<unknown>): Promise<Sample> {
  const before = latest ?? (await scrape());
  await work();
  const after = await scrape();
  latest = after;
  return (...sample) => after(...sample) - (before(...sample) || 0);
}

const raise = (state: string) => app.rest(newUser(), 'POST', '/api/tasks', { title: 'raise', description: state });

/** Whichever they are. */
async function firstTwo(answers: readonly Promise<unknown>[]): Promise<void> {
  const first = await Promise.race(answers.map((answer, index) => answer.then(() => index)));
  await Promise.race(answers.filter((_answer, index) => index !== first));
}

describe('the metrics count', () => {
  it('operations by name, known ones and new ones, and routes by their operationId', async () => {
    const user = newUser();
    const grown = await increase(async () => {
      for (let times = 0; times < 5; times++) await app.graphql(user, LIST);
      await app.graphql(user, '{ viewer { id } }');
      await app.rest(user, 'GET', '/api/tasks?search=milk');
      await app.rest(user, 'GET', '/api/tasks/019bde2e-0000-7000-8000-000000000001');
    });
    const count = (api: string, operation: string) => grown('operation_duration_seconds_count', { api, operation });
    expect(count('graphql', 'Listed')).toBe(5);
    expect(count('graphql', 'anonymous')).toBe(1);
    expect(count('rest', 'listTasks')).toBe(1);
    expect(count('rest', 'getTask')).toBe(1);
    expect(grown('operation_errors_total', { api: 'rest', operation: 'getTask', code: 'NOT_FOUND' })).toBe(1);
    expect(grown('http_request_duration_seconds_count', { api: 'graphql', status: '200' })).toBe(6);
  });

  it('errors of operations that GraphQL answers with 200, by their codes', async () => {
    const user = newUser();
    const grown = await increase(async () => {
      await app.graphql(user, 'query Gone { task(id: "019bde2e-0000-7000-8000-000000000001") { id } }');
      await app.graphql(user, CREATE, { title: '' });
      await app.graphql(user, 'query Wrong { nothing }');
      await app.graphql(user, '{');
      await app.graphql(user, `{ ${'a: viewer { id } '.repeat(2000)} }`);
    });
    const count = (code: string) => grown('request_errors_total', { api: 'graphql', code });
    expect({ missing: count('NOT_FOUND'), wrong: count('BAD_USER_INPUT'), large: count('QUERY_TOO_COMPLEX') }).toEqual({
      missing: 1,
      wrong: 3,
      large: 1,
    });
    const named = (operation: string, code: string) =>
      grown('operation_errors_total', { api: 'graphql', operation, code });
    expect(named('Gone', 'NOT_FOUND')).toBe(1);
    expect(named('Created', 'BAD_USER_INPUT')).toBe(1);
    expect(named('none', 'BAD_USER_INPUT')).toBe(2);
    expect(named('none', 'QUERY_TOO_COMPLEX')).toBe(1);
  });

  it('failed authentications by their reason, in both APIs', async () => {
    const send = (authorization: string) => fetch(`${app.url}/api/tasks`, { headers: { authorization } });
    const grown = await increase(async () => {
      await app.rest(undefined, 'GET', '/api/tasks');
      await app.graphql(undefined, '{ viewer { id } }');
      await send('Bearer x');
      await send(`Bearer ${(await app.token(newUser())).slice(0, -4)}AAAA`);
      const user = newUser();
      await app.rest(user, 'POST', '/api/auth/revoke');
      await app.rest(user, 'GET', '/api/tasks');
    });
    const count = (reason: string) => grown('authentication_failures_total', { reason });
    expect(count('missing_token')).toBe(2);
    expect({ malformed: count('invalid_request'), forged: count('invalid_token') }).toEqual({
      malformed: 1,
      forged: 1,
    });
    expect(count('revoked_token')).toBe(1);
    expect(grown('security_events_total', { event: 'token_refused', detail: 'revoked_token' })).toBe(1);
  });

  it('limits that were hit, by their names', async () => {
    const user = newUser();
    const grown = await increase(async () => {
      for (let times = 0; times < 13; times++) await app.rest(user, 'POST', '/api/tasks', { title: 'a' });
      const forged = { authorization: 'Bearer a.b.c' };
      for (let times = 0; times < 13; times++)
        await fetch(`${app.url}/graphql?query={viewer{id}}`, { headers: forged });
    });
    expect(grown('rate_limit_hits_total', { limit: 'writes' })).toBe(1);
    expect(grown('rate_limit_hits_total', { limit: 'failed_authentication' })).toBeGreaterThanOrEqual(1);
    expect(grown('request_errors_total', { api: 'rest', code: 'RATE_LIMITED' })).toBe(1);
  });

  it('errors of the database by their class, and what only its policies have stopped', async () => {
    const grown = await increase(async () => {
      for (const state of ['22P02', '42501', '57014', '57P03', '23514', 'XX000']) await raise(state);
    });
    const count = (fault: string) => grown('database_errors_total', { class: fault });
    expect(['value', 'policy', 'timeout', 'constraint', 'other'].map(count)).toEqual(Array(5).fill(1));
    // It is tried once more.
    expect(count('unavailable')).toBe(2);
    expect(grown('security_events_total', { event: 'access_denied', detail: 'database_policy' })).toBe(1);
  });

  it('who waits for a connection, how long, and who gets none', async () => {
    const users = Array.from({ length: 3 }, () => newUser());
    for (const user of users) await app.rest(user, 'GET', '/api/auth/me');
    const grown = await increase(async () => {
      // Whoever writes next waits for this lock with the only connection in hand.
      await owner.query('begin');
      await owner.query('lock table tasks in access exclusive mode');
      const answers = users.map((user) => app.rest(user, 'GET', '/api/tasks'));
      await firstTwo(answers);
      await owner.query('rollback');
      await Promise.all(answers);
    });
    // Whoever comes when nobody got a connection for so long is refused at once.
    const refusals = ['timeout', 'overload'].map((reason) => grown('database_pool_refusals_total', { reason }));
    expect(refusals[0]! + refusals[1]!).toBe(2);
    expect(refusals[0]).toBeGreaterThanOrEqual(1);
    expect(grown('request_errors_total', { api: 'rest', code: 'SERVICE_UNAVAILABLE' })).toBe(2);
    const waited = await increase(() => Promise.all(users.map((user) => app.rest(user, 'GET', '/api/tasks?limit=2'))));
    expect(waited('database_pool_wait_seconds_count')).toBeGreaterThanOrEqual(1);
    const now = latest as Sample;
    expect(now('database_pool_max_connections')).toBe(1);
    expect(now('database_pool_waiting')).toBe(0);
    expect(now('database_pool_connections', { state: 'idle' })).toBe(1);
  });

  it('what the caches had and had not', async () => {
    const user = newUser();
    const title = 'query Cached { tasks(first: 7) { nodes { title } } }';
    const grown = await increase(async () => {
      for (let times = 0; times < 6; times++) await app.graphql(user, title);
    });
    const count = (cache: string, result: string) => grown('cache_requests_total', { cache, result });
    expect({ hits: count('tokens', 'hit'), misses: count('tokens', 'miss') }).toEqual({ hits: 5, misses: 1 });
    expect({ hits: count('operations', 'hit'), misses: count('operations', 'miss') }).toEqual({ hits: 4, misses: 1 });
    expect(count('results', 'hit')).toBeGreaterThanOrEqual(1);
  });

  it('what is under way now, and what the process needs', async () => {
    await app.rest(undefined, 'GET', '/health/ready');
    const now = await scrape();
    expect(now('http_requests_in_progress')).toBe(1);
    expect(now('http_connections')).toBeGreaterThanOrEqual(1);
    expect(now('readiness_check_failed', { check: 'database' })).toBe(0);
    expect(now('nodejs_heap_size_limit_bytes')).toBeGreaterThan(now('nodejs_heap_size_used_bytes'));
    expect(now('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(now('security_events_unstored_total')).toBe(0);
  });
});
