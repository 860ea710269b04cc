import { timingSafeEqual } from 'node:crypto';
import type { FastifyPluginCallback } from 'fastify';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { UnauthenticatedError } from '../core/errors.ts';
import { shareResult } from './shared-result.ts';

/** Upper bounds in seconds: a cached read takes one or two milliseconds, a revocation up to a second. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export interface Metrics {
  /** One request that has ended. Paths hold ids, so only the API they belong to becomes a label. */
  observeRequest(path: string, status: number, seconds: number): void;
  /** Whether Redis answers; a server without one shows no such metric. */
  observeSharedStore(isUp: boolean): void;
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
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by API and status.',
    labelNames: ['api', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });

  others?.share(() => registry.getMetricsAsJSON());
  const render = shareResult(async () => {
    if (!others) return registry.metrics();
    return AggregatorRegistry.aggregate([...(await others.gather())]).metrics();
  }, now);
  let store: Gauge | undefined;
  /** A status and an API are few, and looking labels up costs more than observing. */
  const observed = new Map<string, { observe(seconds: number): void }>();

  return {
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
    observeRequest(path, status, seconds) {
      const [api, name] = [apiOf(path), String(status)];
      const key = `${api} ${name}`;
      let ofLabels = observed.get(key);
      if (!ofLabels) {
        ofLabels = requests.labels(api, name);
        observed.set(key, ofLabels);
      }
      ofLabels.observe(seconds);
    },
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

function apiOf(path: string): string {
  if (path.startsWith('/graphql')) return 'graphql';
  return path.startsWith('/api/') ? 'rest' : 'other';
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}
