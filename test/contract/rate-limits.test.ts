import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Api, refusalOf } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser, taskInput } from '../support/factories.ts';
import { createGraphQLApi } from '../support/graphql-api.ts';
import { createRestApi } from '../support/rest-api.ts';

/** A twentieth of 600 reads and 120 writes a minute; of 10 rare operations at least one. */
const SCALE = '0.05';
const READS = 30;
const WRITES = 6;

let app: TestApp;
let graphql: Api;
let rest: Api;

beforeAll(async () => {
  app = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE } });
  graphql = createGraphQLApi(app.url, app.credentials);
  rest = createRestApi(app.url, app.credentials);
});

afterAll(() => app.close());

async function repeat(times: number, call: () => Promise<unknown>): Promise<void> {
  for (let count = 0; count < times; count++) await call();
}

describe('rate limits', () => {
  it('count the reads of both APIs together and then refuse both', async () => {
    const user = newUser();
    await repeat(READS / 2, () => rest.list(user));
    await repeat(READS / 2, () => graphql.me(user));
    for (const api of [rest, graphql]) {
      const refusal = await refusalOf(api.list(user));
      expect(refusal.code).toBe('RATE_LIMITED');
      expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
      expect(refusal.retryAfter).toBeLessThanOrEqual(60);
      expect(Number.isInteger(refusal.retryAfter)).toBe(true);
    }
  });

  it('count the writes of both APIs together and then refuse both', async () => {
    const user = newUser();
    const { id } = await graphql.create(user, taskInput());
    await rest.toggle(user, id);
    await graphql.toggle(user, id);
    await rest.update(user, id, { title: 'New' });
    await graphql.update(user, id, { title: 'Newer' });
    await rest.create(user, taskInput());
    for (const api of [rest, graphql]) {
      for (const call of [
        () => api.create(user, taskInput()),
        () => api.update(user, id, {}),
        () => api.toggle(user, id),
        () => api.delete(user, id),
      ]) {
        expect(await refusalOf(call())).toMatchObject({ code: 'RATE_LIMITED' });
      }
    }
    expect(await rest.get(user, id)).toMatchObject({ title: 'Newer', version: 5 });
  });

  it('count writes that are refused as well', async () => {
    const user = newUser();
    await repeat(WRITES / 2, () => refusalOf(rest.create(user, { title: '' })));
    await repeat(WRITES / 2, () => refusalOf(graphql.create(user, { title: '' })));
    expect(await refusalOf(rest.create(user, taskInput()))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('count one user and not the others', async () => {
    const user = newUser();
    await repeat(READS, () => rest.me(user));
    await refusalOf(rest.me(user));
    expect(await rest.me(newUser())).toBeDefined();
    expect(await graphql.me(newUser())).toBeDefined();
  });

  it('are stricter for what ends something for good, and count it apart from the rest', async () => {
    const user = newUser();
    await repeat(READS, () => rest.me(user));
    await rest.deleteAccount(user);
    const other = newUser();
    await app.graphql(other, 'mutation { deleteAccount(confirm: "wrong") { deletedUserId } }');
    expect(await refusalOf(rest.deleteAccount(other))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await refusalOf(graphql.deleteAccount(other))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('count every field of an operation, however it is named', async () => {
    const user = newUser();
    const fields = Array.from({ length: READS + 1 }, (_, index) => `a${index}: viewer { id }`);
    const { errors, status } = await app.graphql(user, `{ ${fields.join(' ')} }`);
    expect({ status, codes: errors.map((error) => error.extensions.code) }).toEqual({
      status: 200,
      codes: ['RATE_LIMITED'],
    });
  });

  it('count each alias of an operation, and refuse only the ones over the limit', async () => {
    const user = newUser();
    const query = `mutation { ${Array.from({ length: WRITES + 2 }, (_, index) => `a${index}: createTask(input: {title: "${index}"}) { task { title } }`).join(' ')} }`;
    const { errors } = await app.graphql(user, query);
    expect(errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: WRITES });
    expect((await rest.list(user)).total).toBe(WRITES);
  });

  it('let exactly as many of a crowd through as they allow', async () => {
    const user = newUser();
    await rest.me(user);
    const answers = await Promise.all(Array.from({ length: READS + 10 }, () => app.rest(user, 'GET', '/api/auth/me')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(READS - 1);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(11);
  });

  it('are told in the headers of every REST answer', async () => {
    const user = newUser();
    for (const remaining of [READS - 1, READS - 2]) {
      const { headers } = await app.rest(user, 'GET', '/api/tasks');
      expect(headers.get('ratelimit-policy')).toBe(`${READS};w=60`);
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^limit=${READS}, remaining=${remaining}, reset=(60|59)$`));
    }
  });

  it('are told in the extensions of every GraphQL answer', async () => {
    const user = newUser();
    for (const remaining of [READS - 1, READS - 3]) {
      const fields = remaining === READS - 1 ? '{ viewer { id } }' : '{ viewer { id } tasks { totalCount } }';
      const { extensions } = await app.graphql(user, fields);
      expect(extensions).toEqual({
        rateLimit: { limit: READS, remaining, reset: expect.any(Number), window: 60 },
      });
    }
  });

  it('are told by the tightest one where an operation counts against several', async () => {
    const { extensions } = await app.graphql(
      newUser(),
      'mutation { deleteAccount(confirm: "no") { deletedUserId } createTask(input: {title: "x"}) { task { id } } }',
    );
    expect(extensions).toMatchObject({ rateLimit: { limit: 1, remaining: 0 } });
  });

  it('are told with Retry-After when REST refuses', async () => {
    const user = newUser();
    await repeat(WRITES, () => rest.create(user, taskInput()));
    const { status, headers, body } = await app.rest(user, 'POST', '/api/tasks', taskInput());
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe(String(body.retryAfter));
  });

  it('are told in the extensions when GraphQL refuses', async () => {
    const user = newUser();
    await repeat(WRITES, () => rest.create(user, taskInput()));
    const { status, errors } = await app.graphql(user, 'mutation { createTask(input: {title: "x"}) { task { id } } }');
    expect(status).toBe(200);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      limit: WRITES,
      retryAfter: expect.any(Number),
      requestId: expect.any(String),
    });
  });

  it('are not asked of those who only look at the documentation or the health', async () => {
    for (const path of ['/health/live', '/health/ready', '/api/openapi.json']) {
      await repeat(READS + 1, async () => expect((await app.rest(undefined, 'GET', path)).status).toBe(200));
    }
  });
});

describe('a request that acts for nobody', () => {
  it('shares no count with others of its kind: it fails', async () => {
    const nobody = { userId: '', email: null, name: null, issuedAt: 0, expiresAt: 0 };
    const authenticator = { authenticate: () => nobody, authenticateConnection: () => nobody };
    const faulty = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE }, overrides: { authenticator } });
    const { errors } = await faulty.graphql(undefined, '{ viewer { id } }');
    const { status } = await faulty.rest(undefined, 'GET', '/api/tasks');
    await faulty.close();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(status).toBe(500);
  });
});
