import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';

/** The moment at which the tests of tokens happen, in seconds. */
export const NOW = 1_800_000_000;
export const SECRET = 'the-secret-of-these-tests-and-nothing-else';
export const CLAIMS = { sub: 'alice', iat: NOW - 10, exp: NOW + 600 };

/** A clock that stands still until it is moved. */
export function testClock() {
  let time = NOW * 1000;
  return {
    now: () => time,
    advance: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

/** One part of a token: JSON of a value, or a text as it is. */
export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** Signs whatever it is given: jose would refuse to make most of the tokens that must be refused. */
export function hs256(payload: unknown, secret: string | Buffer = SECRET, header: object = {}): string {
  const input = `${encode({ alg: 'HS256', ...header })}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export interface TestKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

export function testKey(alg: 'EdDSA' | 'ES256' | 'RS256' | 'PS256', kid = `${alg}-key`): TestKey {
  const { privateKey, publicKey } = keyPair(alg);
  return { alg, kid, privateKey, publicKey, jwk: { ...(publicKey.export({ format: 'jwk' }) as JWK), alg, kid } };
}

function keyPair(alg: string) {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** Signs with the key's algorithm; `header` can claim another one. */
export function signed(payload: unknown, key: TestKey, header: object = {}): string {
  const input = `${encode({ alg: key.alg, kid: key.kid, ...header })}.${encode(payload)}`;
  return `${input}.${signature(key, Buffer.from(input)).toString('base64url')}`;
}

function signature({ alg, privateKey: key }: TestKey, input: Buffer): Buffer {
  if (alg === 'EdDSA') return sign(null, input, key);
  if (alg === 'ES256') return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
  if (alg === 'RS256') return sign('sha256', input, key);
  return sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
}

export function keySetOf(...keys: TestKey[]): JSONWebKeySet {
  return { keys: keys.map(({ jwk }) => jwk) };
}
