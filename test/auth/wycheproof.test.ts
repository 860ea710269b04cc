import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JWK } from 'jose';
import { bearerToken } from '../../src/auth/bearer.ts';
import { createKeySet } from '../../src/auth/key-set.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { testClock } from './support/tokens.ts';

/** The vectors of C2SP/wycheproof (vectors/README.md). What they sign are no claims: none of them is let in. */

interface Vector {
  tcId: number;
  comment: string;
  result: 'valid' | 'invalid';
  token: string;
}

interface Group {
  comment: string;
  keys: JWK[];
  tests: Vector[];
}

const ALGORITHMS = ['HS256', 'EdDSA', 'ES256', 'RS256', 'PS256'];
/** Vectors with a character that base64url does not have; a decoder may skip it, this server refuses it. */
const FOREIGN_CHARACTERS = [372, 373];
/** Said to be invalid, and character for character the token of 357, which is valid: their padding was lost upstream. */
const SAME_AS_VALID = [367, 370];
/** A key of the kind that Infineon's chips made until 2017. The server does not look for faults of keys it is told to trust. */
const WEAK_KEY = 7;
/** jose looks at the claims after the signature, and only then are its errors those of a JWT. */
const SIGNATURE_IS_GOOD = /: ERR_JWT_/;

function groupsOf(file: string): Group[] {
  return JSON.parse(readFileSync(new URL(`vectors/${file}.json`, import.meta.url), 'utf8'));
}

/** Why the server refuses a token, as its log tells it, on the way that the token of a request takes. */
async function refusalOf(token: string, secrets: Uint8Array[], keys: JWK[]): Promise<string> {
  const clock = testClock();
  const keySet = createKeySet(async () => ({ keys }), clock);
  const verifier = createTokenVerifier({ secrets, keySet, maxTokenAge: 86_400, clockTolerance: 5, clock });
  const outcome = await Promise.resolve()
    .then(() => verifier.verify(bearerToken({ rawHeaders: ['Authorization', `Bearer ${token}`] })))
    .catch((error: unknown) => error);
  if (!(outcome instanceof UnauthenticatedError)) throw new Error('not refused as it must be', { cause: outcome });
  return `${outcome.message}: ${String(outcome.cause)}`;
}

function secretsOf(keys: JWK[]): Uint8Array[] {
  return keys.flatMap(({ k }) => (k === undefined ? [] : [Buffer.from(k, 'base64url')]));
}

function algorithmOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).alg;
}

/** Whether the server must take the signature for good: an algorithm that it accepts, and something that is signed. */
function isAcceptable({ tcId, result, token }: Vector): boolean {
  if (result !== 'valid' || FOREIGN_CHARACTERS.includes(tcId)) return false;
  return ALGORITHMS.includes(algorithmOf(token)) && token.split('.')[1] !== '';
}

describe.each(groupsOf('json_web_signature'))('signatures, $comment', ({ keys, tests }) => {
  it.each(tests.filter(({ tcId }) => !SAME_AS_VALID.includes(tcId)))('$tcId $comment is $result', async (vector) => {
    const refusal = await refusalOf(vector.token, secretsOf(keys), keys);
    expect({ refusal, good: SIGNATURE_IS_GOOD.test(refusal) }).toEqual({ refusal, good: isAcceptable(vector) });
  });
});

const keySets = groupsOf('json_web_key').filter(({ tests }) => tests[0]!.tcId !== WEAK_KEY);

// A key set never verifies HMAC, whatever the vectors allow: a secret that is published is none.
describe.each(keySets)('key sets, $comment', ({ keys, tests }) => {
  it.each(tests)('$tcId $comment is $result', async (vector) => {
    const refusal = await refusalOf(vector.token, [], keys);
    const good = isAcceptable(vector) && algorithmOf(vector.token) !== 'HS256';
    expect({ refusal, good: SIGNATURE_IS_GOOD.test(refusal) }).toEqual({ refusal, good });
  });
});

describe.each(groupsOf('json_web_crypto'))('encrypted tokens, $comment', ({ keys, tests }) => {
  it.each(tests)('$tcId $comment is no access token', async ({ token }) => {
    expect(await refusalOf(token, secretsOf(keys), keys)).toMatch(
      /^The token is not a JSON Web Token|^The Authorization/,
    );
  });
});

it('has enough vectors whose signature is good to tell that the others are refused for theirs', () => {
  const vectors = groupsOf('json_web_signature').flatMap(({ tests }) => tests);
  const algorithms = vectors.filter(isAcceptable).map(({ token }) => algorithmOf(token));
  expect(algorithms).toHaveLength(22);
  expect(new Set(algorithms)).toEqual(new Set(['HS256', 'ES256', 'RS256', 'PS256']));
});

it('leaves out two vectors because they are the same as a valid one', () => {
  const vectors = groupsOf('json_web_signature').flatMap(({ tests }) => tests);
  const [valid, ...others] = [357, ...SAME_AS_VALID].map((id) => vectors.find(({ tcId }) => tcId === id));
  expect(valid?.result).toBe('valid');
  expect(others.map((vector) => vector?.token)).toEqual([valid?.token, valid?.token]);
});
