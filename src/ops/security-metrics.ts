import { Counter, Gauge, type Registry } from 'prom-client';
import type { SecurityEvent, SecurityEventLog } from '../core/security-events.ts';

/** What has not reached the table of security events. */
export interface Backlog {
  /** events that wait to be stored */
  readonly waiting: number;
  /** events so far that only the log stream has */
  readonly unstored: number;
}

/** What somebody has to look at when it happens for the first time: its series must be there before. */
const WATCHED: Pick<SecurityEvent, 'event' | 'detail'>[] = [
  { event: 'ACCESS_DENIED', detail: 'DATABASE_POLICY' },
  { event: 'ACCESS_DENIED', detail: 'FOREIGN_ROW' },
  { event: 'SIGN_IN_FAILED', detail: 'WRONG_PASSWORD' },
];

/** Counts security events on their way to where they are taken down. */
export function countSecurityEvents(registry: Registry, events: SecurityEventLog): SecurityEventLog {
  const counted = new Counter({
    name: 'security_events_total',
    help: 'Security events, by event and detail; repetitions count each time.',
    labelNames: ['event', 'detail'],
    registers: [registry],
  });
  const count = ({ event, detail }: Pick<SecurityEvent, 'event' | 'detail'>, times = 1) =>
    counted.inc({ event: event.toLowerCase(), detail: detail?.toLowerCase() ?? '' }, times);
  for (const event of WATCHED) count(event, 0);
  return {
    record(event) {
      count(event);
      events.record(event);
    },
    recordNow(event) {
      count(event);
      return events.recordNow(event);
    },
  };
}

export function watchBacklog(registry: Registry, backlog: Backlog): void {
  const registers = [registry];
  new Gauge({
    name: 'security_events_waiting',
    help: 'Security events that wait to be stored.',
    registers,
    collect() {
      this.set(backlog.waiting);
    },
  });
  new Counter({
    name: 'security_events_unstored_total',
    help: 'Security events that only the log stream has, as the database did not take them.',
    registers,
    collect() {
      this.reset();
      this.inc(backlog.unstored);
    },
  });
}
