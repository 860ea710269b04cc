import type { Clock } from '../core/clock.ts';
import { ServiceUnavailableError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import type { StoredEvent } from './audit.event.ts';
import type { AuditStore } from './audit.store.ts';
import { EventSummary, toStored } from './audit.summary.ts';

/** milliseconds that events wait for others to be stored together with */
const FLUSH_INTERVAL = 1000;
const LONGEST_RETRY_INTERVAL = 30_000;
const PURGE_INTERVAL = 3_600_000;
/** rows of one insert */
const BATCH = 500;
/** Rows that wait while the database is away; what comes beyond is in the log stream only. */
const MAXIMUM_WAITING = 10_000;

/** Runs something later, once, and answers how to call that off. */
export type Schedule = (milliseconds: number, run: () => void) => () => void;

export interface AuditRecorderDependencies {
  store: AuditStore;
  logger: Logger;
  clock: Clock;
  schedule: Schedule;
  retentionDays: number;
}

export interface AuditRecorder extends SecurityEventLog {
  /** Stores what waits, as far as the database takes it. */
  flush(): Promise<void>;
  /** Stores everything, repetitions too, and gives up what the database does not take now. */
  close(): Promise<void>;
  /** rows that wait to be stored */
  readonly waiting: number;
  /** rows so far that are in the log stream only */
  readonly unstored: number;
}

/** A timer that keeps no process alive: `close` stores what waits. */
export const scheduleWithTimer: Schedule = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds).unref();
  return () => clearTimeout(timer);
};

/**
 * Writes security events to the log stream at once and to the database in batches. While nothing waits there is no timer
 * and no query, so that an idle server lets a database sleep that sleeps when idle.
 */
export function createAuditRecorder(dependencies: AuditRecorderDependencies): AuditRecorder {
  const { store, logger, clock, schedule, retentionDays } = dependencies;
  const summary = new EventSummary();
  const waiting: StoredEvent[] = [];
  let cancelTimer: (() => void) | undefined;
  let timerDue = Number.POSITIVE_INFINITY;
  let turns = Promise.resolve();
  let failures = 0;
  let lost = 0;
  let unstored = 0;
  let purgedAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  function add(event: StoredEvent): void {
    const { id: _id, ...line } = event;
    // What only the policies stopped has passed the first wall: somebody has to look at that.
    const level = event.detail === 'DATABASE_POLICY' ? 'error' : 'info';
    logger[level]({ audit: true, ...line }, 'security event');
    if (waiting.length < MAXIMUM_WAITING && !isClosed) waiting.push(event);
    else lost += 1;
  }

  function addEnded(now: number): void {
    for (const event of summary.ended(now)) add(event);
  }

  function arm(): void {
    // What was added to a sum may wait for the timer that is set for another one.
    if (isClosed || (waiting.length === 0 && cancelTimer)) return;
    const now = clock.now();
    const retry = Math.min(FLUSH_INTERVAL * 2 ** failures, LONGEST_RETRY_INTERVAL);
    const next = waiting.length > 0 ? now + retry : summary.nextEnd();
    if (next === undefined || next >= timerDue) return;
    cancelTimer?.();
    timerDue = next;
    cancelTimer = schedule(Math.max(0, next - now), () => {
      disarm();
      void flush();
    });
  }

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    timerDue = Number.POSITIVE_INFINITY;
  }

  /** One at a time: whoever comes meanwhile waits for a turn of its own, since the one under way may have passed by its rows. */
  function flush(): Promise<void> {
    turns = turns.then(storeWaiting).finally(arm);
    return turns;
  }

  async function storeWaiting(): Promise<void> {
    addEnded(clock.now());
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      try {
        await store.insert(batch);
        failures = 0;
      } catch (error) {
        if (failures === 0) logger.error({ err: error, waiting: waiting.length }, 'security events cannot be stored');
        failures += 1;
        if (error instanceof ServiceUnavailableError) return;
        // What the database refuses for its content it would refuse again, and with it everything that comes after.
        lost += batch.length;
      }
      waiting.splice(0, batch.length);
      if (failures > 0) break;
    }
    reportLost();
    if (failures === 0) await purge();
  }

  function reportLost(): void {
    if (lost > 0) logger.error({ lost }, 'security events are in the log stream only');
    unstored += lost;
    lost = 0;
  }

  async function purge(): Promise<void> {
    const now = clock.now();
    if (now - purgedAt < PURGE_INTERVAL) return;
    purgedAt = now;
    try {
      await store.purge(retentionDays);
    } catch (error) {
      logger.error({ err: error }, 'old security events cannot be removed');
    }
  }

  return {
    get waiting() {
      return waiting.length;
    },

    get unstored() {
      return unstored + lost;
    },

    record(event) {
      const now = clock.now();
      addEnded(now);
      const stored = summary.take(event, now);
      if (stored) add(stored);
      arm();
    },

    async recordNow(event) {
      add(toStored(event, clock.now()));
      await flush();
    },

    flush,

    async close() {
      disarm();
      addEnded(Number.POSITIVE_INFINITY);
      await flush();
      isClosed = true;
      disarm();
      lost += waiting.splice(0).length;
      reportLost();
    },
  };
}
