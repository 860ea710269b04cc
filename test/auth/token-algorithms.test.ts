import { describe, expect, it } from '@jest/globals';
import type { JWK } from 'jose';
import { createKeySet } from '../../src/auth/key-set.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { CLAIMS, encode, hs256, SECRET, signed, type TestKey, testClock, testKey } from './support/tokens.ts';

const ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'] as const;
const KEYS = new Map<string, TestKey>(ALGORITHMS.map((alg) => [alg, testKey(alg)]));
const ED = KEYS.get('EdDSA')!;
const RSA = KEYS.get('RS256')!;
const CURVE = KEYS.get('ES256')!;

function verifier(jwks: JWK[] = [...KEYS.values()].map(({ jwk }) => jwk), secrets: string[] = []) {
  const clock = testClock();
  const keySet = createKeySet(async () => ({ keys: jwks }), clock);
  return createTokenVerifier({ secrets, keySet, maxTokenAge: 86_400, clockTolerance: 5, clock });
}

async function expectRefusal(token: string, { verify } = verifier()): Promise<void> {
  await expect(Promise.resolve(verify(token))).rejects.toBeInstanceOf(UnauthenticatedError);
}

describe('a token signed with a key of the key set', () => {
  it.each(ALGORITHMS)('is accepted with %s', async (alg) => {
    expect(await verifier().verify(signed(CLAIMS, KEYS.get(alg)!))).toMatchObject({ userId: 'alice' });
  });

  it.each(ALGORITHMS)('is accepted with %s beside a secret', async (alg) => {
    const { verify } = verifier(undefined, [SECRET]);
    expect(await verify(signed(CLAIMS, KEYS.get(alg)!))).toMatchObject({ userId: 'alice' });
    expect(await verify(hs256(CLAIMS))).toMatchObject({ userId: 'alice' });
  });

  it('must satisfy the same claims', async () => {
    await expect(verifier().verify(signed({ ...CLAIMS, exp: 1 }, ED))).rejects.toThrow('The token is expired');
    await expect(verifier().verify(signed({ iat: CLAIMS.iat, exp: CLAIMS.exp }, ED))).rejects.toThrow(
      'The token has no sub',
    );
  });

  it.each([
    undefined,
    null,
    '',
    1,
    ['EdDSA-key'],
    'unknown',
    '../EdDSA-key',
    'EDDSA-KEY',
    "' or 1=1 --",
    'k'.repeat(5000),
  ])('is refused when it names its key %.20j', async (kid) => {
    await expectRefusal(signed(CLAIMS, ED, { kid }));
    await expectRefusal(signed(CLAIMS, ED, { kid }), verifier([ED.jwk]));
  });

  it('is refused when it names a key of the set and is signed with another', async () => {
    await expect(verifier().verify(signed(CLAIMS, testKey('EdDSA')))).rejects.toThrow(
      'The signature of the token is wrong',
    );
  });

  it.each(['jwk', 'jku', 'x5u', 'x5c'])('is refused when it brings a key by %s', async (name) => {
    const own = testKey('EdDSA', 'own');
    const offers = { jwk: own.jwk, jku: 'https://example.com/keys', x5u: 'https://example.com/x', x5c: ['MIIB'] };
    await expectRefusal(signed(CLAIMS, own, { [name]: offers[name as keyof typeof offers] }));
    await expectRefusal(signed(CLAIMS, own, { kid: ED.kid, [name]: offers[name as keyof typeof offers] }));
  });

  it('is refused when its key is meant for encryption, for another use, or is not whole', async () => {
    await expectRefusal(signed(CLAIMS, ED), verifier([{ ...ED.jwk, use: 'enc' }]));
    await expectRefusal(signed(CLAIMS, ED), verifier([{ ...ED.jwk, key_ops: ['encrypt'] }]));
    await expectRefusal(signed(CLAIMS, ED), verifier([{ ...ED.jwk, x: 'AAAA' } as JWK]));
    await expectRefusal(
      signed(CLAIMS, ED),
      verifier([{ kid: ED.kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' } as JWK]),
    );
  });
});

describe('kinds of keys', () => {
  it.each(ALGORITHMS)('a public %s key is no HMAC secret, in whatever form', async (alg) => {
    const { publicKey, jwk, kid } = KEYS.get(alg)!;
    const forms = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'pem', type: 'spki' }).toString().trim(),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(jwk),
      Buffer.from(jwk.x ?? jwk.n ?? '', 'base64url'),
      jwk.x ?? jwk.n ?? '',
    ];
    for (const secret of forms) {
      await expectRefusal(hs256(CLAIMS, secret, { kid }));
      await expectRefusal(hs256(CLAIMS, secret, { kid }), verifier([jwk], [SECRET]));
    }
  });

  it('a secret in the key set verifies nothing', async () => {
    const jwk: JWK = { kty: 'oct', k: encode(SECRET), kid: 'secret', alg: 'HS256' };
    await expectRefusal(hs256(CLAIMS, SECRET, { kid: 'secret' }), verifier([jwk]));
    await expectRefusal(hs256(CLAIMS, SECRET, { kid: 'secret', alg: 'EdDSA' }), verifier([jwk]));
  });

  it.each([
    ['HS256', ED],
    ['none', ED],
    ['ES256', ED],
    ['RS256', CURVE],
    ['PS256', RSA],
    ['RS384', RSA],
    ['RS512', RSA],
    ['ES384', CURVE],
    ['ES256K', CURVE],
    ['Ed25519', ED],
    ['eddsa', ED],
    ['RSA-OAEP-256', RSA],
    ['ML-DSA-44', ED],
  ] as const)('a token that says %s is refused when its key is of another algorithm', async (alg, key) => {
    await expectRefusal(signed(CLAIMS, key, { alg }));
    await expectRefusal(signed(CLAIMS, key, { alg }), verifier(undefined, [SECRET]));
  });

  it('a key without an algorithm of its own is bound by its type', async () => {
    const { alg: _, ...unbound } = RSA.jwk;
    expect(await verifier([unbound]).verify(signed(CLAIMS, RSA))).toMatchObject({ userId: 'alice' });
    await expectRefusal(signed(CLAIMS, RSA, { alg: 'PS256' }), verifier([unbound]));
    await expectRefusal(signed(CLAIMS, RSA, { alg: 'ES256' }), verifier([unbound]));
  });

  it('an ES256 signature in the other form (DER) or of zeros is refused', async () => {
    const [header, payload] = signed(CLAIMS, CURVE).split('.');
    await expectRefusal(`${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`);
    await expectRefusal(`${header}.${payload}.${Buffer.from('3006020101020101', 'hex').toString('base64url')}`);
  });

  it('keys are of no use where only a secret is configured', async () => {
    const only = createTokenVerifier({ secrets: [SECRET], maxTokenAge: 86_400, clockTolerance: 5, clock: testClock() });
    for (const key of KEYS.values()) await expectRefusal(signed(CLAIMS, key), only);
  });
});
