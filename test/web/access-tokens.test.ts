import { describe, expect, it } from '@jest/globals';
import { createAccessTokens } from '../../docs/examples/apollo/access-tokens.ts';

/** Tokens that are given out one by one, when the test says so. */
function createSource() {
  const asked: PromiseWithResolvers<string | undefined>[] = [];
  const tokens = createAccessTokens(() => {
    const next = Promise.withResolvers<string | undefined>();
    asked.push(next);
    return next.promise;
  });
  const payload = (number: number) => btoa(JSON.stringify({ iat: 1000, exp: 1900, jti: number }));
  const give = (number: number) => {
    const token = `head.${payload(number)}.signature`;
    asked[number - 1]?.resolve(token);
    return token;
  };
  return { tokens, give, asked: () => asked.length };
}

describe('an access token', () => {
  it('is asked for once by all that wait for it', async () => {
    const { tokens, give, asked } = createSource();
    const waiting = Promise.all([tokens.current(), tokens.current()]);
    const first = give(1);
    expect(await waiting).toEqual([first, first]);
    expect(await tokens.current()).toBe(first);
    expect(asked()).toBe(1);
  });

  it('is another one after it was refused', async () => {
    const { tokens, give } = createSource();
    const before = tokens.current();
    give(1);
    await before;
    tokens.forget();
    const after = tokens.current();
    expect(await Promise.all([after, give(2)])).toEqual([give(2), give(2)]);
  });

  // A request and a live connection are refused the same token: the second to hear of it threw the new one away.
  it('is renewed once when two links hear that the same one was refused, while it is renewed or after', async () => {
    const { tokens, give, asked } = createSource();
    const before = tokens.current();
    const refused = give(1);
    await before;
    tokens.forget(refused);
    const after = tokens.current();
    tokens.forget();
    tokens.forget(refused);
    const renewed = give(2);
    expect(await after).toBe(renewed);
    tokens.forget(refused);
    expect(await tokens.current()).toBe(renewed);
    expect(asked()).toBe(2);
  });

  it('is asked for again when it could not be had', async () => {
    let isAway = true;
    const tokens = createAccessTokens(async () => {
      if (isAway) throw new Error('away');
      return undefined;
    });
    await expect(tokens.current()).rejects.toThrow('away');
    isAway = false;
    expect(await tokens.current()).toBeUndefined();
  });
});
