import { describe, expect, it } from '@jest/globals';
import { createKeySet } from '../../src/auth/key-set.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { CLAIMS, hs256, keySetOf, SECRET, signed, testClock, testKey } from './support/tokens.ts';

function setUp() {
  const clock = testClock();
  const verifier = createTokenVerifier({ secrets: [SECRET], maxTokenAge: 86_400, clockTolerance: 5, clock });
  return { clock, verifier };
}

describe('the cache of verified tokens', () => {
  it('answers the second time without a promise', async () => {
    const { verifier } = setUp();
    const first = await verifier.verify(hs256(CLAIMS));
    expect(verifier.verify(hs256(CLAIMS))).toBe(first);
  });

  it('ends with the token', async () => {
    const { clock, verifier } = setUp();
    await verifier.verify(hs256(CLAIMS));
    clock.advance(604_000);
    expect(verifier.verify(hs256(CLAIMS))).toMatchObject({ userId: 'alice' });
    clock.advance(1_000);
    await expect(verifier.verify(hs256(CLAIMS))).rejects.toThrow('The token is expired');
  });

  it('ends with the maximum age', async () => {
    const { clock, verifier } = setUp();
    const token = hs256({ ...CLAIMS, exp: CLAIMS.iat + 1_000_000 });
    await verifier.verify(token);
    clock.advance(86_396_000);
    await expect(verifier.verify(token)).rejects.toThrow('The token was issued too long ago');
  });

  it('does not hold what was refused', async () => {
    const { clock, verifier } = setUp();
    const token = hs256({ ...CLAIMS, nbf: CLAIMS.iat + 30 });
    await expect(verifier.verify(token)).rejects.toBeInstanceOf(UnauthenticatedError);
    clock.advance(60_000);
    expect(await verifier.verify(token)).toMatchObject({ userId: 'alice' });
  });

  it('forgets one user, and all of them', async () => {
    const { verifier } = setUp();
    const [alice, bob] = [hs256(CLAIMS), hs256({ ...CLAIMS, sub: 'bob' })];
    await Promise.all([verifier.verify(alice), verifier.verify(bob)]);
    verifier.forget('alice');
    expect(verifier.verify(alice)).toBeInstanceOf(Promise);
    expect(verifier.verify(bob)).toMatchObject({ userId: 'bob' });
    verifier.clear();
    expect(verifier.verify(bob)).toBeInstanceOf(Promise);
  });

  it('does not take in what was being verified while it forgot', async () => {
    const { verifier } = setUp();
    const verification = verifier.verify(hs256(CLAIMS));
    verifier.forget('alice');
    await verification;
    expect(verifier.verify(hs256(CLAIMS))).toBeInstanceOf(Promise);
  });

  it('gives out what nobody can change', async () => {
    const { verifier } = setUp();
    expect(Object.isFrozen(await verifier.verify(hs256(CLAIMS)))).toBe(true);
  });

  it('refuses the tokens of a key that left the key set', async () => {
    const clock = testClock();
    const [old, fresh] = [testKey('EdDSA', 'old'), testKey('EdDSA', 'new')];
    let keys = keySetOf(old);
    const keySet = createKeySet(async () => keys, clock);
    const verifier = createTokenVerifier({ secrets: [], keySet, maxTokenAge: 86_400, clockTolerance: 5, clock });
    const token = signed({ ...CLAIMS, exp: CLAIMS.exp + 3600 }, old);
    expect(await verifier.verify(token)).toBe(verifier.verify(token));
    keys = keySetOf(fresh);
    clock.advance(11_000);
    await verifier.verify(signed(CLAIMS, fresh));
    await expect(verifier.verify(token)).rejects.toThrow('The token is signed with an unknown key');
  });
});
