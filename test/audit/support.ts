import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { StoredEvent } from '../../src/audit/audit.event.ts';
import { type AuditRecorder, createAuditRecorder } from '../../src/audit/audit.recorder.ts';
import { toStored } from '../../src/audit/audit.summary.ts';
import type { Logger } from '../../src/core/logger.ts';
import type { SecurityEvent } from '../../src/core/security-events.ts';
import { createMemoryAuditStore, type MemoryAuditStore } from '../support/memory-audit-store.ts';

/** A logger whose lines can be read back. */
export function createKeptLog(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { logger: pino({ base: null, timestamp: false }, stream), lines };
}

/** A recorder whose time, timer, log and store are in the hands of the test. */
export interface RecorderBench {
  recorder: AuditRecorder;
  store: MemoryAuditStore;
  lines: Record<string, unknown>[];
  now: number;
  /** milliseconds until the timer fires; `undefined` while none is set */
  timer(): number | undefined;
  /** lets time go by to where the timer fires, and waits for what it does */
  fire(): Promise<void>;
}

export const START = Date.UTC(2026, 5, 1, 12);

export function createRecorderBench(): RecorderBench {
  const store = createMemoryAuditStore();
  const { logger, lines } = createKeptLog();
  let timer: { due: number; run: () => void } | undefined;
  const bench: RecorderBench = {
    store,
    lines,
    now: START,
    recorder: createAuditRecorder({
      store,
      logger,
      clock: { now: () => bench.now },
      schedule(milliseconds, run) {
        const set = { due: bench.now + milliseconds, run };
        timer = set;
        return () => {
          if (timer === set) timer = undefined;
        };
      },
      retentionDays: 30,
    }),
    timer: () => timer && timer.due - bench.now,
    async fire() {
      if (!timer) throw new Error('no timer is set');
      const { due, run } = timer;
      timer = undefined;
      bench.now = due;
      run();
      // The store answers in microtasks, all of which come before this.
      await new Promise(setImmediate);
    },
  };
  return bench;
}

export function refused(changes: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    event: 'TOKEN_REFUSED',
    outcome: 'REFUSED',
    userId: null,
    detail: 'INVALID_TOKEN',
    origin: { address: '192.0.2.9', requestId: 'request-1' },
    ...changes,
  };
}

export function storedEvent(userId: string | null, now: number, changes: Partial<StoredEvent> = {}): StoredEvent {
  return { ...toStored(refused({ userId }), now), ...changes };
}
