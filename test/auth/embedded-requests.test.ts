import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { createEmbeddedAuth, type EmbeddedAuth } from '../../src/auth/embedded-auth.ts';
import { createRateLimits } from '../../src/core/rate-limits.ts';
import { startChaosProxy } from '../support/chaos-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { authClient } from './support/auth-client.ts';

const ORIGIN = { address: '192.0.2.1', requestId: 'request-of-a-test' };
const CREDENTIALS = { email: 'alice@example.com', password: 'correct horse' };

let database: TestDatabase;
let auth: EmbeddedAuth;

function start(options: Partial<Parameters<typeof createEmbeddedAuth>[0]> = {}) {
  return createEmbeddedAuth({
    databaseUrl: database.url,
    secrets: ['the-secret-of-the-embedded-better-auth-in-tests'],
    publicUrl: 'http://localhost:4000',
    rateLimits: createRateLimits(0),
    events: createRecordedEvents(),
    ...options,
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  auth = await start();
  await authClient(auth).signUp(CREDENTIALS.email);
});

afterAll(async () => {
  await auth.close();
  await database.drop();
});

describe('a refusal of the embedded Better Auth', () => {
  it.each([
    [
      'a wrong password',
      'sign-in/email',
      { ...CREDENTIALS, password: 'wrong horse' },
      401,
      'INVALID_EMAIL_OR_PASSWORD',
    ],
    [
      'an unknown user',
      'sign-in/email',
      { ...CREDENTIALS, email: 'nobody@example.com' },
      401,
      'INVALID_EMAIL_OR_PASSWORD',
    ],
    [
      'a short password',
      'sign-up/email',
      { email: 'b@example.com', name: 'B', password: 'short' },
      400,
      'PASSWORD_TOO_SHORT',
    ],
    ['a known address', 'sign-up/email', { ...CREDENTIALS, name: 'A' }, 422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL'],
    ['no address', 'sign-in/email', { password: 'correct horse' }, 400, 'VALIDATION_ERROR'],
    ['no body', 'sign-in/email', undefined, 400, 'VALIDATION_ERROR'],
  ])('is a problem document for %s', async (_what, path, body, status, code) => {
    const answer = await authClient(auth).post(path, body);
    expect(answer.body).toEqual({
      status,
      code,
      title: expect.any(String),
      detail: answer.body.message,
      message: expect.any(String),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('goes to all but one of those who sign up with one address at once', async () => {
    const body = { email: 'race@example.com', name: 'Race', password: 'correct horse' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => authClient(auth).post('sign-up/email', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(422)]);
  });

  it('asks for a bearer token where there is no session', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer unknown' },
      { authorization: 'Bearer a.b.c' },
      { cookie: 'better-auth.session_token=x.y' },
    ]) {
      const answer = await authClient(auth).get('token', headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it.each([
    ['GET', 'error'],
    ['GET', 'reference'],
    ['GET', 'token/'],
    ['GET', '/token'],
    ['GET', '../auth/token'],
    ['GET', '%74oken'],
    ['GET', 'toString'],
    ['POST', 'token'],
    ['DELETE', 'jwks'],
    ['GET', 'sign-in/email'],
    ['POST', 'sign-in/social'],
    ['POST', 'request-password-reset'],
    ['POST', 'delete-user'],
    ['GET', 'callback/github'],
    ['POST', 'sign-jwt'],
  ])('says that there is no route %s %s', async (method, path) => {
    const request = { method, url: `/api/auth/${path}`, headers: {}, body: undefined, origin: ORIGIN };
    await expect(auth.handle(request)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('trouble with the database', () => {
  let broken: TestDatabase;
  let other: EmbeddedAuth;
  let administrator: Client;
  let session: string;

  beforeEach(async () => {
    broken = await createTestDatabase();
    other = await start({ databaseUrl: broken.url });
    await authClient(other).signUp(CREDENTIALS.email);
    session = await authClient(other).signIn(CREDENTIALS.email);
    administrator = new Client({ connectionString: broken.url });
    await administrator.connect();
  });
  afterEach(async () => {
    await administrator.end();
    await other.close();
    await broken.drop();
  });

  it('is left to the server, and not logged by Better Auth', async () => {
    const outputs = (['error', 'warn', 'log'] as const).map((name) => jest.spyOn(console, name));
    await administrator.query('alter table auth.session rename to other');
    const { get, post } = authClient(other);
    const newcomer = { ...CREDENTIALS, email: 'new@example.com', name: 'New' };
    const missing = { code: '42P01' };
    await expect(post('sign-in/email', CREDENTIALS)).rejects.toMatchObject(missing);
    await expect(get('token', { authorization: `Bearer ${session}` })).rejects.toMatchObject(missing);
    await expect(post('sign-up/email', newcomer)).rejects.toMatchObject(missing);
    for (const output of outputs) {
      expect(output).not.toHaveBeenCalled();
      output.mockRestore();
    }
  });

  it('is 503 when a connection is lost, and over with the next one', async () => {
    const { get } = authClient(other);
    const headers = { authorization: `Bearer ${session}` };
    await administrator.query('begin; lock table auth.session');
    const interrupted = expect(get('token', headers)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const terminate = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await administrator.query(terminate)).rowCount === 0);
    await administrator.query('rollback');
    await interrupted;
    expect(await get('token', headers)).toMatchObject({ status: 200 });
  });

  // The pool handed the connection out again between PostgreSQL's last words and its end: the next one was 503 too.
  it('is over with the next one also while the end of the lost connection is still on its way', async () => {
    const proxy = await startChaosProxy(broken.url);
    const distant = await start({ databaseUrl: proxy.through(broken.url) });
    const { get } = authClient(distant);
    const headers = { authorization: `Bearer ${session}` };
    expect(await get('token', headers)).toMatchObject({ status: 200 });
    proxy.holdEnds();
    await administrator.query('begin; lock table auth.session');
    const interrupted = expect(get('token', headers)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const terminate = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await administrator.query(terminate)).rowCount === 0);
    await administrator.query('rollback');
    await interrupted;
    expect(await get('token', headers)).toMatchObject({ status: 200 });
    await proxy.pass();
    await distant.close();
    await proxy.close();
  });
});

describe('a body', () => {
  it.each([
    ['a list', []],
    ['text', 'email=alice@example.com'],
    ['a number', 1],
    ['NUL in a name', { name: 'a\0b' }],
    ['NUL in a password', { ...CREDENTIALS, password: 'correct\0horse' }],
    ['a lone surrogate', { name: 'a\ud800' }],
    ['a name that is too long', { name: 'n'.repeat(256) }],
    ['an address that is too long', { email: `${'e'.repeat(320)}@example.com` }],
    ['a password of a megabyte', { ...CREDENTIALS, password: 'p'.repeat(1_000_000) }],
    ['an object for a text', { email: { $ne: '' }, password: 'x' }],
    ['a list for a text', { email: ['alice@example.com'], password: 'x' }],
  ])('is refused before it reaches Better Auth when it is or has %s', async (_what, body) => {
    await expect(authClient(auth).post('sign-up/email', body)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('origins', () => {
  // Node's fetch sends sec-fetch-mode like a browser but no Origin: signing up from a script was answered with 403.
  it('are not asked for where there is no browser', async () => {
    const newcomer = { email: 'script@example.com', password: CREDENTIALS.password, name: 'Script' };
    expect(await authClient(auth).post('sign-up/email', newcomer, { 'sec-fetch-mode': 'cors' })).toMatchObject({
      status: 200,
    });
  });

  const from = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });

  it.each(['http://localhost:5173', 'http://localhost:3000', 'http://127.0.0.1:8080', 'http://localhost:4000'])(
    'of this machine such as %s are trusted when none are configured',
    async (origin) => {
      expect(await authClient(auth).post('sign-in/email', CREDENTIALS, from(origin))).toMatchObject({ status: 200 });
    },
  );

  it.each([
    'https://evil.example',
    'http://localhost.evil.example:5173',
    'http://localhost:5173.evil.example',
    'http://localhost:1@evil.example',
    'http://127.0.0.1.evil.example:80',
    'null',
  ])('such as %s are not', async (origin) => {
    expect(await authClient(auth).post('sign-in/email', CREDENTIALS, from(origin))).toMatchObject({ status: 403 });
  });

  it('are exactly those that are configured', async () => {
    const strict = await start({ trustedOrigins: ['https://app.example.com'] });
    const signIn = (origin: string) => authClient(strict).post('sign-in/email', CREDENTIALS, from(origin));
    expect(await signIn('https://app.example.com')).toMatchObject({ status: 200 });
    expect(await signIn('https://app.example.com.evil.example')).toMatchObject({ status: 403 });
    expect(await signIn('http://localhost:5173')).toMatchObject({ status: 403 });
    await strict.close();
  });
});

describe('the rate limit', () => {
  it('stops guessing of passwords by address, whatever X-Forwarded-For says', async () => {
    const limited = await start({ rateLimits: createRateLimits(1) });
    const guess = (address: string, forwarded: string) =>
      authClient(limited, address).post(
        'sign-in/email',
        { ...CREDENTIALS, password: 'guess' },
        { 'x-forwarded-for': forwarded, 'x-client-address': forwarded },
      );
    for (let index = 0; index < 20; index++) await guess('198.51.100.7', `203.0.113.${index}`);
    await expect(guess('198.51.100.7', '203.0.113.99')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details: { retryAfter: expect.any(Number) },
    });
    expect(await guess('198.51.100.8', '203.0.113.0')).toMatchObject({ status: 401 });
    await limited.close();
  });
});
