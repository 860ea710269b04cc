import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createAuditRecorder, scheduleWithTimer } from './audit/audit.recorder.ts';
import { createAuditStore } from './audit/audit.store.ts';
import { type Authenticator, createAuthenticator } from './auth/authenticator.ts';
import { createAuth } from './auth/create-auth.ts';
import { limitFailures } from './auth/failure-limit.ts';
import type { Config } from './config.ts';
import { systemClock } from './core/clock.ts';
import { createLogger, type Logger } from './core/logger.ts';
import { createRateLimits } from './core/rate-limits.ts';
import { createResultCache } from './core/result-cache.ts';
import { runSteps, type ShutdownStep } from './core/shutdown.ts';
import { tracedServices } from './core/tracing.ts';
import { createListenedHints } from './db/change-listener.ts';
import { type OpenDatabase, openDatabase } from './db/open-database.ts';
import type { SlowStatement } from './db/slow-statements.ts';
import { ENTITIES } from './entities.ts';
import { createGraphQL } from './graphql/graphql.ts';
import { createPlayground } from './graphql/playground.ts';
import { refuseOperation } from './graphql/refusal.ts';
import { originPolicy } from './http/cors.ts';
import { createEdge, type EdgeOptions } from './http/edge.ts';
import { endConnections } from './http/end-connections.ts';
import { createLiveConnections, type LiveTiming } from './http/live-connections.ts';
import { refuseRequest } from './http/problem.ts';
import { createRequestLog } from './http/request-log.ts';
import { pathOf } from './http/request-path.ts';
import { createRequestsInProgress } from './http/requests-in-progress.ts';
import { createUpgradeEdge } from './http/upgrades.ts';
import { healthRoutes } from './ops/health.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import { createReadiness } from './ops/readiness.ts';
import { createTraces } from './ops/traces.ts';
import type { Traces } from './ops/tracing/start-tracing.ts';
import { createSharing, type Sharing } from './redis/sharing.ts';
import { frontEndRoutes } from './rest/front-end.ts';
import { createRestServer } from './rest/server.ts';
import { restRoutes } from './rest-routes.ts';
import { createServedStores } from './served-stores.ts';
import { createServices, type ServiceDependencies, type Services } from './services.ts';
import type { Siblings } from './workers/siblings.ts';

/** milliseconds at the end of a shutdown that are kept for the log and the exit code */
const LAST_WORDS = 250;
/** milliseconds that a step of it gets in any case, while there are any left */
const SHORTEST_STEP = 500;

const GRAPHQL_PATHS = new Set(['/graphql', '/graphql/']);
/** Which of both APIs a request is for, and in whose form its errors are. */
export const isForGraphQL = (request: IncomingMessage) => GRAPHQL_PATHS.has(pathOf(request));
/** Of what Fastify does not see. */
const routeOf = (request: IncomingMessage) => (isForGraphQL(request) ? '/graphql' : undefined);

/** What a test puts in the place of a layer; everything else stays as it is. */
export interface AppOverrides extends Partial<ServiceDependencies> {
  authenticator?: Authenticator;
  logger?: Logger;
  liveTiming?: Partial<LiveTiming>;
  /** ends the start between two of its steps */
  signal?: AbortSignal;
}

export interface App {
  readonly services: Services;
  readonly logger: Logger;
  /** Accepts connections, and answers at which URL. */
  listen(): Promise<string>;
  /**
   * Ends everything in order: no new requests, those under way answered, then what they needed, the last first.
   * @throws ShutdownError when something had to be left behind
   */
  close(): Promise<void>;
}

/**
 * The composition root: every part is made here, from the configuration and nothing else. A worker has `siblings`, and
 * a primary that has started the embedded PostgreSQL for all of them.
 * @throws the reason of `overrides.signal`
 */
export async function createApp(config: Config, overrides: AppOverrides = {}, siblings?: Siblings): Promise<App> {
  const logger = overrides.logger ?? createLogger(config.logging);
  const clock = overrides.clock ?? systemClock;
  const log = (message: string) => logger.info(message);
  const tellSlow = (statement: SlowStatement) => logger.warn({ statement }, 'slow statement');
  const exclusive = siblings === undefined;
  const metrics = createMetrics({ token: config.metricsToken, others: siblings?.metrics });
  const observer = metrics.database;
  const onChange = (isAway: boolean) => metrics.observeSharedStore(!isAway);
  // Whoever starts when the database is away comes here again and again, and must leave nothing behind.
  const begun = new AsyncDisposableStack();
  try {
    const traces = await createTraces(config, logger, routeOf);
    begun.defer(() => traces.close());
    const { tracing } = traces;
    const { signal } = overrides;
    const opening = { entities: ENTITIES, exclusive, log, tellSlow, observer, tracing, signal };
    const storage = await openDatabase(config, opening);
    begun.defer(() => storage.close());
    metrics.watchPool(storage.database);
    const sharing = await createSharing({ url: config.redisUrl, siblings, logger, onChange });
    begun.defer(() => sharing.close());
    return await assemble(config, overrides, { logger, clock, storage, metrics, sharing, traces });
  } catch (error) {
    await begun.disposeAsync();
    throw error;
  }
}

interface Ground {
  logger: Logger;
  clock: ServiceDependencies['clock'];
  storage: OpenDatabase;
  metrics: Metrics;
  sharing: Sharing;
  traces: Traces;
}

async function assemble(config: Config, overrides: AppOverrides, ground: Ground): Promise<App> {
  const { logger, clock, storage, metrics, sharing, traces } = ground;
  const { database, directUrl } = storage;
  let closing = false;
  const isClosing = () => closing;

  const auditStore = overrides.auditStore ?? createAuditStore(database);
  const audit = createAuditRecorder({
    store: auditStore,
    logger,
    clock,
    schedule: scheduleWithTimer,
    retentionDays: config.auditRetentionDays,
  });
  metrics.watchBacklog(audit);
  const events = metrics.countEvents(overrides.events ?? audit);
  const revocations = overrides.revocations ?? sharing.revocations;
  const rateLimits = createRateLimits(config.rateLimitScale, sharing.createCounter);
  const tell = (message: string) => logger.info(message);
  const auth = await createAuth(config, { directUrl, rateLimits, events, clock, log: tell });
  revocations.subscribe((userId) => auth.verifier.forget(userId));
  const hints = overrides.following?.hints ?? sharing.hints ?? createListenedHints({ url: directUrl, logger });
  const dependencies: ServiceDependencies = {
    clock,
    revocations,
    wait: (milliseconds) => delay(milliseconds),
    ...createServedStores({ database, clock, logger, changed: hints.publish, retention: config.retention }),
    auditStore,
    following: {
      hints,
      maximumPerUser: config.liveConnections.perUser,
      log: (error) => logger.error({ err: error }, 'changes cannot be read'),
    },
    identities: auth.embedded ?? { endSessions: async () => {}, deleteUser: async () => {} },
    ...overrides,
    events,
  };
  const services = tracedServices(createServices(dependencies), traces.tracing);
  const authenticator = limitFailures(
    overrides.authenticator ?? createAuthenticator(auth.verifier, services.users),
    rateLimits,
  );

  const results = createResultCache(config.resultCacheSize, services.tasks.revision);
  const frontEnd = config.frontEnd && frontEndRoutes(config.frontEnd);
  const playground = createPlayground(config, auth.secret, clock, frontEnd === undefined);
  const isAllowedOrigin = originPolicy(config.corsOrigins);
  const connections = createLiveConnections({
    clock,
    maximum: config.liveConnections.maximum,
    maximumPerUser: config.liveConnections.perUser,
    readmit: (actor) => services.users.readmit(actor),
    onEnd: metrics.observeEnd,
    timing: overrides.liveTiming,
  });
  revocations.subscribe((userId) => connections.reconsider(userId));
  const refuse: EdgeOptions['refuse'] = (request, response, error) =>
    (isForGraphQL(request) ? refuseOperation : refuseRequest)(request, response, error);
  const graphql = await createGraphQL({
    config,
    services,
    authenticator,
    rateLimits,
    results,
    connections,
    logger,
    events,
    observeRefusal: metrics.observeRefusal,
    tracing: traces.tracing,
    playground: config.playground ? playground.page : undefined,
  });
  metrics.watchCaches({ results: results.counts, tokens: auth.verifier.counts, operations: graphql.counts });
  const inProgress = createRequestsInProgress();
  const log = createRequestLog({
    logger,
    slowRequest: config.logging.slowRequest,
    everyRequest: config.logging.requests,
    load: () => ({ requestsInProgress: inProgress.count, waitingForConnections: database.waiting() }),
  });
  const rest = await createRestServer({
    authenticator,
    rateLimits,
    events,
    logger,
    bodyLimit: config.bodyLimit,
    userRoutes: restRoutes(services, { results, connections, logger, events }),
    openRoutes: [
      healthRoutes(
        createReadiness({
          database,
          keys: auth.ready,
          isClosing,
          idleInterval: config.readinessIdleInterval,
          observe: metrics.observeReadiness,
        }),
      ),
      metrics.routes,
      ...(config.playground ? [playground.routes] : []),
      ...(frontEnd ? [frontEnd] : []),
      ...auth.routes,
    ],
    tracing: traces.tracing,
    upgrades: createUpgradeEdge(
      { isPathOf: isForGraphQL, isAllowedOrigin, trustedProxyHops: config.trustedProxyHops, refuse },
      graphql.sockets,
    ),
    around: (fastify) =>
      createEdge(
        {
          isAllowedOrigin,
          // The session of the embedded Better Auth is a cookie; the APIs themselves know bearer tokens only.
          cookiePath: auth.embedded && '/api/auth/',
          trustedProxyHops: config.trustedProxyHops,
          maximumConcurrentRequests: config.maximumConcurrentRequests,
          refuse,
          log,
          strictTransport: config.production,
          isClosing,
          inProgress,
          observe: metrics.observeRequest,
        },
        (request, response) => (isForGraphQL(request) ? graphql.handler : fastify)(request, response),
      ),
  });

  metrics.watchLoad(rest.server, inProgress);
  metrics.watchFollowing(connections, services.sync.counts);
  const ending = endConnections(rest.server, { close: () => rest.close(), idle: () => inProgress.idle() });
  const announceEnd = () => {
    closing = true;
    inProgress.announceEnd();
  };
  const { delay: announcement, timeout } = config.shutdown;
  /** a part of the time that is left after the announcement, and enough of a short one to do anything */
  const share = (part: number) => Math.max(SHORTEST_STEP, (timeout - announcement) * part);
  const shutdown: readonly ShutdownStep[] = [
    { name: 'readiness', limit: share(0.01), run: announceEnd },
    { name: 'announcement', limit: announcement + SHORTEST_STEP, run: () => delay(announcement) },
    { name: 'listening', limit: share(0.02), run: () => ending.stopAccepting() },
    { name: 'live connections', limit: share(0.1), run: () => connections.drain(share(0.1)) },
    { name: 'requests', limit: share(0.5), run: () => inProgress.idle() },
    { name: 'connections', limit: share(0.04), run: () => ending.closeSockets() },
    { name: 'GraphQL', limit: share(0.04), run: () => graphql.stop() },
    { name: 'security events', limit: share(0.1), run: () => audit.close() },
    { name: 'authentication', limit: share(0.04), run: () => auth.close() },
    { name: 'Redis', limit: share(0.01), run: () => sharing.close() },
    { name: 'database', limit: share(0.06), run: () => storage.database.close() },
    { name: 'traces', limit: share(0.08), run: () => traces.close() },
    { name: 'embedded PostgreSQL', limit: timeout, run: () => storage.stopEmbedded() },
  ];
  let closed: Promise<void> | undefined;

  return {
    services,
    logger,
    listen: () => rest.listen({ host: config.host, port: config.port }),
    close: () => {
      closed ??= runSteps(shutdown, { logger, timeout: timeout - LAST_WORDS });
      return closed;
    },
  };
}
