import { timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import type { FastifyPluginCallback } from 'fastify';
import { AggregatorRegistry, Gauge, Registry } from 'prom-client';
import type { CacheCounts } from '../core/cache-counts.ts';
import { UnauthenticatedError } from '../core/errors.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import type { Database } from '../db/database.ts';
import type { DatabaseObserver } from '../db/database-observer.ts';
import type { LiveConnections } from '../http/live-connections.ts';
import { createDatabaseMetrics, watchPool } from './database-metrics.ts';
import { countEnds, type Following, type ObserveEnd, watchFollowing } from './live-metrics.ts';
import { watchCaches, watchLoad, watchProcess } from './process-metrics.ts';
import { createRequestMetrics, type ObserveRefusal, type ObserveRequest } from './request-metrics.ts';
import { type Backlog, countSecurityEvents, watchBacklog } from './security-metrics.ts';
import { shareResult } from './shared-result.ts';

/** Everything that is counted and measured, and `/metrics`, which shows it. */
export interface Metrics {
  readonly observeRequest: ObserveRequest;
  readonly observeRefusal: ObserveRefusal;
  readonly database: DatabaseObserver;
  /** Whether Redis answers; a server without one shows no such metric. */
  observeSharedStore(isUp: boolean): void;
  /** What a check of readiness has found. */
  observeReadiness(check: string, isFailing: boolean): void;
  countEvents(events: SecurityEventLog): SecurityEventLog;
  watchPool(database: Pick<Database, 'pool' | 'waiting'>): void;
  watchBacklog(backlog: Backlog): void;
  watchCaches(caches: Readonly<Record<string, Readonly<CacheCounts>>>): void;
  readonly observeEnd: ObserveEnd;
  watchFollowing(connections: Pick<LiveConnections, 'countOf' | 'maximum'>, following: Following): void;
  watchLoad(server: Server, requests: { readonly count: number }): void;
  /** Serves `/metrics` for Prometheus. */
  readonly routes: FastifyPluginCallback;
}

/** The other processes of this server that count too. */
interface Others {
  share(values: () => Promise<object[]>): void;
  /** what all of them have counted, this one included */
  gather(): Promise<readonly object[]>;
}

export interface MetricsOptions {
  /** what Prometheus must send as its bearer token; without one `/metrics` is open */
  readonly token?: string | undefined;
  readonly others?: Others | undefined;
  /** milliseconds that never go back */
  readonly now?: () => number;
}

/** What was rendered is shown for a second. */
export function createMetrics({ token, others, now = () => performance.now() }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  watchProcess(registry);
  others?.share(() => registry.getMetricsAsJSON());
  const render = shareResult(async () => {
    if (!others) return registry.metrics();
    return AggregatorRegistry.aggregate([...(await others.gather())]).metrics();
  }, now);
  let store: Gauge | undefined;
  let checks: Gauge | undefined;

  return {
    ...createRequestMetrics(registry),
    database: createDatabaseMetrics(registry),
    observeSharedStore(isUp) {
      store ??= new Gauge({
        name: 'shared_store_up',
        help: 'Whether rate limits are shared with other instances: 0 while Redis is away.',
        registers: [registry],
        // One process that reaches it is no comfort.
        aggregator: 'min',
      });
      store.set(isUp ? 1 : 0);
    },
    observeReadiness(check, isFailing) {
      checks ??= new Gauge({
        name: 'readiness_check_failed',
        help: 'Whether the latest check of readiness found this missing; nothing is checked for this metric alone.',
        labelNames: ['check'],
        registers: [registry],
        aggregator: 'max',
      });
      checks.set({ check }, isFailing ? 1 : 0);
    },
    countEvents: (events) => countSecurityEvents(registry, events),
    watchPool: (database) => watchPool(registry, database),
    watchBacklog: (backlog) => watchBacklog(registry, backlog),
    watchCaches: (caches) => watchCaches(registry, caches),
    observeEnd: countEnds(registry),
    watchFollowing: (connections, following) => watchFollowing(registry, connections, following),
    watchLoad: (server, requests) => watchLoad(registry, server, requests),
    routes: (scope, _options, done) => {
      scope.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
        if (token !== undefined && !isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
          throw new UnauthenticatedError('invalid_token', 'The token of the metrics is needed');
        }
        return reply.type(registry.contentType).send(await render());
      });
      done();
    },
  };
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
