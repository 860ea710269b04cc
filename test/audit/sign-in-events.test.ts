import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEmbeddedAuth, type EmbeddedAuth } from '../../src/auth/embedded-auth.ts';
import { createRateLimits } from '../../src/core/rate-limits.ts';
import { authClient } from '../auth/support/auth-client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/factories.ts';
import { createRecordedEvents, type RecordedEvents } from '../support/recorded-events.ts';

const ADDRESS = '192.0.2.33';
const PASSWORD = 'correct horse';

let database: TestDatabase;
let auth: EmbeddedAuth;
let log: RecordedEvents;
let email: string;
let userId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  log = createRecordedEvents();
  auth = await createEmbeddedAuth({
    databaseUrl: database.url,
    secrets: ['the-secret-of-the-embedded-better-auth-in-tests'],
    publicUrl: 'http://localhost:4000',
    rateLimits: createRateLimits(0),
    events: log,
  });
});
afterAll(async () => {
  await auth.close();
  await database.drop();
});

const client = () => authClient(auth, ADDRESS);

beforeEach(async () => {
  email = `${newUser('mail')}@example.com`;
  userId = await client().signUp(email);
});

/** What was recorded since the user signed up. */
function told(): unknown[] {
  const start = log.events.findIndex((event) => event.event === 'SIGNED_UP' && event.userId === userId);
  return log.events.slice(start + 1).map(({ origin: _origin, ...event }) => event);
}

const withSession = (session: string) => ({ authorization: `Bearer ${session}`, origin: 'http://localhost:4000' });

it('signing up is recorded with the address and the id of the request', () => {
  expect(log.events.filter((event) => event.userId === userId)).toEqual([
    {
      event: 'SIGNED_UP',
      outcome: 'SUCCEEDED',
      userId,
      origin: { address: ADDRESS, requestId: 'request-of-a-test' },
    },
  ]);
});

it('signing in is recorded', async () => {
  await client().signIn(email);
  expect(told()).toEqual([{ event: 'SIGNED_IN', outcome: 'SUCCEEDED', userId }]);
});

describe('a sign-in that fails', () => {
  it.each([
    ['in its own spelling', (own: string) => own],
    ['in capitals', (own: string) => own.toUpperCase()],
  ])('is told to whose account it was, the address written %s', async (_spelling, spelt) => {
    const { status } = await client().post('sign-in/email', { email: spelt(email), password: 'a wrong guess' });
    expect(status).toBe(401);
    expect(told()).toEqual([{ event: 'SIGN_IN_FAILED', outcome: 'REFUSED', userId, detail: 'WRONG_PASSWORD' }]);
  });

  it('is about nobody where there is no such account', async () => {
    await client().post('sign-in/email', { email: `no-${email}`, password: PASSWORD });
    expect(told()).toEqual([{ event: 'SIGN_IN_FAILED', outcome: 'REFUSED', userId: null, detail: 'UNKNOWN_ACCOUNT' }]);
  });
});

it.each([['sign-out'], ['revoke-sessions'], ['revoke-other-sessions']])('%s is recorded', async (route) => {
  await client().signIn(email);
  const session = await client().signIn(email);
  const { status } = await client().post(route, {}, withSession(session));
  expect(status).toBe(200);
  expect(told()).toContainEqual({ event: 'SIGNED_OUT', outcome: 'SUCCEEDED', userId });
});

it('signing out without a session is nothing to record', async () => {
  await client().post('sign-out', {});
  expect(told()).toEqual([]);
});

it('a changed password is recorded', async () => {
  const session = await client().signIn(email);
  const body = { currentPassword: PASSWORD, newPassword: 'another horse' };
  const { status } = await client().post('change-password', body, withSession(session));
  expect(status).toBe(200);
  expect(told()).toContainEqual({ event: 'PASSWORD_CHANGED', outcome: 'SUCCEEDED', userId });
});

it('a guess at the password of a session that was left open is recorded', async () => {
  const session = await client().signIn(email);
  const body = { currentPassword: 'a wrong guess', newPassword: 'another horse' };
  const { status } = await client().post('change-password', body, withSession(session));
  expect(status).toBe(400);
  expect(told()).toContainEqual({
    event: 'PASSWORD_CHANGED',
    outcome: 'REFUSED',
    userId,
    detail: 'WRONG_PASSWORD',
  });
});

it('neither passwords nor mail addresses nor sessions get into it', async () => {
  const session = await client().signIn(email);
  await client().post('sign-in/email', { email, password: 'a wrong guess' });
  await client().post('sign-out', {}, withSession(session));
  const text = JSON.stringify(log.events);
  for (const secret of [email, PASSWORD, 'a wrong guess', session]) expect(text).not.toContain(secret);
});
