import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '../../src/core/actor.ts';
import { UnauthenticatedError } from '../../src/core/errors.ts';
import { createLocalRevocations } from '../../src/core/revocations.ts';
import { createUserService, type UserService } from '../../src/users/user.service.ts';
import type { UserStore } from '../../src/users/user.store.ts';
import { createUserStore } from '../../src/users/user.store.ts';
import { newUser } from '../support/factories.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { createRecordedEvents } from '../support/recorded-events.ts';

/** Revocation and deletion with time in the hands of the test. */

const START = Date.UTC(2026, 5, 1, 12, 0, 0, 400);

let database: OpenTestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

interface Instance {
  service: UserService;
  now: number;
  waits: number[];
  ended: string[];
}

/** One instance of the server: its own cache, its own clock, the common database, and nobody who tells it of others. */
function instance(store: UserStore = createUserStore(database), revocations = createLocalRevocations()): Instance {
  const state: Instance = { service: undefined as never, now: START, waits: [], ended: [] };
  state.service = createUserService({
    store,
    clock: { now: () => state.now },
    wait: async (milliseconds) => {
      state.waits.push(milliseconds);
      state.now += milliseconds;
    },
    identities: {
      endSessions: async (userId) => void state.ended.push(`sessions of ${userId}`),
      deleteUser: async (userId) => void state.ended.push(userId),
    },
    revocations,
    events: createRecordedEvents(),
  });
  return state;
}

function actorAt(milliseconds: number, userId = newUser()): Actor {
  return { userId, email: null, name: null, issuedAt: Math.floor(milliseconds / 1000) };
}

async function isAdmitted(service: UserService, actor: Actor): Promise<boolean> {
  try {
    await service.admit(actor);
    return true;
  } catch (error) {
    if (error instanceof UnauthenticatedError && error.reason === 'invalid_token') return false;
    throw error;
  }
}

describe('admission', () => {
  it('asks the database once in four seconds and then again', async () => {
    const one = instance();
    const actor = actorAt(START);
    await one.service.admit(actor);
    database.statements.length = 0;
    one.now += 3_999;
    expect(one.service.admit(actor)).toBeUndefined();
    expect(database.statements).toEqual([]);
    one.now += 2;
    // The cache looks at the clock once in a real millisecond.
    await delay(5);
    await one.service.admit(actor);
    expect(database.statements).toHaveLength(1);
  });

  it('reads and does not write for a user who is known', async () => {
    const [one, two] = [instance(), instance()];
    const actor = actorAt(START);
    await one.service.admit(actor);
    database.statements.length = 0;
    await two.service.admit(actor);
    expect(database.statements.map(({ text }) => text)).toEqual([expect.stringMatching(/^select/)]);
  });
});

describe('letting somebody go on', () => {
  it('does not bring back the name of an earlier token', async () => {
    const [one, two] = [instance(), instance()];
    const earlier = { ...actorAt(START), name: 'Old name', email: 'old@example.com' };
    await one.service.admit(earlier);
    await two.service.admit({ ...earlier, name: 'New name', email: 'new@example.com' });
    await instance().service.readmit(earlier);
    const rows = await database.owner('select email, name from users where id = $1', [earlier.userId]);
    expect(rows).toEqual([{ name: 'New name', email: 'new@example.com' }]);
  });

  it('refuses whose tokens or account were ended, or who is not there', async () => {
    const actors = [actorAt(START), actorAt(START), actorAt(START)];
    const [revoked, erased, unknown] = actors as [Actor, Actor, Actor];
    const one = instance();
    for (const actor of [revoked, erased]) await one.service.admit(actor);
    await one.service.revokeTokens(revoked);
    await one.service.deleteAccount(erased, erased.userId);
    const { service } = instance();
    for (const actor of [revoked, erased, unknown]) {
      await expect(async () => service.readmit(actor)).rejects.toMatchObject({ reason: 'invalid_token' });
    }
  });
});

describe('the salt of imported ids', () => {
  it('is random for each user, and the same on every instance from then on', async () => {
    const [ann, bob] = [actorAt(START), actorAt(START)];
    const salt = await instance().service.importSalt(ann);
    expect(await instance().service.importSalt(ann)).toBe(salt);
    expect(await instance().service.importSalt(bob)).not.toBe(salt);
  });

  it('stays when the profile changes', async () => {
    const ann = actorAt(START);
    const salt = await instance().service.importSalt(ann);
    expect(await instance().service.importSalt({ ...ann, name: 'Ann' })).toBe(salt);
  });
});

describe('revocation', () => {
  it('refuses tokens of the same second, and answers in the next one', async () => {
    const one = instance();
    const actor = actorAt(START);
    await one.service.admit(actor);
    await one.service.revokeTokens(actor);
    expect(one.now).toBeGreaterThanOrEqual(START + 600);
    expect(Math.floor(one.now / 1000)).toBe(START / 1000 - 0.4 + 1);
    expect(await isAdmitted(one.service, actor)).toBe(false);
    expect(await isAdmitted(one.service, actorAt(START + 600, actor.userId))).toBe(true);
  });

  it('ends the sessions of the user where tokens come from', async () => {
    const one = instance();
    const actor = actorAt(START);
    await one.service.admit(actor);
    await one.service.revokeTokens(actor);
    expect(one.ended).toEqual([`sessions of ${actor.userId}`]);
  });

  it('holds on every other instance within four seconds', async () => {
    const [one, two] = [instance(), instance()];
    const actor = actorAt(START);
    await Promise.all([one.service.admit(actor), two.service.admit(actor)]);
    await one.service.revokeTokens(actor);
    two.now = START + 4_001;
    expect(await isAdmitted(two.service, actor)).toBe(false);
  });

  it('never moves back when two instances revoke and their clocks differ', async () => {
    const [one, two] = [instance(), instance()];
    two.now -= 60_000;
    const actor = actorAt(START - 30_000);
    await one.service.admit(actor);
    await one.service.revokeTokens(actor);
    await two.service.revokeTokens(actor);
    expect(await isAdmitted(instance().service, actor)).toBe(false);
  });
});

describe('deletion', () => {
  it('holds on every other instance within four seconds', async () => {
    const [one, two] = [instance(), instance()];
    const actor = actorAt(START);
    await Promise.all([one.service.admit(actor), two.service.admit(actor)]);
    await one.service.deleteAccount(actor, actor.userId);
    two.now = START + 4_001;
    expect(await isAdmitted(two.service, actor)).toBe(false);
    expect(one.ended).toEqual([actor.userId]);
  });

  it('is not undone by a token that tells e-mail and name', async () => {
    const one = instance();
    const actor = actorAt(START);
    await one.service.admit(actor);
    await one.service.deleteAccount(actor, actor.userId);
    const later = { ...actorAt(START + 60_000, actor.userId), email: 'ann@example.com', name: 'Ann' };
    expect(await isAdmitted(one.service, later)).toBe(false);
    const rows = await database.owner('select email, name from users where id = $1', [actor.userId]);
    expect(rows).toEqual([{ email: null, name: null }]);
  });
});

describe('what is remembered of an account', () => {
  it('is dropped at once on an instance that hears of a revocation or deletion', async () => {
    const channel = createLocalRevocations();
    const [one, two] = [instance(undefined, channel), instance(undefined, channel)];
    const [leaving, revoked] = [actorAt(START), actorAt(START)];
    for (const { service } of [one, two]) await Promise.all([service.admit(leaving), service.admit(revoked)]);
    await one.service.deleteAccount(leaving, leaving.userId);
    await one.service.revokeTokens(revoked);
    expect(await isAdmitted(two.service, leaving)).toBe(false);
    expect(await isAdmitted(two.service, revoked)).toBe(false);
  });

  it.each(['revokeTokens', 'deleteAccount'] as const)(
    'is not what was read before a %s that came meanwhile',
    async (action) => {
      const store = createUserStore(database);
      const gate = Promise.withResolvers<void>();
      const read = Promise.withResolvers<void>();
      let isFirst = true;
      const service = instance({
        ...store,
        async find(userId) {
          const user = await store.find(userId);
          if (isFirst) {
            isFirst = false;
            read.resolve();
            await gate.promise;
          }
          return user;
        },
      }).service;
      const actor = actorAt(START);
      await store.upsert(actor.userId, actor);

      const early = service.admit(actor);
      await read.promise;
      await (action === 'revokeTokens' ? service.revokeTokens(actor) : service.deleteAccount(actor, actor.userId));
      gate.resolve();
      await early;
      expect(await isAdmitted(service, actor)).toBe(false);
    },
  );

  it('is dropped although the identity of an erased user could not be deleted', async () => {
    const actor = actorAt(START);
    const failing = createUserService({
      store: createUserStore(database),
      clock: { now: () => START },
      wait: async () => {},
      identities: {
        endSessions: async () => {},
        deleteUser: () => Promise.reject(new Error('the user table is away')),
      },
      revocations: createLocalRevocations(),
      events: createRecordedEvents(),
    });
    await failing.admit(actor);
    await expect(failing.deleteAccount(actor, actor.userId)).rejects.toThrow('the user table is away');
    expect(await isAdmitted(failing, actor)).toBe(false);
  });
});

it('a revocation that could not end the sessions has not happened and can be tried again', async () => {
  const actor = actorAt(START);
  const service = createUserService({
    store: createUserStore(database),
    clock: { now: () => START },
    wait: async () => {},
    identities: { endSessions: () => Promise.reject(new Error('the sessions are away')), deleteUser: async () => {} },
    revocations: createLocalRevocations(),
    events: createRecordedEvents(),
  });
  await service.admit(actor);
  await expect(service.revokeTokens(actor)).rejects.toThrow('the sessions are away');
  expect(await isAdmitted(instance().service, actor)).toBe(true);
});
