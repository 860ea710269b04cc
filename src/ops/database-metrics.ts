import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Database } from '../db/database.ts';
import type { DatabaseObserver } from '../db/database-observer.ts';
import { DATABASE_FAULTS } from '../db/errors.ts';

/** Upper bounds in seconds; the pool's time limit ends what waits longer. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3];

/** What is counted as it happens: waits and faults, which are rare. */
export function createDatabaseMetrics(registry: Registry): DatabaseObserver {
  const registers = [registry];
  const waits = new Histogram({
    name: 'database_pool_wait_seconds',
    help: 'Time that statements and transactions waited for a connection; those that found one free are not among them.',
    buckets: BUCKETS,
    registers,
  });
  const refusals = new Counter({
    name: 'database_pool_refusals_total',
    help: 'Statements and transactions that got no connection: not in time, or because too many waited already.',
    labelNames: ['reason'],
    registers,
  });
  const errors = new Counter({
    name: 'database_errors_total',
    help: 'Statements and transactions that failed, by the class of the error.',
    labelNames: ['class'],
    registers,
  });
  for (const reason of ['timeout', 'overload']) refusals.inc({ reason }, 0);
  for (const fault of DATABASE_FAULTS) errors.inc({ class: fault }, 0);

  return {
    waited: (seconds) => waits.observe(seconds),
    refused: (reason) => refusals.inc({ reason }),
    failed: (fault) => errors.inc({ class: fault }),
  };
}

/** What is looked at when somebody asks. */
export function watchPool(registry: Registry, { pool, waiting }: Pick<Database, 'pool' | 'waiting'>): void {
  const registers = [registry];
  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections to the database that are open, by whether one is in use.',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'in_use' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
    },
  });
  new Gauge({
    name: 'database_pool_max_connections',
    help: 'Connections to the database at most.',
    registers,
    collect() {
      this.set(pool.options.max);
    },
  });
  new Gauge({
    name: 'database_pool_waiting',
    help: 'Statements and transactions that wait for a connection.',
    registers,
    collect() {
      this.set(waiting());
    },
  });
}
