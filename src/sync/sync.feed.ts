import type { Actor } from '../core/actor.ts';
import type { ChangeHints } from '../core/change-hints.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, BadUserInputError, RateLimitedError, ServiceUnavailableError } from '../core/errors.ts';
import { SUBSCRIPTIONS } from '../core/rate-limits.ts';
import { type Audience, createAudiences } from './audiences.ts';
import { Follower } from './follower.ts';
import { changesOf, type FoundChanges, resyncOf, type TaskChange } from './sync.changes.ts';
import { assertGiven, foundOf, isLost } from './sync.position.ts';
import type { ChangedTasks } from './sync.queries.ts';
import type { SyncStore } from './sync.store.ts';
import { decodePosition, type SyncPosition } from './sync.token.ts';

/** What one read hands over at most: a task may have 65,536 characters, and a slow follower keeps as many in memory. */
const MOST_CHANGES = 50;
/** milliseconds until a read that failed is tried again */
const RETRY_DELAY = 1000;
/** milliseconds after which a user is looked after without any hint */
const RECHECK_INTERVAL = 60_000;
/** No number of a change is higher, so that a read after it finds the state and no task. */
const NOW = Number.MAX_SAFE_INTEGER;

export interface TaskFeedOptions {
  readonly store: SyncStore;
  readonly hints: ChangeHints;
  /** Lets an actor go on, or refuses one whose tokens or account were ended. */
  readonly readmit: (actor: Actor) => undefined | Promise<undefined>;
  readonly clock: Clock;
  /** followers of one user in this process at most */
  readonly maximumPerUser: number;
  /** milliseconds after which a user is looked after without any hint; 60,000 when absent */
  readonly recheckInterval?: number;
  /** hears of reads that failed in a way that nobody expected */
  readonly log: (error: unknown) => void;
}

/** What the feed does and has done since the start, for those who watch over the server. */
export interface TaskFeedCounts {
  readonly followers: number;
  readonly reads: number;
  readonly changes: number;
}

/**
 * Tells followers of changes. A hint says whom to look after; what has changed is read from the table, from each one's
 * cursor on, so that a hint which is lost, doubled or late costs time and never a change. While nobody follows,
 * nothing is listened to, read or timed.
 */
export interface TaskFeed {
  readonly counts: TaskFeedCounts;
  follow(actor: Actor, since: string | null | undefined): Promise<AsyncIterableIterator<TaskChange>>;
  /** To be told of users whose tokens or accounts were ended. */
  reconsider(userId: string): void;
}

export function createTaskFeed(options: TaskFeedOptions): TaskFeed {
  const { store, hints, readmit, clock, maximumPerUser, recheckInterval = RECHECK_INTERVAL, log } = options;
  const counts = { followers: 0, reads: 0, changes: 0 };
  const audiences = createAudiences({
    recheckInterval,
    hints,
    clock,
    lookAfter: (audience) => void catchUp(audience),
  });

  /** Reads for those who wait until nobody has anything to be given. One at a time for each user. */
  async function catchUp(audience: Audience): Promise<void> {
    if (audience.isReading) return;
    audience.isReading = true;
    try {
      for (let groups = behind(audience); groups.length > 0; groups = behind(audience)) {
        audiences.lookAgain(audience);
        // All of them have to be over: whoever is given something by a read that was left behind would be given it again.
        const reads = await Promise.allSettled(groups.map((group) => readFor(audience, group)));
        const failed = reads.find(({ status }) => status === 'rejected');
        if (failed?.status === 'rejected') throw failed.reason;
      }
    } catch (error) {
      if (!(error instanceof AppError)) log(error);
      audiences.lookAgain(audience, RETRY_DELAY);
    } finally {
      audience.isReading = false;
    }
  }

  /** One read for all who have come to the same place. */
  async function readFor(audience: Audience, group: readonly Follower[]): Promise<void> {
    const answered = audience.hints;
    const admitted = await admittedOf(group);
    const [first] = admitted;
    if (first === undefined) return;
    const found = await changedAfter(audience.userId, first.place.rev);
    const news = changesSince(first.place, found);
    for (const follower of admitted) give(follower, news, answered);
  }

  async function admittedOf(group: readonly Follower[]): Promise<Follower[]> {
    const admitted: Follower[] = [];
    for (const follower of group) {
      try {
        await readmit(follower.actor);
        admitted.push(follower);
      } catch (error) {
        if (error instanceof ServiceUnavailableError || !(error instanceof AppError)) throw error;
        follower.fail(error);
      }
    }
    return admitted;
  }

  async function changedAfter(userId: string, rev: number): Promise<ChangedTasks> {
    counts.reads += 1;
    return foundOf(await store.changed(userId, rev, MOST_CHANGES + 1));
  }

  function give(follower: Follower, { changes, place, hasMore }: FoundChanges, answeredHints: number): void {
    counts.changes += changes.length;
    follower.answeredHints = answeredHints;
    follower.isBehind = hasMore;
    follower.give(changes, place);
  }

  function newFollower(actor: Actor, audience: Audience, place: SyncPosition): Follower {
    const follower: Follower = new Follower(actor, place, {
      onIdle: () => {
        if (isBehind(follower, audience)) void catchUp(audience);
      },
      onLeft: () => {
        audience.followers.delete(follower);
        counts.followers -= 1;
        audiences.left(audience);
      },
    });
    audience.followers.add(follower);
    counts.followers += 1;
    return follower;
  }

  return {
    counts,
    reconsider: (userId) => audiences.hinted(userId),
    async follow(actor, since) {
      const claimed = since == null ? undefined : decodePosition(since, 'since');
      if (claimed?.start) throw unfinished();
      const { userId } = actor;
      // On a connection that stays open it is long since who asks was let in.
      await readmit(actor);
      const audience = audiences.enter(userId);
      try {
        // Before anything is waited for: the place is taken.
        if (audience.followers.size + audience.joining > maximumPerUser) throw tooMany(maximumPerUser);
        await audiences.listen();
        const answered = audience.hints;
        const found = await changedAfter(userId, claimed?.rev ?? NOW);
        if (claimed) assertGiven(claimed, found);
        const place = claimed ?? { rev: found.head, epoch: found.epoch };
        const follower = newFollower(actor, audience, place);
        give(follower, changesSince(place, found), answered);
        return follower;
      } finally {
        audience.joining -= 1;
        audiences.left(audience);
      }
    },
  };
}

function changesSince(place: SyncPosition, found: ChangedTasks): FoundChanges {
  return isLost(place, found) ? resyncOf(found) : changesOf(found, MOST_CHANGES, place.rev);
}

function isBehind(follower: Follower, { hints }: Audience): boolean {
  return follower.isIdle && (follower.isBehind || follower.answeredHints < hints);
}

/** Those who can be given more, each group at one place. */
function behind(audience: Audience): Follower[][] {
  const followers = [...audience.followers].filter((follower) => isBehind(follower, audience));
  return [...Map.groupBy(followers, ({ place: { rev, epoch } }) => `${rev} ${epoch}`).values()];
}

/** Whoever followed from there would never hear of the tasks on its other pages. */
function unfinished(): BadUserInputError {
  const message = 'belongs to a start whose other pages have yet to be read';
  return new BadUserInputError([{ field: 'since', message }]);
}

/** A place becomes free when one of the others is left, which nobody knows the time of. */
function tooMany(limit: number): RateLimitedError {
  return new RateLimitedError(SUBSCRIPTIONS, 60, limit, 60);
}
