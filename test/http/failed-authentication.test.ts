import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

/** A twentieth of 120 a minute. */
const SCALE = '0.05';
const LIMIT = 6;
const FORGED = 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.forged';

/** What both APIs say of one request, as far as it matters here. */
interface Outcome {
  status: number;
  code: string | undefined;
  retryAfter: unknown;
  headers: Headers;
}

type Ask = (app: TestApp, headers?: Record<string, string>) => Promise<Outcome>;

const askRest: Ask = async (app, headers = {}) => {
  const response = await fetch(`${app.url}/api/tasks`, { headers });
  const { code, retryAfter } = (await response.json()) as { code?: string; retryAfter?: number };
  return { status: response.status, code, retryAfter, headers: response.headers };
};

const askGraphQL: Ask = async (app, headers = {}) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{viewer{id}}"}',
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string; retryAfter?: number } }[] };
  const { code, retryAfter } = errors?.[0]?.extensions ?? {};
  return { status: response.status, code, retryAfter, headers: response.headers };
};

const APIS: [string, Ask][] = [
  ['REST', askRest],
  ['GraphQL', askGraphQL],
];

/** How many requests are refused for what they are before one is refused for their number. */
async function failures(ask: () => Promise<Outcome>, most = LIMIT * 3): Promise<number> {
  for (let count = 0; count < most; count++) if ((await ask()).status === 429) return count;
  return most;
}

/** Behind one proxy, so that each test has an address of its own. */
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE, TRUST_PROXY_HOPS: '1' } });
});
afterAll(() => app.close());

describe('failed authentication', () => {
  it('is counted per address, in both APIs together', async () => {
    const headers = { 'x-forwarded-for': '1.1.1.1' };
    for (let times = 0; times < LIMIT / 2; times++) {
      expect((await askRest(app, { ...headers, authorization: FORGED })).code).toBe('UNAUTHENTICATED');
      expect((await askGraphQL(app, headers)).code).toBe('UNAUTHENTICATED');
    }
    for (const [, ask] of APIS) expect((await ask(app, headers)).code).toBe('RATE_LIMITED');
    expect((await askRest(app, { 'x-forwarded-for': '1.1.1.2' })).code).toBe('UNAUTHENTICATED');
  });

  it.each(APIS)('over the limit is answered by %s with 429 and when to try again', async (_name, ask) => {
    const headers = { 'x-forwarded-for': `1.1.2.${_name.length}` };
    expect(await failures(() => ask(app, headers))).toBe(LIMIT);
    const refused = await ask(app, headers);
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
    expect(refused.headers.get('retry-after')).toBe(String(refused.retryAfter));
    expect(refused.headers.get('ratelimit')).toBe(`limit=${LIMIT}, remaining=0, reset=${refused.retryAfter}`);
    expect(refused.headers.get('ratelimit-policy')).toBe(`${LIMIT};w=60`);
  });

  it.each(APIS)('of others behind one address locks nobody with a good token out of %s', async (_name, ask) => {
    const headers = { 'x-forwarded-for': `1.1.3.${_name.length}` };
    await failures(() => ask(app, headers));
    // One token that the server has not seen before, and the same once it has.
    for (let times = 0; times < 2; times++) {
      expect((await ask(app, { ...headers, ...(await app.credentials(`neighbour of ${_name}`)) })).status).toBe(200);
    }
    expect((await ask(app, headers)).status).toBe(429);
  });

  it('counts the addresses of one IPv6 network together', async () => {
    let host = 0;
    const ask = () => askRest(app, { 'x-forwarded-for': `2001:db8:1:1::${(host++).toString(16)}` });
    expect(await failures(ask)).toBe(LIMIT);
    expect((await askRest(app, { 'x-forwarded-for': '2001:db8:1:2::1' })).status).toBe(401);
  });

  it('is not made new by what a client writes to the left of what the proxy wrote', async () => {
    let forged = 0;
    expect(await failures(() => askRest(app, { 'x-forwarded-for': `9.9.9.${forged++}, 1.1.4.1` }))).toBe(LIMIT);
  });

  it('does not share its count with a user whose id looks like the address', async () => {
    const headers = { 'x-forwarded-for': '1.1.5.1' };
    await failures(() => askRest(app, headers));
    expect((await app.rest('1.1.5.1', 'POST', '/api/tasks', { title: 'a' }, headers)).status).toBe(201);
  });
});

describe('failed authentication without a trusted proxy', () => {
  it('is counted by the address of the connection, whatever X-Forwarded-For and its kin say', async () => {
    const direct = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE } });
    let forged = 0;
    const count = await failures(() => {
      const address = `9.9.9.${forged++}`;
      return askRest(direct, {
        'x-forwarded-for': address,
        forwarded: `for=${address}`,
        'x-real-ip': address,
        'x-client-ip': address,
        'true-client-ip': address,
        'cf-connecting-ip': address,
      });
    });
    await direct.close();
    expect(count).toBe(LIMIT);
  });

  it('is not counted with scale 0', async () => {
    const unlimited = await startTestApp();
    const count = await failures(() => askRest(unlimited), 200);
    await unlimited.close();
    expect(count).toBe(200);
  });

  it('is not what happens while tokens cannot be verified', async () => {
    const authenticate = () => Promise.reject(new ServiceUnavailableError('No keys'));
    const authenticator = { authenticate, authenticateConnection: authenticate };
    const keyless = await startTestApp({ environment: { RATE_LIMIT_SCALE: SCALE }, overrides: { authenticator } });
    const statuses = new Set<number>();
    for (let times = 0; times < LIMIT * 2; times++) statuses.add((await askRest(keyless)).status);
    await keyless.close();
    expect([...statuses]).toEqual([503]);
  });
});
