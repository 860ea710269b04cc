import type { ChangeHints } from '../core/change-hints.ts';
import type { Clock } from '../core/clock.ts';
import type { Follower } from './follower.ts';

/** milliseconds in which further hints of the same change, which come by other ways, are answered by one read */
const GATHERING = 4;
/** milliseconds between two looks at who is due */
const TICK = 500;
/** Users that are looked after in one of them at most: so many cost little even if every read fails. */
const MOST_DUE = 500;

/** The followers of one user. */
export interface Audience {
  readonly userId: string;
  readonly followers: Set<Follower>;
  /** followers whose first read is under way */
  joining: number;
  /** of how many hints it has heard */
  hints: number;
  /** when it is looked after without another one, in milliseconds since the epoch */
  dueAt: number;
  isReading: boolean;
}

export interface AudiencesOptions {
  /** milliseconds after which a user is looked after without any hint */
  readonly recheckInterval: number;
  readonly hints: ChangeHints;
  readonly clock: Clock;
  /** to be called when something may have changed */
  readonly lookAfter: (audience: Audience) => void;
}

/** Who follows whom. As long as anybody does, hints are listened to and everybody is looked after now and then. */
export interface Audiences {
  /** The audience that a follower is about to join, who is counted there from now on. */
  enter(userId: string): Audience;
  /** Resolves when hints of all that is committed from now on arrive, for as long as anybody has entered. */
  listen(): Promise<void>;
  /** To be called when a follower has gone, or has not come. */
  left(audience: Audience): void;
  /** Takes note that something of a user's may have changed; of everybody's, without one. */
  hinted(userId?: string): void;
  /** Puts off the next look. */
  lookAgain(audience: Audience, delay?: number): void;
}

export function createAudiences({ recheckInterval, hints, clock, lookAfter }: AudiencesOptions): Audiences {
  /** in the order in which they were looked after */
  const audiences = new Map<string, Audience>();
  const gathering = new Map<string, NodeJS.Timeout>();
  let listening: Promise<void> | undefined;
  let ticking: NodeJS.Timeout | undefined;

  function lookAt(audience: Audience): void {
    gathering.delete(audience.userId);
    if (audience.followers.size > 0) lookAfter(audience);
  }

  function hint(audience: Audience): void {
    audience.hints += 1;
    if (gathering.has(audience.userId)) return;
    gathering.set(audience.userId, setTimeout(lookAt, GATHERING, audience));
  }

  function lookAtDue(): void {
    const now = clock.now();
    let looks = 0;
    for (const audience of audiences.values()) {
      if (audience.dueAt > now) continue;
      lookAgain(audience);
      audiences.delete(audience.userId);
      audiences.set(audience.userId, audience);
      hint(audience);
      looks += 1;
      if (looks === MOST_DUE) return;
    }
  }

  function lookAgain(audience: Audience, delay = recheckInterval): void {
    audience.dueAt = clock.now() + delay;
  }

  function hinted(userId?: string): void {
    if (userId !== undefined) {
      const audience = audiences.get(userId);
      if (audience) hint(audience);
      return;
    }
    for (const audience of audiences.values()) audience.dueAt = 0;
    lookAtDue();
  }

  function audienceOf(userId: string): Audience {
    const existing = audiences.get(userId);
    if (existing) return existing;
    const created: Audience = { userId, followers: new Set(), joining: 0, hints: 0, dueAt: 0, isReading: false };
    lookAgain(created);
    audiences.set(userId, created);
    return created;
  }

  return {
    hinted,
    lookAgain,
    enter(userId) {
      const audience = audienceOf(userId);
      audience.joining += 1;
      return audience;
    },
    listen() {
      ticking ??= setInterval(lookAtDue, TICK).unref();
      listening ??= hints.listen(hinted);
      return listening;
    },
    left({ userId, followers, joining }) {
      if (followers.size > 0 || joining > 0) return;
      clearTimeout(gathering.get(userId));
      gathering.delete(userId);
      audiences.delete(userId);
      if (audiences.size > 0) return;
      clearInterval(ticking);
      hints.stop();
      ticking = listening = undefined;
    },
  };
}
