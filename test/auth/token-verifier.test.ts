import { describe, expect, it } from '@jest/globals';
import { signJWT } from 'better-auth/crypto';
import { createTokenVerifier, type TokenVerifierOptions } from '../../src/auth/token-verifier.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { CLAIMS, encode, hs256, NOW, SECRET, testClock } from './support/tokens.ts';

const PREVIOUS = 'the-secret-that-was-replaced-by-the-other';

function verifier(options: Partial<TokenVerifierOptions> = {}) {
  return createTokenVerifier({
    secrets: [SECRET],
    maxTokenAge: 86_400,
    clockTolerance: 5,
    clock: testClock(),
    ...options,
  });
}

function without(claim: keyof typeof CLAIMS) {
  const { [claim]: _, ...others } = CLAIMS;
  return others;
}

/** The refusal of a token; fails when the token is accepted. */
async function refusal(token: string, options?: Partial<TokenVerifierOptions>): Promise<UnauthenticatedError> {
  const outcome = await Promise.resolve(verifier(options).verify(token)).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(UnauthenticatedError);
  return outcome as UnauthenticatedError;
}

describe('a token signed with the secret', () => {
  it('says who acts', async () => {
    const token = hs256({ ...CLAIMS, email: 'alice@example.com', name: 'Alice' });
    expect(await verifier().verify(token)).toEqual({
      userId: 'alice',
      email: 'alice@example.com',
      name: 'Alice',
      issuedAt: CLAIMS.iat,
      expiresAt: CLAIMS.exp,
    });
  });

  it("is accepted in the form of Better Auth's signJWT", async () => {
    const token = await signJWT({ sub: 'alice' }, SECRET);
    const clock = { now: () => Date.now() };
    expect(await verifier({ clock }).verify(token)).toMatchObject({ userId: 'alice', email: null, name: null });
  });

  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('may have the type %s', async (typ) => {
    expect(await verifier().verify(hs256(CLAIMS, SECRET, { typ }))).toMatchObject({ userId: 'alice' });
  });

  it.each([
    ['255 characters', 'u'.repeat(255)],
    ['255 characters beyond the basic plane', '😀'.repeat(255)],
    ['the name of an object member', '__proto__'],
    ['spaces and quotes', `a' or "b`],
  ])('may have a subject of %s', async (_what, sub) => {
    expect(await verifier().verify(hs256({ ...CLAIMS, sub }))).toMatchObject({ userId: sub });
  });

  it.each([
    ['are too long', { email: 'e'.repeat(321), name: 'n'.repeat(256) }],
    ['are not text', { email: 1, name: { first: 'Alice' } }],
    ['are empty', { email: '', name: '' }],
    ['have NUL characters', { email: 'a\0b', name: '\0' }],
    ['have lone surrogates', { email: '\ud800', name: 'a\udc00' }],
  ])('loses e-mail address and name where they %s', async (_what, claims) => {
    expect(await verifier().verify(hs256({ ...CLAIMS, ...claims }))).toMatchObject({ email: null, name: null });
  });

  it('ends at the maximum age when that comes before exp', async () => {
    expect(await verifier({ maxTokenAge: 60 }).verify(hs256(CLAIMS))).toMatchObject({ expiresAt: CLAIMS.iat + 60 });
  });

  it.each([
    ['expired less than the tolerance ago', { exp: NOW - 4 }],
    ['valid from within the tolerance', { nbf: NOW + 5 }],
    ['issued in the future within the tolerance', { iat: NOW + 5 }],
    ['just as old as allowed', { iat: NOW - 86_400 }],
    ['issued at a fraction of a second', { iat: NOW - 10.5 }],
  ])('is accepted when %s', async (_what, claims) => {
    expect(await verifier().verify(hs256({ ...CLAIMS, ...claims }))).toMatchObject({ userId: 'alice' });
  });

  it.each([
    ['expired', { exp: NOW - 5 }, 'The token is expired'],
    ['expired long ago', { exp: 1 }, 'The token is expired'],
    ['expired before it was issued', { exp: -1 }, 'The token is expired'],
    ['not valid yet', { nbf: NOW + 6 }, 'The token is not valid yet'],
    ['from the future', { iat: NOW + 6 }, 'The token was issued in the future'],
    ['too old', { iat: NOW - 86_406 }, 'The token was issued too long ago'],
    ['without a subject of at least one character', { sub: '' }, 'The sub of the token is not valid'],
    ['with a subject that is too long', { sub: 'u'.repeat(256) }, 'The sub of the token is not valid'],
    ['with a subject that is a number', { sub: 1 }, 'The sub of the token is not valid'],
    ['with a subject that is a list', { sub: ['alice'] }, 'The sub of the token is not valid'],
    ['with a subject that is null', { sub: null }, 'The sub of the token is not valid'],
    ['with NUL in the subject', { sub: 'a\0b' }, 'The sub of the token is not valid'],
    ['with a lone surrogate in the subject', { sub: 'a\ud800' }, 'The sub of the token is not valid'],
    ['with exp as text', { exp: String(NOW + 600) }, 'The exp of the token is not valid'],
    ['with exp as null', { exp: null }, 'The exp of the token is not valid'],
    ['with exp beyond all dates', { exp: 8.64e12 + 1 }, 'The exp of the token is not valid'],
    ['with iat as text', { iat: String(NOW) }, 'The iat of the token is not valid'],
    ['with iat as true', { iat: true }, 'The iat of the token is not valid'],
    ['with nbf as null', { nbf: null }, 'The nbf of the token is not valid'],
    ['with nbf as a list', { nbf: [NOW] }, 'The nbf of the token is not valid'],
  ])('is refused when it is %s', async (_what, claims, message) => {
    expect(await refusal(hs256({ ...CLAIMS, ...claims }))).toMatchObject({ reason: 'invalid_token', message });
  });

  it.each([
    ['sub', 'The token has no sub'],
    ['iat', 'The token has no iat'],
    ['exp', 'The token has no exp'],
  ] as const)('is refused without %s', async (claim, message) => {
    expect(await refusal(hs256(without(claim)))).toMatchObject({ message });
  });

  it('is refused when its numbers are not finite', async () => {
    await refusal(hs256(`{"sub":"alice","iat":${NOW},"exp":1e400}`));
    await refusal(hs256(`{"sub":"alice","iat":-1e400,"exp":${NOW + 60}}`));
    await refusal(hs256(`{"sub":"alice","iat":1e400,"exp":${NOW + 60}}`));
  });

  it('is refused when its claims are not an object', async () => {
    for (const payload of ['[]', 'null', '"alice"', '1', '{', '', '{"sub":"alice"', '\ufeff{}'])
      await refusal(hs256(payload));
  });

  it.each(['userId', 'id', 'email', 'user', 'name'])('is refused when only %s says who it is', async (claim) => {
    expect(await refusal(hs256({ ...without('sub'), [claim]: 'alice' }))).toMatchObject({
      message: 'The token has no sub',
    });
  });

  it('tells the log why, without a word of the token', async () => {
    const { cause } = await refusal(hs256({ ...CLAIMS, exp: 1, email: 'alice@example.com' }));
    expect(cause).toBe('ERR_JWT_EXPIRED: "exp" claim timestamp check failed');
  });
});

describe('the header of a token', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', 'none ', ''])(
    'never makes it pass unsigned with the algorithm %j',
    async (alg) => {
      const input = `${encode({ alg, typ: 'JWT' })}.${encode(CLAIMS)}`;
      for (const token of [`${input}.`, `${input}.${encode('x')}`, input]) await refusal(token);
    },
  );

  it.each([
    'HS384',
    'HS512',
    'hs256',
    'RS256',
    'ES256',
    'EdDSA',
    'PS256',
    'ES256K',
    'dir',
    'A256KW',
    1,
    null,
    true,
    ['HS256'],
    { HS256: 1 },
  ])('is refused with the algorithm %j, even when an HS256 signature follows', async (alg) => {
    await refusal(hs256(CLAIMS, SECRET, { alg }));
  });

  it.each([
    { typ: 'dpop+jwt' },
    { typ: 'logout+jwt' },
    { typ: 'secevent+jwt' },
    { typ: 'JWE' },
    { typ: '' },
    { typ: 1 },
    { typ: null },
    { kid: 1 },
    { kid: ['a'] },
    { crit: ['exp'], exp: 1 },
    { crit: ['b64'], b64: true },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { jwk: { kty: 'oct', k: encode(SECRET) } },
    { jku: 'https://example.com/keys' },
    { x5u: 'https://example.com/certificate' },
    { x5c: ['MIIB'] },
  ])('is refused with %j', async (header) => {
    await refusal(hs256(CLAIMS, SECRET, header));
  });

  it.each(['../../dev/null', "' or 1=1 --", 'k'.repeat(10_000), ''])(
    'may name any key, since a secret has no name: %.20j',
    async (kid) => {
      expect(await verifier().verify(hs256(CLAIMS, SECRET, { kid }))).toMatchObject({ userId: 'alice' });
    },
  );

  it.each([
    '',
    '.',
    '..',
    '...',
    'a.b',
    'a.b.c.d',
    'bm90IEpTT04.e30.e30',
    `${encode([])}.e30.e30`,
    `${encode('null')}.e30.e30`,
  ])('is refused when it cannot be read: %j', async (token) => {
    expect(await refusal(token)).toMatchObject({ reason: 'invalid_token' });
  });
});

describe('the signature of a token', () => {
  it('is refused when a character of header, claims or signature is another one', async () => {
    const token = hs256(CLAIMS);
    for (const index of [3, token.indexOf('.') + 5, token.length - 5]) {
      const other = token[index] === 'A' ? 'B' : 'A';
      await refusal(`${token.slice(0, index)}${other}${token.slice(index + 1)}`);
    }
  });

  it.each(['', 'another-secret-that-is-long-enough-to-count', SECRET.slice(1), `${SECRET} `])(
    'is refused when it is made with the secret %j',
    async (secret) => {
      expect(await refusal(hs256(CLAIMS, secret))).toMatchObject({ message: 'The signature of the token is wrong' });
    },
  );

  it('is accepted from each of several secrets', async () => {
    const { verify } = verifier({ secrets: [SECRET, PREVIOUS] });
    expect(await verify(hs256(CLAIMS))).toMatchObject({ userId: 'alice' });
    expect(await verify(hs256(CLAIMS, PREVIOUS))).toMatchObject({ userId: 'alice' });
  });

  it('is refused from a secret that was given up', async () => {
    await refusal(hs256(CLAIMS, PREVIOUS), { secrets: [SECRET] });
  });

  it.each([SECRET, PREVIOUS])(
    'is good and the token still expired, whichever of several secrets made it',
    async (secret) => {
      const refused = await refusal(hs256({ ...CLAIMS, exp: 1 }, secret), { secrets: [SECRET, PREVIOUS] });
      expect(refused).toMatchObject({ message: 'The token is expired' });
    },
  );

  it('is refused when the server has neither secret nor key set', async () => {
    await refusal(hs256(CLAIMS), { secrets: [] });
    await refusal(hs256(CLAIMS, ''), { secrets: [] });
  });
});

describe('issuer and audience', () => {
  const required = { issuer: 'https://auth.example.com', audience: 'todo' };
  const claims = { ...CLAIMS, iss: 'https://auth.example.com', aud: 'todo' };

  it.each([
    ['the one audience', claims],
    ['one of several audiences', { ...claims, aud: ['other', 'todo'] }],
  ])('are accepted with %s', async (_what, accepted) => {
    expect(await verifier(required).verify(hs256(accepted))).toMatchObject({ userId: 'alice' });
  });

  it('are not asked for when they are not configured', async () => {
    expect(await verifier().verify(hs256({ ...CLAIMS, iss: 1, aud: null }))).toMatchObject({ userId: 'alice' });
  });

  it.each([
    [{ iss: 'https://auth.example.com/' }, 'The token is of another issuer'],
    [{ iss: 'https://evil.example.com' }, 'The token is of another issuer'],
    [{ iss: ['https://auth.example.com'] }, 'The token is of another issuer'],
    [{ iss: null }, 'The token is of another issuer'],
    [{ iss: undefined }, 'The token has no iss'],
    [{ aud: 'other' }, 'The token is meant for another audience'],
    [{ aud: 'todo2' }, 'The token is meant for another audience'],
    [{ aud: [] }, 'The token is meant for another audience'],
    [{ aud: { todo: true } }, 'The token is meant for another audience'],
    [{ aud: undefined }, 'The token has no aud'],
  ])('are refused with %j', async (change, message) => {
    expect(await refusal(hs256({ ...claims, ...change }), required)).toMatchObject({ message });
  });
});
