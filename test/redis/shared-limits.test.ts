import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startTestApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { newUser } from '../support/factories.ts';
import { type RedisServer, redisSuite, startRedis } from './support/redis-server.ts';

/** A twentieth of 600 reads, of 120 writes and of 120 failed authentications a minute. */
const SCALE = '0.05';
const READS = 30;
const WRITES = 6;
const FAILURES = 6;
const CREATE = 'mutation { createTask(input: {title: "a"}) { task { id } } }';

interface Line {
  level: number;
  msg: string;
}

redisSuite('instances with one Redis', () => {
  let redis: RedisServer;
  let one: TestApp;
  let other: TestApp;
  let lines: Line[] = [];

  beforeAll(async () => {
    redis = await startRedis('a password of the tests');
    // Behind a proxy, so that failures can come from addresses of their own.
    const environment = { RATE_LIMIT_SCALE: SCALE, REDIS_URL: redis.url, TRUST_PROXY_HOPS: '1' };
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line) as Line) });
    one = await startTestApp({ environment, overrides: { logger } });
    // To the other one time stands still: what it remembers of accounts does not end by itself.
    const now = Date.now();
    other = await startTestApp({
      environment: { ...environment, AUTH_CLOCK_TOLERANCE: '300' },
      overrides: { clock: { now: () => now } },
      beside: one,
    });
  });
  afterAll(async () => {
    await other?.close();
    await one?.close();
    await redis?.remove();
  });
  beforeEach(sharing);
  afterEach(() => {
    lines = [];
  });

  const write = (app: TestApp, user: string) => app.rest(user, 'POST', '/api/tasks', { title: 'a' });
  const read = (app: TestApp, user: string) => app.rest(user, 'GET', '/api/tasks?limit=1');

  async function codeOfWrite(app: TestApp, user: string): Promise<string | undefined> {
    return (await app.graphql(user, CREATE)).errors[0]?.extensions.code;
  }

  /** Calls one after the other; how many of them pass before one is refused for their number. */
  async function passes(most: number, call: () => Promise<{ status: number }>): Promise<number> {
    for (let count = 0; count < most; count++) {
      const { status } = await call();
      if (status === 429) return count;
      expect(status).toBeLessThan(300);
    }
    return most;
  }

  /** Waits until what one instance counts is known to the other. */
  function sharing(): Promise<void> {
    return eventually('limits are shared', async () => {
      const user = newUser();
      await passes(WRITES, () => write(one, user));
      return (await write(other, user)).status === 429;
    });
  }

  it('hold a limit that was reached on one of them in both APIs of the other', async () => {
    const user = newUser();
    for (let count = 0; count < WRITES / 2; count++) {
      expect((await write(one, user)).status).toBe(201);
      expect(await codeOfWrite(other, user)).toBeUndefined();
    }
    for (const app of [one, other]) {
      expect((await write(app, user)).status).toBe(429);
      expect(await codeOfWrite(app, user)).toBe('RATE_LIMITED');
    }
  });

  it('tell the same of what is left', async () => {
    const user = newUser();
    await read(one, user);
    expect((await read(other, user)).headers.get('ratelimit')).toMatch(
      `limit=${READS}, remaining=${READS - 2}, reset=`,
    );
    const { extensions } = await one.graphql(user, '{ viewer { id } }');
    expect(extensions).toMatchObject({ rateLimit: { limit: READS, remaining: READS - 3, window: 60 } });
  });

  it('let exactly as many of a crowd through as one of them would', async () => {
    const user = newUser();
    const calls = Array.from({ length: WRITES * 4 }, (_, index) => write(index % 2 === 0 ? one : other, user));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(WRITES);
    expect(statuses.filter((status) => status === 429)).toHaveLength(WRITES * 3);
  });

  it('count failed authentication together', async () => {
    const failing = { authorization: 'Bearer no.such.token', 'x-forwarded-for': '1.1.1.1' };
    const ask = (app: TestApp) => app.rest(undefined, 'GET', '/api/tasks', undefined, failing);
    for (let count = 0; count < FAILURES; count++) await ask(one);
    expect((await ask(one)).status).toBe(429);
    expect((await ask(other)).status).toBe(429);
  });

  it('refuse at once what another one has revoked', async () => {
    const user = newUser();
    for (const app of [one, other]) expect((await read(app, user)).status).toBe(200);
    expect((await one.rest(user, 'POST', '/api/auth/revoke')).status).toBe(204);
    await eventually('the revocation is known', async () => (await read(other, user)).status === 401);
  });

  it('refuse at once who has erased the account elsewhere', async () => {
    const user = newUser();
    for (const app of [one, other]) expect((await read(app, user)).status).toBe(200);
    expect((await one.rest(user, 'DELETE', '/api/auth/me')).status).toBe(204);
    await eventually('the deletion is known', async () => (await read(other, user)).status === 401);
  });

  it('let reads pass and limit writes each alone while Redis is gone, and share again when it is back', async () => {
    await redis.kill();
    const user = newUser();
    expect(await passes(READS * 2, () => read(one, user))).toBe(READS * 2);
    expect(await passes(WRITES * 2, () => write(one, user))).toBe(WRITES);
    expect(await codeOfWrite(one, user)).toBe('RATE_LIMITED');
    await redis.start();
    await sharing();
  });

  it('tell the log once that Redis is gone and once that it is back, and the metrics all the time', async () => {
    const isUp = async () => /^shared_store_up (\d)$/m.exec(await (await fetch(`${one.url}/metrics`)).text())?.[1];
    expect(await isUp()).toBe('1');
    lines = [];
    await redis.kill();
    for (let count = 0; count < 20; count++) await read(one, newUser());
    // Metrics are rendered once a second.
    await eventually('the metrics show that Redis is gone', async () => (await isUp()) === '0');
    await redis.start();
    await sharing();
    await eventually('the metrics show that Redis is back', async () => (await isUp()) === '1');
    expect(lines.filter(({ msg }) => msg.includes('Redis')).map(({ level, msg }) => [level, msg])).toEqual([
      [50, 'Redis is away: limits are counted by each instance alone'],
      [30, 'Redis is back: limits are shared again'],
    ]);
  });

  it('answer everybody while Redis accepts and does not answer', async () => {
    redis.pause();
    const user = newUser();
    const calls = [
      ...Array.from({ length: 10 }, () => read(one, user)),
      ...Array.from({ length: 10 }, () => write(one, user)),
    ];
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    redis.resume();
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(200));
    expect(statuses.slice(10).filter((status) => status === 201)).toHaveLength(WRITES);
    expect(statuses.slice(10).filter((status) => status === 429)).toHaveLength(10 - WRITES);
    await sharing();
  });
});

redisSuite('a server that Redis does not let in', () => {
  it('starts, says so without the password, and counts alone', async () => {
    const redis = await startRedis('a password of the tests');
    const lines: string[] = [];
    const refused = Promise.withResolvers<void>();
    const write = (line: string) => {
      lines.push(line);
      if (line.includes('Redis is away')) refused.resolve();
    };
    const app = await startTestApp({
      environment: { RATE_LIMIT_SCALE: SCALE, REDIS_URL: redis.url.replace(/:[^:@]+@/, ':guessed-wrongly@') },
      overrides: { logger: pino({ level: 'info' }, { write }) },
    });
    await refused.promise;
    const user = newUser();
    const statuses: number[] = [];
    for (let count = 0; count <= WRITES; count++) {
      statuses.push((await app.rest(user, 'POST', '/api/tasks', { title: 'a' })).status);
    }
    // Closing tells of Redis too, as one of its steps.
    const told = lines.filter((line) => line.includes('Redis'));
    await app.close();
    await redis.remove();
    expect(statuses).toEqual([...Array(WRITES).fill(201), 429]);
    expect(told).toHaveLength(1);
    expect(lines.join()).not.toMatch(/guessed-wrongly|password of/);
  });
});
