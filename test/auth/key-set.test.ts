import { describe, expect, it } from '@jest/globals';
import type { JSONWebKeySet } from 'jose';
import { createKeySet } from '../../src/auth/key-set.ts';
import { createTokenVerifier } from '../../src/auth/token-verifier.ts';
import { ServiceUnavailableError } from '../../src/core/errors.ts';
import { CLAIMS, keySetOf, signed, testClock, testKey } from './support/tokens.ts';

const OLD = testKey('EdDSA', 'old');
const NEW = testKey('EdDSA', 'new');
const header = (kid: string) => ({ alg: 'EdDSA', kid });

/** A key set over a source that can be changed, can fail, and counts its readings. */
function setUp(initial: JSONWebKeySet | Error = keySetOf(OLD)) {
  const clock = testClock();
  const source = { content: initial, reads: 0 };
  const keySet = createKeySet(async () => {
    source.reads += 1;
    if (source.content instanceof Error) throw source.content;
    return source.content;
  }, clock);
  return { clock, source, keySet };
}

describe('a key set', () => {
  it('is read when it is first needed, once for all who wait', async () => {
    const { source, keySet } = setUp();
    expect(source.reads).toBe(0);
    await Promise.all([keySet.ready(), keySet.find(header('old')), keySet.find(header('old'))]);
    expect(source.reads).toBe(1);
  });

  it('is read again for an unknown kid, and finds a key that was introduced', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    source.content = keySetOf(OLD, NEW);
    clock.advance(10_000);
    await expect(keySet.find(header('new'))).resolves.toMatchObject({ generation: 2 });
    expect(source.reads).toBe(2);
  });

  it('is read at most once in ten seconds, however many unknown keys are named', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    for (let second = 1; second <= 20; second++) {
      clock.advance(1_000);
      const floods = Array.from({ length: 50 }, (_, index) => keySet.find(header(`${second}-${index}`)));
      const outcomes = await Promise.allSettled(floods);
      expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    }
    expect(source.reads).toBe(3);
  });

  it('is read again in the background after ten minutes, while its keys are used', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    source.content = keySetOf(NEW);
    clock.advance(600_000);
    await expect(keySet.find(header('old'))).resolves.toMatchObject({ generation: 1 });
    await new Promise(setImmediate);
    expect(keySet.generation()).toBe(2);
    expect(source.reads).toBe(2);
    await expect(keySet.find(header('old'))).rejects.toThrow();
  });

  it('is of the same generation while its content stays the same', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    clock.advance(600_000);
    expect(keySet.generation()).toBe(1);
    await new Promise(setImmediate);
    expect(source.reads).toBe(2);
    expect(keySet.generation()).toBe(1);
  });

  it('reads again when the clock was set back', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    clock.advance(-3_600_000);
    await keySet.find(header('unknown')).catch(() => {});
    expect(source.reads).toBe(2);
  });
});

describe('a key set that cannot be read', () => {
  const away = new Error('connect ECONNREFUSED');

  it('is unavailable while there are no keys, and is not asked again for ten seconds', async () => {
    const { clock, source, keySet } = setUp(away);
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = await keySet.find(header('old')).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(ServiceUnavailableError);
      expect(outcome).toMatchObject({ details: { retryAfter: 10 }, cause: away });
    }
    expect(source.reads).toBe(1);
    source.content = keySetOf(OLD);
    clock.advance(10_000);
    await expect(keySet.find(header('old'))).resolves.toMatchObject({ generation: 1 });
    expect(source.reads).toBe(2);
  });

  it('keeps its keys for a day', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    source.content = away;
    for (let hour = 0; hour < 23; hour++) {
      clock.advance(3_600_000);
      await expect(keySet.find(header('old'))).resolves.toMatchObject({ generation: 1 });
    }
    clock.advance(3_600_000);
    await expect(keySet.find(header('old'))).rejects.toBeInstanceOf(ServiceUnavailableError);
    await expect(keySet.ready()).rejects.toBeInstanceOf(ServiceUnavailableError);
  });

  it('does not decide about an unknown kid, but about known ones', async () => {
    const { clock, source, keySet } = setUp();
    await keySet.ready();
    source.content = away;
    clock.advance(10_000);
    await expect(keySet.find(header('new'))).rejects.toBeInstanceOf(ServiceUnavailableError);
    await expect(keySet.find(header('new'))).rejects.toBeInstanceOf(ServiceUnavailableError);
    await expect(keySet.find(header('old'))).resolves.toMatchObject({ generation: 1 });
    expect(source.reads).toBe(2);
  });

  it.each([[null], [[]], [{}], [{ keys: 'none' }], [{ keys: [1] }], ['text']])(
    'is one that reads %j',
    async (content) => {
      const { keySet } = setUp(content as unknown as JSONWebKeySet);
      await expect(keySet.find(header('old'))).rejects.toBeInstanceOf(ServiceUnavailableError);
    },
  );

  it('makes a verifier say 503, not 401', async () => {
    const { clock, keySet } = setUp(away);
    const verifier = createTokenVerifier({ secrets: [], keySet, maxTokenAge: 86_400, clockTolerance: 5, clock });
    await expect(verifier.verify(signed(CLAIMS, OLD))).rejects.toMatchObject({ status: 503 });
  });
});
