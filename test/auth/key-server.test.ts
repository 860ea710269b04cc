import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { askBoth, movableClock, statusesOf } from './support/both-apis.ts';
import { startExternalAuth } from './support/external-auth.ts';
import { startKeyServer } from './support/key-server.ts';
import { keySetOf, signed, testKey } from './support/tokens.ts';

const KEY = testKey('EdDSA', 'known');
const COOLDOWN = 10_000;

let closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closings.reverse()) await close();
  closings = [];
});

function claims(sub = 'alice') {
  const now = Math.floor(Date.now() / 1000);
  return { sub, iat: now - 10, exp: now + 7200 };
}

async function start(jwksUrl: string, environment: Record<string, string> = {}) {
  const clock = movableClock();
  const app = await startTestApp({
    environment: { BETTER_AUTH_SECRET: '', AUTH_JWKS_URL: jwksUrl, ...environment },
    overrides: { clock },
  });
  closings.push(() => app.close());
  return { app, clock };
}

async function keyServer(...initial: Parameters<typeof startKeyServer>) {
  const server = await startKeyServer(...initial);
  closings.push(() => server.close());
  return server;
}

describe('a flood of unknown keys', () => {
  it('makes the key set be fetched once in ten seconds, and hinders nobody', async () => {
    const server = await keyServer(keySetOf(KEY));
    const { app, clock } = await start(server.url);
    expect(await statusesOf(app, signed(claims(), KEY))).toEqual([200, 200]);
    const before = server.fetches();
    for (let round = 1; round <= 3; round++) {
      clock.advance(COOLDOWN);
      const flood = Array.from({ length: 30 }, (_, index) =>
        statusesOf(app, signed(claims(), KEY, { kid: `unknown-${round}-${index}` })),
      );
      expect((await Promise.all(flood)).flat().every((status) => status === 401)).toBe(true);
      expect(server.fetches()).toBe(before + round);
    }
    expect(await statusesOf(app, signed(claims('bob'), KEY))).toEqual([200, 200]);
  });
});

describe('while the key server is away', () => {
  it('known keys go on, unknown ones are 503, and a key that left is refused when the server is back', async () => {
    const server = await keyServer(keySetOf(KEY));
    const { app, clock } = await start(server.url);
    const other = testKey('EdDSA', 'other');
    expect(await statusesOf(app, signed(claims(), KEY))).toEqual([200, 200]);
    server.publish(undefined);
    clock.advance(COOLDOWN);
    expect(await statusesOf(app, signed(claims(), other))).toEqual([503, 503]);
    clock.advance(3_600_000);
    expect(await statusesOf(app, signed(claims('bob'), KEY))).toEqual([200, 200]);
    server.publish(keySetOf(other));
    clock.advance(COOLDOWN);
    expect(await statusesOf(app, signed(claims(), other))).toEqual([200, 200]);
    expect(await statusesOf(app, signed(claims(), KEY))).toEqual([401, 401]);
  });

  it('and never was there, everybody is told to come back, until it is there', async () => {
    const server = await keyServer(undefined);
    const { app, clock } = await start(server.url);
    const token = signed(claims(), KEY);
    for (const { status, challenge, body } of await askBoth(app, { authorization: `Bearer ${token}` })) {
      expect({ status, challenge }).toEqual({ status: 503, challenge: null });
      expect(body).toContain('SERVICE_UNAVAILABLE');
      expect(body).not.toContain(server.url);
    }
    server.publish(keySetOf(KEY));
    clock.advance(COOLDOWN);
    expect(await statusesOf(app, token)).toEqual([200, 200]);
  });
});

describe('a real Better Auth that rotates its keys', () => {
  const ROTATION = { rotationInterval: 1, gracePeriod: 2 };

  function keyOf(token: string): string {
    return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid;
  }

  it('has its old tokens accepted while their key is published, and then refused', async () => {
    const database = await createTestDatabase();
    const auth = await startExternalAuth({ databaseUrl: database.url, jwks: ROTATION });
    closings.push(
      () => database.drop(),
      () => auth.close(),
    );
    const { app, clock } = await start(auth.jwksUrl, { AUTH_ISSUER: auth.url, AUTH_AUDIENCE: auth.url });

    const { cookie } = await auth.signUp('ann@example.com');
    const first = await auth.token(cookie);
    expect(await statusesOf(app, first)).toEqual([200, 200]);

    const second = await until(
      () => auth.token(cookie),
      (token) => keyOf(token) !== keyOf(first),
    );
    clock.advance(COOLDOWN);
    expect(await statusesOf(app, second)).toEqual([200, 200]);
    expect(await statusesOf(app, first)).toEqual([200, 200]);

    await until(publishedKeys, (kids) => !kids.includes(keyOf(first)));
    const third = await auth.token(cookie);
    await until(
      async () => {
        clock.advance(COOLDOWN);
        return [await statusesOf(app, third), await statusesOf(app, first)].flat();
      },
      (statuses) => statuses[0] === 200 && statuses[2] === 401 && statuses[3] === 401,
    );

    async function publishedKeys(): Promise<string[]> {
      const { keys } = (await (await fetch(auth.jwksUrl)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    }
  });
});

/** Asks again until the answer is as wanted; the test's time limit ends it. */
async function until<Answer>(ask: () => Promise<Answer>, isWanted: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
