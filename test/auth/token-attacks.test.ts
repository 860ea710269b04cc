import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.ts';
import { rawRequest } from '../support/raw-request.ts';
import { TEST_SECRET } from '../support/test-secret.ts';
import { askBoth } from './support/both-apis.ts';
import { startKeyServer } from './support/key-server.ts';
import { encode, hs256, keySetOf, signed, testKey } from './support/tokens.ts';

/** Samples of every class of forged and misused tokens, each through both APIs as a client would send it. */

const ISSUER = 'https://auth.example.com';
const now = Math.floor(Date.now() / 1000);
const CLAIMS = { sub: 'alice', iss: ISSUER, aud: 'todo', iat: now - 10, exp: now + 600 };
const ED = testKey('EdDSA', 'ed');
const RSA = testKey('RS256', 'rsa');
const OWN = testKey('EdDSA', 'own');
const GOOD = hs256(CLAIMS, TEST_SECRET);

/** Claims as text, for what JSON.stringify would not write. */
const withClaim = (claim: string) => `${JSON.stringify(CLAIMS).slice(0, -1)},${claim}}`;
const ours = (payload: unknown, header: object = {}) => hs256(payload, TEST_SECRET, header);

let app: TestApp;
let keyServer: Awaited<ReturnType<typeof startKeyServer>>;

beforeAll(async () => {
  keyServer = await startKeyServer(keySetOf(ED, RSA));
  const environment = { AUTH_JWKS_URL: keyServer.url, AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: 'todo' };
  app = await startTestApp({ environment });
});
afterAll(async () => {
  await keyServer.close();
  await app.close();
});

async function expectRefused(headers: Record<string, string>, error: string): Promise<void> {
  for (const { status, challenge, body } of await askBoth(app, headers)) {
    expect({ status, challenge }).toEqual({
      status: 401,
      challenge: expect.stringContaining(`Bearer error="${error}"`),
    });
    expect(body).not.toMatch(/alice|ERR_|jose|eyJ|\n\s+at /);
  }
}

describe('a token', () => {
  it.each([
    ['the secret', GOOD],
    ['an Ed25519 key', signed(CLAIMS, ED)],
    ['an RSA key', signed(CLAIMS, RSA)],
  ])('of %s is let in, so that the others are refused for what they are', async (_what, token) => {
    for (const { status, body } of await askBoth(app, { authorization: `Bearer ${token}` })) {
      expect({ status, body }).toEqual({ status: 200, body: expect.stringContaining('alice') });
    }
  });

  const unsigned = (alg: unknown) => `${encode({ alg, typ: 'JWT' })}.${encode(CLAIMS)}.`;
  it.each(['none', 'None', 'NONE', 'nOnE'])('that is not signed is refused, algorithm %s', async (alg) => {
    await expectRefused({ authorization: `Bearer ${unsigned(alg)}` }, 'invalid_request');
    await expectRefused({ authorization: `Bearer ${unsigned(alg)}${encode('x')}` }, 'invalid_token');
  });

  const pem = RSA.publicKey.export({ format: 'pem', type: 'spki' });
  it.each<[string, string]>([
    ['is signed with a public key as PEM', hs256(CLAIMS, pem, { kid: 'rsa' })],
    ['is signed with a public key as DER', hs256(CLAIMS, RSA.publicKey.export({ format: 'der', type: 'spki' }))],
    ['is signed with a public key as JWK', hs256(CLAIMS, JSON.stringify(RSA.jwk), { kid: 'rsa' })],
    ['is signed with an empty secret', hs256(CLAIMS, '')],
    ['is of a longer HMAC', ours(CLAIMS, { alg: 'HS512' })],
    ['is of a family that its key is not of', signed(CLAIMS, RSA, { alg: 'PS256' })],
    ['brings its key', signed(CLAIMS, OWN, { jwk: OWN.jwk })],
    ['says where its key is', signed(CLAIMS, OWN, { jku: 'http://127.0.0.1:1/jwks' })],
    ['says where its certificate is', signed(CLAIMS, OWN, { x5u: 'http://127.0.0.1:1/certificate' })],
    ['brings its certificates', signed(CLAIMS, OWN, { x5c: ['MIIB'] })],
    ['names a file as its key', signed(CLAIMS, ED, { kid: '../../../dev/null' })],
    ['names SQL as its key', signed(CLAIMS, ED, { kid: "ed' or '1'='1" })],
    ['names a number as its key', signed(CLAIMS, ED, { kid: 1 })],
    ['names an object as its key', signed(CLAIMS, ED, { kid: { ed: true } })],
    ['names __proto__ as its key', signed(CLAIMS, ED, { kid: '__proto__' })],
    ['demands an extension', ours(CLAIMS, { crit: ['b64'], b64: true })],
    ['is for another audience', ours({ ...CLAIMS, aud: 'other' })],
    ['is for audiences without this one', ours({ ...CLAIMS, aud: ['a', 'b'] })],
    ['has a list of issuers', ours({ ...CLAIMS, iss: [ISSUER] })],
    ['is of another issuer', ours({ ...CLAIMS, iss: `${ISSUER}.evil.example` })],
    ['has no end', ours({ ...CLAIMS, exp: undefined })],
    ['has an end as text', ours({ ...CLAIMS, exp: String(CLAIMS.exp) })],
    ['has an end as a list', ours({ ...CLAIMS, exp: [CLAIMS.exp] })],
    ['ends never', ours(withClaim('"exp":1e400'))],
    ['ends before it began', ours({ ...CLAIMS, exp: -1 })],
    ['has NaN as its end', ours(withClaim('"exp":NaN'))],
    ['says twice when it ends, the second time in the past', ours(withClaim('"exp":1'))],
    ['is issued in the future', ours({ ...CLAIMS, iat: now + 3600 })],
    ['is not valid yet', ours({ ...CLAIMS, nbf: now + 3600 })],
    ['is of nobody', ours({ ...CLAIMS, sub: '' })],
    ['is of a number', ours({ ...CLAIMS, sub: 7 })],
    ['is of too long a user', ours({ ...CLAIMS, sub: 'u'.repeat(256) })],
    ['is of a user with NUL', ours({ ...CLAIMS, sub: 'alice\0' })],
    ['is of a user with half a character', ours({ ...CLAIMS, sub: 'alice\ud800' })],
    ['is meant to end a session', ours(CLAIMS, { typ: 'logout+jwt' })],
    ['has other unused bits', GOOD.slice(0, -1) + String.fromCharCode(GOOD.charCodeAt(GOOD.length - 1) + 1)],
  ])('that %s is refused', async (_what, token) => {
    await expectRefused({ authorization: `Bearer ${token}` }, 'invalid_token');
  });

  it('of 10 KB, or with a key name of 10 KB, is refused', async () => {
    await expectRefused({ authorization: `Bearer ${ours(CLAIMS, { kid: 'k'.repeat(7000) })}` }, 'invalid_request');
    await expectRefused({ authorization: `Bearer ${ours({ ...CLAIMS, x: 'x'.repeat(7500) })}` }, 'invalid_request');
  });
});

describe('a good token', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a cookie', { cookie: `token=${GOOD}; authorization=Bearer ${GOOD}` }, 'missing_token'],
    [
      'another header',
      { 'x-authorization': `Bearer ${GOOD}`, 'proxy-authorization': `Bearer ${GOOD}` },
      'missing_token',
    ],
    [
      'another scheme',
      { authorization: `Basic ${Buffer.from(`alice:${GOOD}`).toString('base64')}` },
      'invalid_request',
    ],
    ['the scheme DPoP', { authorization: `DPoP ${GOOD}` }, 'invalid_request'],
    ['no scheme', { authorization: GOOD }, 'invalid_request'],
    ['a list', { authorization: `Bearer ${GOOD}, Bearer ${GOOD}` }, 'invalid_request'],
  ])('in %s lets nobody in', async (_what, headers, error) => {
    await expectRefused(headers, error);
  });

  it('in the query string lets nobody in', async () => {
    const body = JSON.stringify({ query: '{ viewer { id } }', access_token: GOOD });
    const query = `access_token=${GOOD}&authorization=Bearer%20${GOOD}`;
    const headers = { 'content-type': 'application/json' };
    const graphql = await fetch(`${app.url}/graphql?${query}`, { method: 'POST', headers, body });
    const rest = await fetch(`${app.url}/api/auth/me?${query}`);
    expect([graphql.status, rest.status]).toEqual([401, 401]);
  });

  it.each(['GET /api/auth/me HTTP/1.1', 'POST /graphql HTTP/1.1'])(
    'beside another Authorization header lets nobody in: %s',
    async (line) => {
      const body = line.startsWith('POST') ? '{"query":"{viewer{id}}"}' : '';
      const others = ['content-type: application/json', `content-length: ${body.length}`];
      for (const second of [`Bearer ${GOOD}`, 'Basic YTpi', '']) {
        for (const names of [
          ['authorization', 'Authorization'],
          ['AUTHORIZATION', 'authorization'],
        ]) {
          const both = [`${names[0]}: Bearer ${GOOD}`, `${names[1]}: ${second}`];
          const answers = await Promise.all(
            [both, both.toReversed()].map((lines) => rawRequest(app.url, [line, ...lines, ...others], body)),
          );
          for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 401 /);
        }
      }
    },
  );
});
