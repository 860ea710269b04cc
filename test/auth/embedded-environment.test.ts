import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { createEmbeddedAuth, type EmbeddedAuth } from '../../src/auth/embedded-auth.ts';
import { createRateLimits } from '../../src/core/rate-limits.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';
import { authClient } from './support/auth-client.ts';

const FOREIGN = 'https://evil.example.com';
const SECRET = 'the-secret-of-the-embedded-better-auth-in-tests';

let database: TestDatabase;
let auth: EmbeddedAuth;

/** Everything that Better Auth 1.7 reads of its own accord. */
beforeAll(async () => {
  database = await createTestDatabase();
  Object.assign(process.env, {
    BETTER_AUTH_TRUSTED_ORIGINS: `${FOREIGN},https://*.example.org`,
    BETTER_AUTH_URL: FOREIGN,
    BETTER_AUTH_SECRET: 'a secret of the environment that is not configured',
    BETTER_AUTH_SECRETS: '1:another secret of the environment, not configured',
    AUTH_SECRET: 'a third secret of the environment, not configured',
    BETTER_AUTH_TELEMETRY: 'true',
    BETTER_AUTH_TELEMETRY_ENDPOINT: 'https://telemetry.example.com',
    TEST: 'true',
  });
  auth = await createEmbeddedAuth({
    databaseUrl: database.url,
    secrets: [SECRET],
    publicUrl: 'http://localhost:4000',
    trustedOrigins: ['https://app.example.com'],
    rateLimits: createRateLimits(0),
    events: createRecordedEvents(),
  });
});

afterAll(async () => {
  await auth.close();
  await database.drop();
});

it.each([FOREIGN, 'https://sub.example.org'])(
  'the environment cannot make the embedded Better Auth trust %s',
  async (origin) => {
    const body = { email: 'a@example.com', name: 'A', password: 'correct horse' };
    const refused = await authClient(auth).post('sign-up/email', body, { origin });
    expect(refused).toMatchObject({ status: 403, body: { code: 'INVALID_ORIGIN' } });
  },
);

it('the configured origin is trusted', async () => {
  const body = { email: 'b@example.com', name: 'B', password: 'correct horse' };
  const accepted = await authClient(auth).post('sign-up/email', body, { origin: 'https://app.example.com' });
  expect(accepted.status).toBe(200);
});

it('the environment cannot change who issues tokens', async () => {
  const token = await authClient(auth).signUpToken('c@example.com');
  expect(decodeJwt(token)).toMatchObject({ iss: 'http://localhost:4000', aud: 'http://localhost:4000' });
});

// Under NODE_ENV=test Better Auth reports nothing anyway, so that only this can be seen of it.
it('the environment keeps no setting that Better Auth would read later, telemetry included', () => {
  expect(Object.keys(process.env).filter((name) => /^(BETTER_AUTH_|AUTH_SECRET$)/.test(name))).toEqual([]);
});
