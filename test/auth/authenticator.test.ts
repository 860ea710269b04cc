import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { type Admission, createAuthenticator } from '../../src/auth/authenticator.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { CLAIMS, hs256, SECRET, testClock } from './support/tokens.ts';

const everybody: Admission = { admit: () => undefined };
const upgrade = { rawHeaders: [] as string[] } as IncomingMessage;
const TOKEN = hs256(CLAIMS);
const PARAMETERS = { Authorization: `Bearer ${TOKEN}` };

function setUp(admission = everybody, maxTokenAge = 86_400) {
  const verifier = createTokenVerifier({ secrets: [SECRET], maxTokenAge, clockTolerance: 5, clock: testClock() });
  return createAuthenticator(verifier, admission);
}

describe('a WebSocket', () => {
  it('is let in by the token of its connection_init payload, until the token ends', async () => {
    const connected = await setUp().authenticateConnection(upgrade, PARAMETERS);
    expect(connected).toMatchObject({ userId: 'alice', expiresAt: CLAIMS.exp });
  });

  it('is let in until the token reaches the maximum age, when that comes first', async () => {
    const connected = await setUp(everybody, 60).authenticateConnection(upgrade, PARAMETERS);
    expect(connected).toMatchObject({ expiresAt: CLAIMS.iat + 60 });
  });

  it('is let in as a request with the same token is', async () => {
    const authenticator = setUp();
    const request = { rawHeaders: ['Authorization', PARAMETERS.Authorization] } as IncomingMessage;
    const actor = await authenticator.authenticate(request);
    expect(authenticator.authenticateConnection(upgrade, PARAMETERS)).toBe(actor);
  });

  it('is not let in by a token in the request that opened it', () => {
    const request = { rawHeaders: ['Authorization', PARAMETERS.Authorization] } as IncomingMessage;
    expect(() => setUp().authenticateConnection(request, {})).toThrow('A bearer token is needed');
  });

  it('is refused when the account or the token was ended', async () => {
    const ended = new UnauthenticatedError('invalid_token', 'The token was revoked');
    const authenticator = setUp({ admit: () => Promise.reject(ended) });
    await expect(authenticator.authenticateConnection(upgrade, PARAMETERS)).rejects.toBe(ended);
  });
});
