import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signToken } from '../../src/auth/sign-token.ts';
import { systemClock } from '../../src/core/clock.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, storeTasks } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { createKeptLog } from './support.ts';

/** What the whole server records of what happens at either API. */

interface Row {
  user_id: string | null;
  event: string;
  occurrences: number;
}

let database: OpenTestDatabase;
let app: TestApp;
let log: ReturnType<typeof createKeptLog>;
let isOpen: boolean;

async function start(environment: Record<string, string> = {}): Promise<void> {
  log = createKeptLog();
  app = await startTestApp({
    environment,
    overrides: { logger: log.logger },
    beside: { databaseUrl: database.url },
  });
  isOpen = true;
}

async function stop(): Promise<void> {
  if (isOpen) await app.close();
  isOpen = false;
}

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(async () => {
  await stop();
  await database.close();
});

/** The table after the server has stopped, which stores what was waiting. */
async function stored(): Promise<Row[]> {
  await stop();
  return database.owner<Row>(
    'select user_id, event, outcome, detail, address, request_id, occurrences from audit_events order by id',
  );
}

/** The same without what every user begins with. */
async function storedSince(): Promise<Row[]> {
  return (await stored()).filter((row) => row.event !== 'FIRST_SEEN');
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function forgedToken(userId = newUser()): Promise<string> {
  const secret = 'a secret of somebody else that has more than 32 bytes';
  return signToken({ userId, lifetime: 60, issuer: undefined }, secret, systemClock);
}

async function expiredToken(): Promise<string> {
  const anHourAgo = { now: () => Date.now() - 3_600_000 };
  return signToken({ userId: newUser(), lifetime: 60, issuer: undefined }, TEST_SECRET, anHourAgo);
}

type Ask = (headers: Record<string, string>, id?: string) => Promise<number>;

/** Without an id: who the token names; with one: that task. */
const graphql: Ask = async (headers, id) => {
  const body = id === undefined ? { query: '{ viewer { id } }' } : { query: `{ task(id: "${id}") { title } }` };
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.status;
};
const rest: Ask = async (headers, id) => {
  const response = await fetch(`${app.url}${id === undefined ? '/api/auth/me' : `/api/tasks/${id}`}`, { headers });
  return response.status;
};

describe.each([
  ['GraphQL', graphql],
  ['REST', rest],
])('%s', (_api, ask) => {
  it('records the first token of a user, once', async () => {
    await start();
    const user = newUser();
    const credentials = await app.credentials(user);
    await ask({ ...credentials, 'x-request-id': 'first-1' });
    await ask({ ...credentials, 'x-request-id': 'first-2' });
    expect(await stored()).toEqual([
      {
        user_id: user,
        event: 'FIRST_SEEN',
        outcome: 'SUCCEEDED',
        detail: null,
        address: '127.0.0.1',
        request_id: 'first-1',
        occurrences: 1,
      },
    ]);
  });

  it('records that once also when many come at the same time', async () => {
    await start();
    const credentials = await app.credentials(newUser());
    await Promise.all(Array.from({ length: 10 }, () => ask(credentials)));
    expect(await stored()).toMatchObject([{ event: 'FIRST_SEEN', occurrences: 1 }]);
  });

  it('records a token that is refused, as nobody in particular', async () => {
    await start();
    expect(await ask({ ...bearer(await forgedToken()), 'x-request-id': 'forged-1' })).toBe(401);
    expect(await stored()).toEqual([
      {
        user_id: null,
        event: 'TOKEN_REFUSED',
        outcome: 'REFUSED',
        detail: 'INVALID_TOKEN',
        address: '127.0.0.1',
        request_id: 'forged-1',
        occurrences: 1,
      },
    ]);
  });

  it.each([
    ['MALFORMED_TOKEN', async () => 'no-token-at-all'],
    ['EXPIRED_TOKEN', expiredToken],
  ])('says %s of a token that is one', async (detail, makeToken) => {
    await start();
    expect(await ask(bearer(await makeToken()))).toBe(401);
    expect(await stored()).toMatchObject([{ event: 'TOKEN_REFUSED', detail }]);
  });

  it('records nothing of a request without a token, since nothing was tried', async () => {
    await start();
    expect(await ask({})).toBe(401);
    expect(await stored()).toEqual([]);
  });

  it('tells users that somebody uses a token which they have revoked', async () => {
    await start();
    const user = newUser();
    const credentials = await app.credentials(user);
    await app.rest(user, 'POST', '/api/auth/revoke');
    expect(await ask(credentials)).toBe(401);
    expect(await storedSince()).toMatchObject([
      { user_id: user, event: 'TOKENS_REVOKED', outcome: 'SUCCEEDED' },
      { user_id: user, event: 'TOKEN_REFUSED', detail: 'REVOKED_TOKEN' },
    ]);
  });

  it('records who asks for a task of somebody else, and not what they asked for', async () => {
    // The line of the request has its path, which names the task.
    await start({ LOG_REQUESTS: 'false' });
    const [owner, stranger] = [newUser('owner'), newUser('stranger')];
    const [id] = await storeTasks(database.url, owner, [{ title: 'Private' }]);
    await ask({ ...(await app.credentials(stranger)), 'x-request-id': 'foreign-1' }, id);
    const rows = await storedSince();
    expect(rows).toMatchObject([
      { user_id: stranger, event: 'ACCESS_DENIED', detail: 'FOREIGN_ROW', request_id: 'foreign-1' },
    ]);
    expect(JSON.stringify([rows, log.lines])).not.toContain(id);
  });

  it('records the limit that a user reaches, summed up', async () => {
    await start({ RATE_LIMIT_SCALE: '0.01' });
    const user = newUser();
    const credentials = await app.credentials(user);
    for (let call = 0; call < 10; call++) await ask(credentials);
    expect(await storedSince()).toMatchObject([
      { user_id: user, event: 'LIMIT_HIT', detail: 'LIMIT_OF_USER', occurrences: 1 },
      { user_id: user, event: 'LIMIT_HIT', detail: 'LIMIT_OF_USER', occurrences: 3 },
    ]);
  });

  it('records the limit of an address that sends bad tokens', async () => {
    await start({ RATE_LIMIT_SCALE: '0.01' });
    const token = await forgedToken();
    for (let call = 0; call < 4; call++) await ask(bearer(token));
    expect(await stored()).toContainEqual(
      expect.objectContaining({ user_id: null, event: 'LIMIT_HIT', detail: 'LIMIT_OF_ADDRESS' }),
    );
  });

  it('sums up a flood of refused tokens, in the table and in the log stream', async () => {
    await start();
    const token = await forgedToken();
    await Promise.all(Array.from({ length: 30 }, () => ask(bearer(token))));
    expect((await stored()).map((row) => row.occurrences)).toEqual([1, 29]);
    expect(log.lines.filter((line) => line.audit).map((line) => line.occurrences)).toEqual([1, 29]);
  });
});

describe('ending an account', () => {
  it.each<[string, (user: string) => Promise<unknown>]>([
    ['GraphQL', (user) => app.graphql(user, `mutation { deleteAccount(confirm: "${user}") { deletedUserId } }`)],
    ['REST', (user) => app.rest(user, 'DELETE', '/api/auth/me')],
  ])('is stored before %s answers, and outlives the account', async (_api, erase) => {
    await start();
    const user = newUser();
    await app.rest(user, 'POST', '/api/tasks', { title: 'Mine' });
    await erase(user);
    const rows = await database.owner<Row>('select user_id, event, address from audit_events order by id');
    expect(rows).toEqual([
      { user_id: user, event: 'FIRST_SEEN', address: '127.0.0.1' },
      { user_id: user, event: 'ACCOUNT_DELETED', address: '127.0.0.1' },
    ]);
  });

  it('by revoking is stored before GraphQL answers', async () => {
    await start();
    const user = newUser();
    await app.graphql(user, 'mutation { revokeTokens { revoked } }');
    const rows = await database.owner<Row>("select user_id from audit_events where event = 'TOKENS_REVOKED'");
    expect(rows).toEqual([{ user_id: user }]);
  });
});

it('events are stored soon after they happened, without anything else that happens', async () => {
  await start();
  await rest(bearer(await forgedToken()));
  const rows = () => database.owner<Row>('select event from audit_events');
  while ((await rows()).length === 0) await delay(20);
  expect(await rows()).toEqual([{ event: 'TOKEN_REFUSED' }]);
});

it('the address is that of the client where proxies are trusted', async () => {
  await start({ TRUST_PROXY_HOPS: '1' });
  await rest({ ...bearer(await forgedToken()), 'x-forwarded-for': '198.51.100.1, 203.0.113.5' });
  expect(await stored()).toMatchObject([{ address: '203.0.113.5' }]);
});

it('signing up and in at the server itself is recorded with where it came from', async () => {
  await start({ BETTER_AUTH_SECRET: '' });
  const post = (path: string, requestId: string) =>
    fetch(`${app.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
      body: JSON.stringify({ email: 'alice@example.com', name: 'Alice', password: 'correct horse' }),
    });
  const { user } = (await (await post('sign-up/email', 'up-1')).json()) as { user: { id: string } };
  await post('sign-in/email', 'in-1');
  const origin = { address: '127.0.0.1', user_id: user.id, outcome: 'SUCCEEDED' };
  expect(await stored()).toMatchObject([
    { ...origin, event: 'SIGNED_UP', request_id: 'up-1' },
    { ...origin, event: 'SIGNED_IN', request_id: 'in-1' },
  ]);
});

it('nothing that clients sent gets into the table or the log stream: tokens, titles, mail, headers, documents', async () => {
  await start({ LOG_LEVEL: 'trace' });
  const marks = ['MARKED-TITLE', 'marked@example.com', 'MARKED-NAME', 'MARKED-AGENT', 'MARKED-FIELD', 'MARKED-SECRET'];
  const [title = '', email = '', name = '', agent = '', field = ''] = marks;
  const user = newUser();
  const token = await signToken(
    { userId: user, email, name, lifetime: 60, issuer: undefined },
    TEST_SECRET,
    systemClock,
  );
  const forged = await forgedToken();
  const headers = { ...bearer(token), 'content-type': 'application/json', 'user-agent': agent };
  const post = (path: string, body: unknown, own = headers) =>
    fetch(`${app.url}${path}`, { method: 'POST', headers: own, body: JSON.stringify(body) });
  await post('/api/tasks', { title });
  await post('/api/tasks', { title, id: 'no-uuid' });
  await post('/graphql', { query: `{ task(id: "${field}") { ${field.replace('-', '_')} } }` });
  await post('/graphql', { query: '{ viewer { id } }' }, { ...headers, ...bearer(forged) });
  await post('/api/tasks', { title }, { ...headers, authorization: 'Basic MARKED-SECRET' });
  await post('/api/auth/revoke', {});
  await post('/graphql', { query: `mutation { createTask(input: { title: "${title}" }) { task { id } } }` });
  const rows = await stored();
  expect(rows.length).toBeGreaterThan(3);
  const written = JSON.stringify([rows, log.lines]);
  for (const secret of [...marks, token, forged]) expect(written).not.toContain(secret);
});
