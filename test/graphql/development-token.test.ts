import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { loadConfig } from '../../src/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createDevelopmentToken, isFromOwnPage } from '../../src/graphql/playground/development-token.ts';

const SECRET = 'a secret of the tests that has more than 32 bytes';

interface RequestChanges {
  address?: string | undefined;
  headers?: Record<string, string | undefined>;
}

/** What a browser on this machine sends from the playground's page. */
function requestOf({ address = '127.0.0.1', headers = {} }: RequestChanges = {}): IncomingMessage {
  return {
    socket: { remoteAddress: address },
    headers: { host: 'localhost:4000', 'sec-fetch-site': 'same-origin', ...headers },
  } as unknown as IncomingMessage;
}

describe('a request is from our own page', () => {
  test.each<RequestChanges>([
    {},
    { address: '127.8.9.10' },
    { address: '::1', headers: { host: '[::1]:4000' } },
    { address: '::ffff:127.0.0.1' },
    { headers: { host: '127.0.0.1:65535' } },
    { headers: { host: 'LOCALHOST' } },
  ])('with %j', (changes) => {
    expect(isFromOwnPage(requestOf(changes))).toBe(true);
  });
});

describe('a request is not from our own page', () => {
  test.each<RequestChanges>([
    { address: '192.168.1.5' },
    { address: '::ffff:10.0.0.1' },
    { address: 'fe80::1' },
    { address: '' },
    { headers: { host: undefined } },
    { headers: { host: 'evil.example' } },
    { headers: { host: 'localhost.evil.example:4000' } },
    { headers: { host: '127.0.0.1.evil.example' } },
    { headers: { host: 'evil.example#localhost' } },
    { headers: { host: '192.168.1.5:4000' } },
    { headers: { 'sec-fetch-site': undefined } },
    { headers: { 'sec-fetch-site': 'same-site' } },
    { headers: { 'sec-fetch-site': 'cross-site' } },
    { headers: { 'sec-fetch-site': 'none' } },
    { headers: { 'x-forwarded-for': '203.0.113.1' } },
    { headers: { forwarded: 'for=203.0.113.1' } },
    { headers: { via: '1.1 tunnel' } },
  ])('with %j', (changes) => {
    expect(isFromOwnPage(requestOf(changes))).toBe(false);
  });
});

describe('the ready token', () => {
  const issue = (environment: Record<string, string>, secret: string | undefined = SECRET) =>
    createDevelopmentToken(loadConfig(environment), secret, systemClock)(requestOf());

  test('is for the user demo, for twelve hours', async () => {
    const { sub, iat = 0, exp = 0 } = decodeJwt(String(await issue({})));
    expect({ sub, lifetime: exp - iat }).toEqual({ sub: 'demo', lifetime: 12 * 3600 });
  });

  test('lives no longer than the server accepts tokens', async () => {
    const { iat = 0, exp = 0 } = decodeJwt(String(await issue({ AUTH_MAX_TOKEN_AGE: '600' })));
    expect(exp - iat).toBe(600);
  });

  test.each<[string, Record<string, string>]>([
    ['production', { NODE_ENV: 'production', BETTER_AUTH_SECRET: SECRET }],
    ['production with the embedded Better Auth', { NODE_ENV: 'production', AUTH_EMBEDDED: 'true' }],
    ['a server with a secret of its own', { BETTER_AUTH_SECRET: SECRET }],
  ])('is not made in %s', async (_case, environment) => {
    expect(await issue(environment)).toBeUndefined();
  });

  test('is not made for others', async () => {
    const token = createDevelopmentToken(loadConfig({}), SECRET, systemClock);
    expect(await token(requestOf({ headers: { host: 'evil.example' } }))).toBeUndefined();
  });
});
