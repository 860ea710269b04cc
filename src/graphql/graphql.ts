import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Config } from '../config.ts';
import type { CacheCounts } from '../core/cache-counts.ts';
import type { Logger } from '../core/logger.ts';
import type { RateLimits } from '../core/rate-limits.ts';
import type { Failure } from '../core/request-record.ts';
import type { ResultCache } from '../core/result-cache.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import type { Tracing } from '../core/tracing.ts';
import type { LiveConnections } from '../http/live-connections.ts';
import type { UpgradeTaker } from '../http/upgrades.ts';
import { createDocuments } from './documents.ts';
import { createGraphQLHandler } from './http-handler.ts';
import { createPreparedAnswer } from './prepared-answer.ts';
import { createPreparedRequests } from './prepared-request.ts';
import { createResolvers, type ResolvedServices } from './resolvers.ts';
import { createSchema } from './schema.ts';
import { createGraphQLServer } from './server.ts';
import { createEventStreamHandler } from './subscriptions/event-stream-handler.ts';
import { createSocketServer } from './subscriptions/socket-server.ts';
import { createSubscriptionOperations } from './subscriptions/subscription-operations.ts';
import { tracedAnswer } from './traced-operations.ts';

export interface GraphQLOptions {
  readonly config: Config;
  readonly services: ResolvedServices;
  readonly authenticator: Authenticator;
  readonly rateLimits: RateLimits;
  readonly results: ResultCache;
  readonly connections: LiveConnections;
  readonly logger: Logger;
  readonly events: SecurityEventLog;
  /** hears of refusals on WebSockets */
  readonly observeRefusal: (failure: Failure) => void;
  readonly tracing: Tracing | undefined;
  /** answers browsers that ask for a page, where there is one */
  readonly playground: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

/** The GraphQL API on each of its transports. */
export interface GraphQL {
  readonly handler: RequestListener;
  readonly sockets: UpgradeTaker;
  /** of operations that Apollo Server has executed before */
  readonly counts: Readonly<CacheCounts>;
  stop(): Promise<void>;
}

export async function createGraphQL(options: GraphQLOptions): Promise<GraphQL> {
  const { config, services, authenticator, rateLimits, results, connections, logger, events, tracing, observeRefusal } =
    options;
  const { introspection, bodyLimit, batchLimit } = config;
  const schema = await createSchema(createResolvers(services, events), rateLimits);
  const { admission, persistedQueries } = await createDocuments(config, schema);
  const { apollo, prepared } = await createGraphQLServer({
    schema,
    logger,
    events,
    introspection,
    batching: batchLimit > 0,
    maximumTokens: config.documentLimits.tokens,
    persistedQueries,
    tracing,
  });
  const { sync } = services;
  const operations = createSubscriptionOperations({
    schema,
    admission,
    rateLimits,
    sync,
    logger,
    events,
    introspection,
  });
  const preparedRequests = createPreparedRequests(prepared);
  return {
    handler: createGraphQLHandler({
      server: apollo,
      authenticator,
      rateLimits,
      logger,
      events,
      bodyLimit,
      batchLimit,
      admission,
      prepared: preparedRequests,
      answerPrepared: tracedAnswer(createPreparedAnswer({ results, rateLimits }), tracing),
      answerStream: createEventStreamHandler({ connections, operations }),
      playground: options.playground,
    }),
    sockets: createSocketServer({ authenticator, connections, operations, logger, events, observeRefusal }),
    counts: preparedRequests.counts,
    stop: () => apollo.stop(),
  };
}
