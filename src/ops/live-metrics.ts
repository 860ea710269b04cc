import { Counter, Gauge, type Registry } from 'prom-client';
import {
  END_REASONS,
  type EndReason,
  type LiveConnections,
  TRANSPORTS,
  type Transport,
} from '../http/live-connections.ts';

/** How many follow changes, and what that costs. */
export interface Following {
  readonly followers: number;
  readonly reads: number;
  readonly changes: number;
}

/** Hears of each connection that the server has ended. */
export type ObserveEnd = (transport: Transport, reason: EndReason) => void;

export function countEnds(registry: Registry): ObserveEnd {
  const ended = new Counter({
    name: 'live_connections_ended_total',
    help: 'WebSockets and event streams that the server has ended, by why.',
    labelNames: ['transport', 'reason'],
    registers: [registry],
  });
  // A series that begins with its first event shows no increase by it.
  for (const transport of TRANSPORTS) for (const reason of END_REASONS) ended.inc({ transport, reason }, 0);
  return (transport, reason) => ended.inc({ transport, reason });
}

/** What is open right now, and what was read for whom. */
export function watchFollowing(
  registry: Registry,
  connections: Pick<LiveConnections, 'countOf' | 'maximum'>,
  following: Following,
): void {
  const registers = [registry];
  new Gauge({
    name: 'live_connections',
    help: 'Open WebSockets and event streams.',
    labelNames: ['transport'],
    registers,
    collect() {
      for (const transport of TRANSPORTS) this.set({ transport }, connections.countOf(transport));
    },
  });
  new Gauge({ name: 'live_connections_max', help: 'Open WebSockets and event streams at most.', registers }).set(
    connections.maximum,
  );
  new Gauge({
    name: 'subscriptions',
    help: 'Who follows the changes of tasks, over whatever transport.',
    registers,
    collect() {
      this.set(following.followers);
    },
  });
  counted('change_reads_total', 'Statements that looked for changes to tell of.', () => following.reads);
  counted('changes_told_total', 'Changes that were handed over, each to each who follows.', () => following.changes);

  function counted(name: string, help: string, count: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(count());
      },
    });
  }
}
