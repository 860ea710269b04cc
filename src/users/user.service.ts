import { LRUCache } from 'lru-cache';
import type { Actor } from '../core/actor.ts';
import type { Clock } from '../core/clock.ts';
import { BadUserInputError, UnauthenticatedError } from '../core/errors.ts';
import type { RevocationChannel } from '../core/revocations.ts';
import type { RequestOrigin, SecurityDetail, SecurityEventLog, SecurityEventName } from '../core/security-events.ts';
import { parseInput } from '../core/validation.ts';
import { type UpdateUserInput, updateUserInput } from './user.inputs.ts';
import type { UserRow, UserStore } from './user.store.ts';

/** After this every instance has seen a revocation or a deletion, heard of it or not; it costs one lookup per user and span. */
const ACCOUNT_FRESHNESS_MS = 4_000;
/** Timers have been seen to fire a millisecond early. */
const EARLY_TIMER_MS = 2;
const MAXIMUM_ACCOUNTS = 20_000;

export interface UserService {
  /**
   * Lets the actor of a good token in, or refuses it: revoked, or its account is erased. Creates the user's row with the
   * first use. Answers at once while the account was seen within the last seconds.
   * @throws UnauthenticatedError
   */
  admit(actor: Actor, origin?: RequestOrigin): undefined | Promise<undefined>;
  /**
   * Lets one go on who was let in before, on a connection that stays open, or refuses as `admit` does. Writes nothing: a
   * later token may have brought another name.
   * @throws UnauthenticatedError
   */
  readmit(actor: Actor): undefined | Promise<undefined>;
  profile(actor: Actor): Promise<UserRow>;
  /** Where the user's days begin: an IANA name, UTC as long as none was set. */
  timeZone(actor: Actor): Promise<string>;
  /** Absent fields stay, null clears. @throws BadUserInputError */
  update(actor: Actor, input: UpdateUserInput): Promise<UserRow>;
  /**
   * Lets the actor in and answers what nobody else knows of the user, always the same: ids made from it cannot be guessed.
   * @throws UnauthenticatedError
   */
  importSalt(actor: Actor): Promise<string>;
  /** Ends every token issued up to now, on every instance within seconds. Answers when new tokens are accepted again. */
  revokeTokens(actor: Actor, origin?: RequestOrigin): Promise<void>;
  /** Erases the account and all its data; `confirm` must repeat the user's id. */
  deleteAccount(actor: Actor, confirm: string, origin?: RequestOrigin): Promise<void>;
}

export interface UserServiceDependencies {
  store: UserStore;
  clock: Clock;
  /** waits for so many milliseconds */
  wait: (milliseconds: number) => Promise<void>;
  identities: Identities;
  /** tells this and every other instance whose account is to be read anew */
  revocations: RevocationChannel;
  events: SecurityEventLog;
}

/** Where the users' tokens come from, as far as this server has a say there: its own Better Auth, or nobody. */
export interface Identities {
  endSessions(userId: string): Promise<void>;
  deleteUser(userId: string): Promise<void>;
}

export function createUserService(dependencies: UserServiceDependencies): UserService {
  const { store, clock, wait, identities, revocations, events } = dependencies;
  const accounts = new LRUCache<string, UserRow>({
    max: MAXIMUM_ACCOUNTS,
    ttl: ACCOUNT_FRESHNESS_MS,
    perf: { now: () => clock.now() },
  });
  /** counts what was forgotten, lest a reading that began before put it back */
  let forgotten = 0;

  revocations.subscribe((userId) => {
    forgotten += 1;
    accounts.delete(userId);
  });

  async function remembered(reading: (userId: string) => Promise<UserRow>, { userId }: Actor): Promise<UserRow> {
    const before = forgotten;
    const user = await reading(userId);
    if (before === forgotten) accounts.set(userId, user);
    return user;
  }

  function load(actor: Actor, origin?: RequestOrigin): Promise<UserRow> {
    return remembered(async (userId) => {
      const known = await store.find(userId);
      if (known !== undefined && !hasNews(actor, known)) return known;
      const { user, isNew } = await store.upsert(userId, actor);
      if (isNew) events.record(succeeded('FIRST_SEEN', actor, origin));
      return user;
    }, actor);
  }

  function find(actor: Actor): Promise<UserRow> {
    return remembered(async (userId) => {
      const known = await store.find(userId);
      if (known === undefined) throw new UnauthenticatedError('invalid_token', 'The account does not exist');
      return known;
    }, actor);
  }

  function admitted(actor: Actor, read: () => Promise<UserRow>): undefined | Promise<undefined> {
    const known = accounts.get(actor.userId);
    if (known) return refuseEnded(actor, known);
    return read().then((user) => refuseEnded(actor, user));
  }

  return {
    admit: (actor, origin) => admitted(actor, () => load(actor, origin)),
    readmit: (actor) => admitted(actor, () => find(actor)),

    async profile(actor) {
      const user = await load(actor);
      refuseEnded(actor, user);
      return user;
    },

    async timeZone(actor) {
      const { timeZone } = accounts.get(actor.userId) ?? (await load(actor));
      return timeZone ?? 'UTC';
    },

    async update(actor, input) {
      const { timeZone } = parseInput(updateUserInput, input);
      const user = await (timeZone === undefined ? load(actor) : store.setTimeZone(actor.userId, timeZone));
      if (!user) throw new UnauthenticatedError('invalid_token', 'The account does not exist');
      refuseEnded(actor, user);
      // Every instance reads it anew.
      if (timeZone !== undefined) revocations.publish(actor.userId);
      return user;
    },

    async importSalt(actor) {
      refuseEnded(actor, await load(actor));
      const salt = await store.importSalt(actor.userId);
      if (salt === undefined) throw new Error('a user without a row was let in');
      return salt;
    },

    async revokeTokens(actor, origin) {
      // The sessions first: none gives out a token that the revocation is too early for, and a failure can be tried again.
      await identities.endSessions(actor.userId);
      const now = clock.now();
      await store.revokeTokens(actor.userId, new Date(now));
      revocations.publish(actor.userId);
      await events.recordNow(succeeded('TOKENS_REVOKED', actor, origin));
      // `iat` counts whole seconds, and tokens of this very second are refused. Whoever gets a new one after this answer
      // gets it in the next second, so that it is not mistaken for an old one.
      await wait(1000 - (now % 1000) + EARLY_TIMER_MS);
    },

    async deleteAccount(actor, confirm, origin) {
      if (confirm !== actor.userId) {
        throw new BadUserInputError([{ field: 'confirm', message: "must be the user's id" }]);
      }
      await store.erase(actor.userId, new Date(clock.now()));
      revocations.publish(actor.userId);
      await events.recordNow(succeeded('ACCOUNT_DELETED', actor, origin));
      await identities.deleteUser(actor.userId);
    },
  };
}

function succeeded(event: SecurityEventName, { userId }: Actor, origin: RequestOrigin | undefined) {
  return { event, outcome: 'SUCCEEDED', userId, origin } as const;
}

function refuseEnded(actor: Actor, user: UserRow): undefined {
  if (user.deletedAt) throw ended(actor, 'The account was deleted', 'DELETED_ACCOUNT');
  if (user.tokensValidAfter && actor.issuedAt <= Math.floor(Date.parse(user.tokensValidAfter) / 1000)) {
    throw ended(actor, 'The token was revoked', 'REVOKED_TOKEN');
  }
}

/** Whoever has such a token is known, and may want to know that it is still tried. */
function ended({ userId }: Actor, message: string, detail: SecurityDetail): UnauthenticatedError {
  return new UnauthenticatedError('invalid_token', message, undefined, { detail, userId });
}

function hasNews(actor: Actor, user: UserRow): boolean {
  if (user.deletedAt) return false;
  return (actor.email !== null && actor.email !== user.email) || (actor.name !== null && actor.name !== user.name);
}
