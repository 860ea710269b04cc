import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmailVerificationToken } from 'better-auth/api';
import { symmetricEncodeJWT } from 'better-auth/crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createEmbeddedAuth, type EmbeddedAuth } from '../../src/auth/embedded-auth.ts';
import { createKeySet } from '../../src/auth/key-set.ts';
import { signToken } from '../../src/auth/sign-token.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { systemClock } from '../../src/core/clock.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { createRateLimits } from '../../src/core/rate-limits.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { authClient } from './support/auth-client.ts';

const SECRET = 'the-secret-of-the-embedded-better-auth-in-tests';
const OTHER_SECRET = 'another-secret-of-the-embedded-better-auth';

let database: TestDatabase;
let auth: EmbeddedAuth;

function start(options: Partial<Parameters<typeof createEmbeddedAuth>[0]> = {}) {
  const defaults = {
    secrets: [SECRET],
    publicUrl: 'http://localhost:4000',
    rateLimits: createRateLimits(0),
    events: createRecordedEvents(),
  };
  return createEmbeddedAuth({ databaseUrl: database.url, ...defaults, ...options });
}

function verifierOf(embedded: EmbeddedAuth, secret = SECRET) {
  const keySet = createKeySet(() => embedded.keys(), systemClock);
  return createTokenVerifier({ secrets: [secret], keySet, maxTokenAge: 86_400, clockTolerance: 5, clock: systemClock });
}

beforeAll(async () => {
  database = await createTestDatabase();
  auth = await start();
});

afterAll(async () => {
  await auth.close();
  await database.drop();
});

describe('the embedded Better Auth', () => {
  it('signs up, signs in and gives out tokens that the server accepts', async () => {
    const client = authClient(auth);
    const user = await client.signUp('alice@example.com', 'Alice');
    const session = await client.signIn('alice@example.com');
    const token = await client.token(session);
    expect(await verifierOf(auth).verify(token)).toMatchObject({
      userId: user,
      email: 'alice@example.com',
      name: 'Alice',
    });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: expect.any(String) });
    const { iat, exp, ...claims } = decodeJwt(token);
    expect(exp! - iat!).toBe(900);
    expect(claims).toEqual({
      sub: user,
      email: 'alice@example.com',
      name: 'Alice',
      iss: 'http://localhost:4000',
      aud: 'http://localhost:4000',
    });
  });

  it('gives out tokens for the session cookie as well', async () => {
    const client = authClient(auth);
    await client.signUp('cookie@example.com');
    const { headers } = await client.post('sign-in/email', { email: 'cookie@example.com', password: 'correct horse' });
    const cookie = headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const { status, body } = await client.get('token', { cookie });
    expect(status).toBe(200);
    expect(await verifierOf(auth).verify(body.token)).toMatchObject({ email: 'cookie@example.com' });
  });

  it('publishes its keys without their private parts', async () => {
    const { body } = await authClient(auth).get('jwks');
    expect(body.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', x: expect.any(String), kid: expect.any(String) },
    ]);
    expect(await auth.keys()).toEqual(body);
  });

  it('accepts tokens signed with its secret beside its own', async () => {
    const token = await signToken({ userId: 'bob', lifetime: 60 }, SECRET, systemClock);
    expect(await verifierOf(auth).verify(token)).toMatchObject({ userId: 'bob' });
  });

  it('issues tokens for the issuer and audience that are configured', async () => {
    const other = await start({ issuer: 'https://auth.example.com', audience: 'todo' });
    const token = await authClient(other).signUpToken('issuer@example.com');
    expect(decodeJwt(token)).toMatchObject({ iss: 'https://auth.example.com', aud: 'todo' });
    await other.close();
  });

  it('ends the sessions of a user, and erases a user', async () => {
    const client = authClient(auth);
    const user = await client.signUp('leaving@example.com');
    const session = await client.signIn('leaving@example.com');
    await auth.endSessions(user);
    expect(await client.get('token', { authorization: `Bearer ${session}` })).toMatchObject({ status: 401 });
    expect(await client.signIn('leaving@example.com')).toEqual(expect.any(String));
    await auth.deleteUser(user);
    const again = await client.post('sign-in/email', { email: 'leaving@example.com', password: 'correct horse' });
    expect(again).toMatchObject({ status: 401 });
  });

  it('erases without complaint a user it does not know', async () => {
    await auth.endSessions('nobody');
    await auth.deleteUser('nobody');
  });
});

describe('what Better Auth signs for other ends', () => {
  async function refusalOf(token: string): Promise<string> {
    const outcome = await Promise.resolve(verifierOf(auth).verify(token)).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(UnauthenticatedError);
    return (outcome as UnauthenticatedError).message;
  }

  it('is no access token when it verifies an e-mail address', async () => {
    const plain = await createEmailVerificationToken(SECRET, 'alice@example.com');
    const change = await createEmailVerificationToken(SECRET, 'alice@example.com', 'new@example.com');
    for (const token of [plain, change]) expect(await refusalOf(token)).toBe('The token has no sub');
  });

  it.each([
    ['jwt', 'The token has no sub'],
    ['jwe', 'The algorithm of the token is not accepted'],
    ['compact', 'The token is malformed'],
  ] as const)('is no access token when it is the session_data cookie of the form %s', async (strategy, message) => {
    for (const value of await sessionData(strategy)) expect(await refusalOf(value)).toBe(message);
  });

  it('is no access token when it is encrypted', async () => {
    const token = await symmetricEncodeJWT({ sub: 'alice' }, SECRET, 'better-auth-session');
    expect(await refusalOf(token)).toBe('The algorithm of the token is not accepted');
  });

  /** The cookies of a Better Auth that keeps session data in them, with the same secret and users. */
  async function sessionData(strategy: 'jwt' | 'jwe' | 'compact'): Promise<string[]> {
    const { betterAuth } = await import('better-auth');
    const email = `${strategy}@example.com`;
    const foreign = betterAuth({
      secret: SECRET,
      baseURL: 'http://localhost:4000',
      emailAndPassword: { enabled: true },
      session: { cookieCache: { enabled: true, strategy } },
      telemetry: { enabled: false },
      logger: { disabled: true },
    });
    const { headers } = await foreign.api.signUpEmail({
      body: { email, password: 'correct horse', name: 'Alice' },
      returnHeaders: true,
    });
    const cookies = headers.getSetCookie().filter((line) => line.includes('session_data'));
    expect(cookies).not.toHaveLength(0);
    return cookies.map((line) => decodeURIComponent(line.split(';')[0]!.split('=').slice(1).join('=')));
  }
});

describe('the start of the embedded Better Auth', () => {
  it('finds its tables and keys, and changes nothing', async () => {
    const before = await auth.keys();
    const again = await start();
    expect(await again.keys()).toEqual(before);
    await again.close();
  });

  it('works for several servers that start at once on an empty database', async () => {
    const empty = await createTestDatabase();
    const servers = await Promise.all([1, 2, 3, 4].map(() => start({ databaseUrl: empty.url })));
    const [first, last] = [servers[0]!, servers.at(-1)!];
    const token = await authClient(first).signUpToken('first@example.com');
    expect(await verifierOf(last).verify(token)).toMatchObject({ email: 'first@example.com' });
    await Promise.all(servers.map((server) => server.close()));
    await empty.drop();
  });

  it('keeps its key when a secret is put before the one that encrypted it', async () => {
    const keys = await auth.keys();
    const rotated = await start({ secrets: [OTHER_SECRET, SECRET] });
    const token = await authClient(rotated).signUpToken('rotated@example.com');
    expect(await verifierOf(auth).verify(token)).toMatchObject({ email: 'rotated@example.com' });
    expect(await rotated.keys()).toEqual(keys);
    await rotated.close();
  });

  it('makes a new key when the secret was lost, and still accepts the tokens of the old one', async () => {
    const before = await authClient(auth).signUpToken('before@example.com');
    const renewed = await start({ secrets: [OTHER_SECRET] });
    const after = await authClient(renewed).signUpToken('after@example.com');
    const { verify } = verifierOf(renewed, OTHER_SECRET);
    expect(await verify(before)).toMatchObject({ email: 'before@example.com' });
    expect(await verify(after)).toMatchObject({ email: 'after@example.com' });
    await renewed.close();
  });

  it('fails when the database is away, and lets go of it', async () => {
    await expect(start({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/none' })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
