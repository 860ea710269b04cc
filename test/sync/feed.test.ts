import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import type { ChangeHints, ChangeListener } from '../../src/core/change-hints.ts';
import { ServiceUnavailableError, UnauthenticatedError } from '../../src/core/errors.ts';
import type { TaskChange } from '../../src/sync/sync.changes.ts';
import { createSyncStore, type SyncStore } from '../../src/sync/sync.store.ts';
import { startTestServices, type TestServices } from '../support/test-services.ts';

/** The feed on a real database, with hints, time and reads in the hands of the tests. */

const MAXIMUM = 3;
const LATER = 61_000;
/** that one read hands over */
const MOST_CHANGES = 50;

/** Hints that are passed on, lost or doubled. */
let pass: (tell: () => void) => void;
let listener: ChangeListener | undefined;
let listens = 0;
const hints: ChangeHints = {
  publish: (userId) => pass(() => listener?.(userId)),
  async listen(tell) {
    listener = tell;
    listens += 1;
  },
  stop() {
    listener = undefined;
  },
};

let time = Date.now();
const clock = { now: () => time };
let reads = 0;
let read: SyncStore['changed'];
let logged: unknown[] = [];

let services: TestServices;
beforeAll(async () => {
  services = await startTestServices({
    clock,
    syncStore: {
      changed: (...asked) => {
        reads += 1;
        return read(...asked);
      },
      current: (...asked) => createSyncStore(services.database).current(...asked),
    },
    following: { hints, maximumPerUser: MAXIMUM, log: (error) => logged.push(error) },
  });
});
afterAll(() => services.close());

let actor: Actor;
let open: AsyncIterableIterator<TaskChange>[] = [];
beforeEach(async () => {
  for (const follower of open) await follower.return?.();
  open = [];
  pass = (tell) => tell();
  read = createSyncStore(services.database).changed;
  logged = [];
  actor = await services.actor();
});
afterAll(async () => {
  for (const follower of open) await follower.return?.();
});

async function follow(since?: string): Promise<AsyncIterableIterator<TaskChange>> {
  const follower = await services.sync.follow(actor, since);
  open.push(follower);
  return follower;
}

const create = (title: string) => services.tasks.create(actor, { title });

async function next(follower: AsyncIterableIterator<TaskChange>): Promise<TaskChange> {
  const { value, done } = await follower.next();
  if (done) throw new Error('it has ended');
  return value;
}

async function take(follower: AsyncIterableIterator<TaskChange>, count: number): Promise<TaskChange[]> {
  const taken: TaskChange[] = [];
  while (taken.length < count) taken.push(await next(follower));
  return taken;
}

const titles = (changes: readonly TaskChange[]) => changes.map(({ task }) => task?.title);

describe('who follows', () => {
  it('hears of what comes, and of nothing that was before', async () => {
    await create('before');
    const follower = await follow();
    await create('after');
    expect(await next(follower)).toMatchObject({ type: 'CREATED', task: { title: 'after' } });
  });

  it('hears first of what has changed since a token, however much that is, and then of what comes', async () => {
    const begin = await follow();
    await create('first');
    const { syncToken } = await next(begin);
    await begin.return?.();
    for (let index = 0; index < 120; index++) await create(`task ${index}`);
    const follower = await follow(syncToken);
    expect(titles(await take(follower, 120))).toEqual(Array.from({ length: 120 }, (_, index) => `task ${index}`));
    await create('live');
    expect(await next(follower)).toMatchObject({ task: { title: 'live' } });
  });

  it('goes on from the token of any change without gap or repeat', async () => {
    const follower = await follow();
    for (const title of ['a', 'b', 'c', 'd']) await create(title);
    const changes = await take(follower, 4);
    for (const [index, { syncToken }] of changes.entries()) {
      const resumed = await follow(syncToken);
      expect(titles(await take(resumed, 3 - index))).toEqual(titles(changes.slice(index + 1)));
      await resumed.return?.();
    }
    const last = await follow(changes[3]?.syncToken);
    await create('e');
    expect(await next(last)).toMatchObject({ task: { title: 'e' } });
  });

  it('hears each change once at most and of the last state of each task, however it joins while others write', async () => {
    const { id } = await create('counted');
    let writing = true;
    const writes = (async () => {
      for (let version = 0; version < 150; version++) await services.tasks.toggle(actor, id);
      writing = false;
    })();
    const joined: Promise<number[]>[] = [];
    while (writing) {
      const follower = await follow();
      joined.push(
        (async () => {
          const versions: number[] = [];
          while (versions.at(-1) !== 151 && versions.length < 5) versions.push((await next(follower)).task!.version);
          await follower.return?.();
          return versions;
        })(),
      );
      // One that joined behind the last write has nothing to hear.
      await Promise.race([writes, joined.at(-1)]);
    }
    await writes;
    for (const follower of open) await follower.return?.();
    const settled = await Promise.allSettled(joined);
    for (const { status } of settled.slice(0, -1)) expect(status).toBe('fulfilled');
    for (const result of settled) {
      if (result.status === 'rejected') continue;
      const versions = result.value;
      expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
    }
  });

  it('hears of a change once when hints come twice', async () => {
    pass = (tell) => {
      tell();
      tell();
      setTimeout(tell, 10);
    };
    const follower = await follow();
    for (const title of ['a', 'b', 'c']) await create(title);
    expect(titles(await take(follower, 3))).toEqual(['a', 'b', 'c']);
    pass = (tell) => tell();
    await create('d');
    expect(await next(follower)).toMatchObject({ task: { title: 'd' } });
  });

  it('hears of everything without any hint, later', async () => {
    pass = () => {};
    const follower = await follow();
    for (const title of ['a', 'b']) await create(title);
    time += LATER;
    expect(titles(await take(follower, 2))).toEqual(['a', 'b']);
  });

  it('is told to begin anew when changes are known no more, and goes on', async () => {
    const follower = await follow();
    const { id } = await create('vanishes');
    await next(follower);
    await services.database.owner('delete from tasks where id = $1', [id]);
    listener?.(actor.userId);
    const resync = await next(follower);
    expect(resync).toMatchObject({ type: 'RESYNC', task: null, deletedTaskId: null });
    await create('after');
    expect(await next(follower)).toMatchObject({ type: 'CREATED', task: { title: 'after' } });
    const resumed = await follow(resync.syncToken);
    expect(await next(resumed)).toMatchObject({ type: 'CREATED', task: { title: 'after' } });
  });

  it('is refused with a token that was not given to the user', async () => {
    const follower = await follow();
    await create('a');
    const { syncToken } = await next(follower);
    actor = await services.actor();
    await expect(follow(syncToken)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(follow('no token')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('is refused with the token of a start that is not finished, whose other pages it would never hear of', async () => {
    for (const title of ['a', 'b']) await create(title);
    const { syncToken, hasMore } = await services.sync.pull(actor, { first: 1 });
    expect(hasMore).toBe(true);
    await expect(follow(syncToken)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('is let in as often as the limit allows, and again when another one has left', async () => {
    for (let count = 0; count < MAXIMUM; count++) await follow();
    await expect(follow()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await open[0]?.return?.();
    await expect(follow()).resolves.toBeDefined();
  });

  it('hears nothing more from the moment on that the tokens are revoked', async () => {
    const follower = await follow();
    const ended = expect(follower.next()).rejects.toBeInstanceOf(UnauthenticatedError);
    await services.users.revokeTokens(actor);
    await ended;
    await expect(follower.next()).resolves.toEqual({ done: true, value: undefined });
  });
});

describe('the feed', () => {
  it('reads once for all who have come as far', async () => {
    const followers = [await follow(), await follow(), await follow()];
    reads = 0;
    await create('shared');
    for (const follower of followers) expect(await next(follower)).toMatchObject({ task: { title: 'shared' } });
    expect(reads).toBe(1);
  });

  it('keeps no more for one that is slow than one read finds, and forgets nothing of the rest', async () => {
    const follower = await follow();
    const quick = await follow();
    const { changes } = services.sync.counts;
    for (let index = 0; index < 120; index++) await create(`task ${index}`);
    await take(quick, 120);
    expect(services.sync.counts.changes - changes).toBeLessThanOrEqual(120 + MOST_CHANGES);
    expect(titles(await take(follower, 120))).toEqual(Array.from({ length: 120 }, (_, index) => `task ${index}`));
  });

  it('tries again when the database is away, and tells nobody', async () => {
    const follower = await follow();
    const working = read;
    let failures = 0;
    const failed = Promise.withResolvers<void>();
    read = async () => {
      failures += 1;
      failed.resolve();
      throw new ServiceUnavailableError('The database is not available');
    };
    await create('meanwhile');
    await failed.promise;
    // The feed has yet to hear of it.
    await setImmediate();
    read = working;
    time += 1000;
    expect(await next(follower)).toMatchObject({ task: { title: 'meanwhile' } });
    expect(failures).toBeGreaterThan(0);
    expect(logged).toEqual([]);
  });

  it('tells of faults that nobody expected, and tries again', async () => {
    const follower = await follow();
    const working = read;
    const fault = new Error('a fault');
    const failed = Promise.withResolvers<void>();
    read = async () => {
      failed.resolve();
      throw fault;
    };
    await create('meanwhile');
    await failed.promise;
    // The feed has yet to hear of it.
    await setImmediate();
    read = working;
    time += 1000;
    expect(await next(follower)).toMatchObject({ task: { title: 'meanwhile' } });
    expect(logged).toContain(fault);
  });

  it('listens while anybody follows, and to nothing before and afterwards', async () => {
    listens = 0;
    expect(listener).toBeUndefined();
    const [one, other] = [await follow(), await follow()];
    expect(listens).toBe(1);
    await one.return?.();
    expect(listener).toBeDefined();
    await other.return?.();
    expect(listener).toBeUndefined();
    reads = 0;
    await create('nobody listens');
    time += LATER;
    expect(reads).toBe(0);
    expect(services.sync.counts.followers).toBe(0);
  });
});
