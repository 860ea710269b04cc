import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Authenticator } from '../../src/auth/authenticator.ts';
import type { ConnectedActor } from '../../src/core/actor.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { accountCases } from '../contract/cases/account.ts';
import { ownershipCases } from '../contract/cases/ownership.ts';
import { taskCases } from '../contract/cases/tasks.ts';
import { type Api, type Credentials, refusalOf } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { newUser } from '../support/factories.ts';
import { createGraphQLApi } from '../support/graphql-api.ts';
import { createRestApi } from '../support/rest-api.ts';

/** T055: the auth layer is swapped for badges that are shown in a header; nothing knows of tokens any more. */

let app: TestApp;

const badges: Authenticator = {
  authenticate: (request) => bearerOf(request),
  authenticateConnection: (request) => bearerOf(request),
};

async function bearerOf({ headers }: IncomingMessage): Promise<ConnectedActor> {
  const badge = /^badge (\S+)$/.exec(headers['x-badge']?.toString() ?? '')?.[1];
  if (!badge) throw new UnauthenticatedError('missing_token', 'A badge is needed');
  const userId = Buffer.from(badge, 'base64url').toString();
  const times = { issuedAt: Date.now() / 1000, expiresAt: Number.POSITIVE_INFINITY };
  const actor: ConnectedActor = { userId, email: `${badge}@example.com`, name: 'Badge holder', ...times };
  await app.services.users.admit(actor);
  return actor;
}

const showBadge: Credentials = async (user) =>
  user === undefined ? {} : { 'x-badge': `badge ${Buffer.from(user).toString('base64url')}` };

beforeAll(async () => {
  app = await startTestApp({ overrides: { authenticator: badges } });
});

afterAll(() => app.close());

describe.each([
  ['GraphQL', createGraphQLApi],
  ['REST', createRestApi],
])('another auth layer before %s', (_name, createApi) => {
  let api: Api;
  beforeAll(() => {
    api = createApi(app.url, showBadge);
  });

  describe('tasks', () => taskCases(() => api));
  describe('ownership', () => ownershipCases(() => api));
  describe('account', () => accountCases(() => api));

  it('shows what the badge says of the user', async () => {
    const user = newUser();
    expect(await api.me(user)).toMatchObject({ id: user, name: 'Badge holder', email: expect.stringMatching(/@/) });
  });

  it('is the only way in: a good token of the usual layer is worth nothing', async () => {
    const withToken = createApi(app.url, app.credentials);
    const refusal = await refusalOf(withToken.me(newUser()));
    expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED', message: 'A badge is needed' });
  });
});
