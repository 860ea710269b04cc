import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { createLiveConnections, type LiveConnection, type LiveTiming } from '../../src/http/live-connections.ts';

/** milliseconds; more than draining needs by these times */
const LIMIT = 5000;
/** Short enough to wait for, in the proportions of a server. */
const TIMING: LiveTiming = { tick: 5, ping: 1000, patience: 60, farewell: 40, drain: 40 };

interface FakeConnection extends LiveConnection {
  waitsSince: number | undefined;
  /** what was done to it, in order */
  readonly calls: string[];
  /** resolves at the first of these calls */
  called(call: string): Promise<void>;
}

function fakeConnection(): FakeConnection {
  const calls: string[] = [];
  const waiting: { call: string; resolve: () => void }[] = [];
  const note = (call: string) => {
    calls.push(call);
    for (const { resolve } of waiting.filter((one) => one.call === call)) resolve();
  };
  return {
    transport: 'websocket',
    waitsSince: undefined,
    calls,
    end: (reason) => note(reason),
    cut: () => note('cut'),
    ping: () => note('ping'),
    called: (call) =>
      calls.includes(call) ? Promise.resolve() : new Promise((resolve) => void waiting.push({ call, resolve })),
  };
}

function start(options: Partial<Parameters<typeof createLiveConnections>[0]> = {}) {
  const ends: string[] = [];
  let time = 1_000_000;
  const connections = createLiveConnections({
    clock: { now: () => time },
    maximum: 100,
    maximumPerUser: 2,
    readmit: () => undefined,
    onEnd: (_transport, reason) => ends.push(reason),
    timing: TIMING,
    ...options,
  });
  return { connections, ends, pass: (milliseconds: number) => (time += milliseconds) };
}

const actor = (userId = 'ann', expiresAt = 2000) => ({ userId, expiresAt, email: null, name: null, issuedAt: 900 });

describe('a live connection', () => {
  it('ends with its token, which counts once however long its client takes to go, and is then cut', async () => {
    const { connections, ends, pass } = start();
    const connection = fakeConnection();
    const registration = connections.add(connection);
    registration.identify(actor());
    pass(1_000_001);
    await connection.called('cut');
    connections.end(connection, 'flood');
    expect(connection.calls.slice(0, 2)).toEqual(['expired', 'cut']);
    expect(ends).toEqual(['expired']);
    registration.remove();
    expect(connections.countOf('websocket')).toBe(0);
  });

  it('is cut, and not told, when its client takes nothing', async () => {
    const { connections, ends } = start();
    const connection = fakeConnection();
    const { remove } = connections.add(connection);
    connection.waitsSince = performance.now();
    await connection.called('cut');
    expect(performance.now() - connection.waitsSince).toBeGreaterThanOrEqual(TIMING.patience);
    expect({ ends, calls: connection.calls[0] }).toEqual({ ends: ['slow'], calls: 'cut' });
    remove();
  });

  it('that goes before it is known whose it is takes no place of its user', () => {
    const { connections } = start();
    for (let times = 0; times < 5; times++) {
      const gone = connections.add(fakeConnection());
      gone.remove();
      gone.identify(actor());
    }
    const registrations = [1, 2].map(() => connections.add(fakeConnection()));
    for (const registration of registrations) registration.identify(actor());
    const third = connections.add(fakeConnection());
    expect(() => third.identify(actor())).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    for (const { remove } of [...registrations, third]) remove();
    expect(connections.countOf('websocket')).toBe(0);
  });

  it('is refused when there are as many as there may be', () => {
    const { connections } = start({ maximum: 1 });
    const { remove } = connections.add(fakeConnection());
    expect(() => connections.add(fakeConnection())).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    remove();
    connections.add(fakeConnection()).remove();
  });

  it('ends when it is told that its user is no longer let in, and is not asked about otherwise', async () => {
    const asked: string[] = [];
    const readmit = async ({ userId }: Actor) => {
      asked.push(userId);
      if (userId === 'ann') throw new UnauthenticatedError('invalid_token', 'The token was revoked');
      return undefined;
    };
    const { connections, ends } = start({ readmit, timing: { ...TIMING, ping: 20 } });
    const users = ['ann', 'bob', 'eve'] as const;
    const [ann, ...others] = users.map((user) => {
      const connection = fakeConnection();
      connections.add(connection).identify(actor(user));
      return connection;
    });
    connections.reconsider('ann');
    connections.reconsider('bob');
    await Promise.all([ann!.called('unauthenticated'), ...others.map((other) => other.called('ping'))]);
    expect(asked).toEqual(['ann', 'bob']);
    expect(ends).toEqual(['unauthenticated']);
  });
});

describe('a server that shuts down', () => {
  it('ends its connections a few at a time, cuts those that do not go, and takes no new ones', async () => {
    const { connections, ends } = start({ maximumPerUser: 100 });
    const polite = Array.from({ length: 40 }, () => {
      const connection = fakeConnection();
      const { remove } = connections.add(connection);
      void connection.called('draining').then(remove);
      return connection;
    });
    const deaf = fakeConnection();
    const { remove } = connections.add(deaf);
    void deaf.called('cut').then(remove);
    const left = connections.add(fakeConnection());
    const drained = connections.drain(LIMIT);
    left.remove();
    expect(() => connections.add(fakeConnection())).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    await polite[0]!.called('draining');
    expect(polite.at(-1)!.calls).toEqual([]);
    await drained;
    expect(deaf.calls.slice(0, 2)).toEqual(['draining', 'cut']);
    // Who has gone by itself was not ended.
    expect(ends).toHaveLength(41);
    await delay(TIMING.tick * 3);
    expect(connections.countOf('websocket')).toBe(0);
  });

  it('is done with them within its limit, however much time they would have otherwise', async () => {
    const { connections } = start({ timing: { ...TIMING, drain: 60_000, farewell: 60_000 } });
    const polite = fakeConnection();
    const first = connections.add(polite);
    void polite.called('draining').then(first.remove);
    const deaf = fakeConnection();
    const second = connections.add(deaf);
    void deaf.called('cut').then(second.remove);
    await connections.drain(100);
    expect(polite.calls).toEqual(['draining']);
    expect(deaf.calls).toEqual(['draining', 'cut']);
  });
});
