import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestContextDidEncounterErrors,
  type GraphQLRequestContextDidResolveOperation,
  type GraphQLRequestContextWillSendResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import type { GraphQLSchema } from 'graphql';
import { ERROR_STATUS, type ErrorCode } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import type { Tracing } from '../core/tracing.ts';
import { recordRefusal } from '../http/refusals.ts';
import { type CompiledExecutor, createCompiledExecutor, type UncompilableListener } from './compiled-executor.ts';
import { createDocumentStore } from './document-store.ts';
import {
  appErrorOf,
  formatError,
  formatErrorWithoutSuggestion,
  isUnexpected,
  MAXIMUM_RECURSIVE_SELECTIONS,
} from './errors.ts';
import type { PersistedQueries } from './persisted-queries.ts';
import { unlessExecuted } from './prepared-answer.ts';
import { tracedExecution } from './traced-operations.ts';

/** Nobody reads more. */
const MAXIMUM_ERRORS = 20;

export interface GraphQLServerOptions {
  schema: GraphQLSchema;
  logger: Logger;
  events: SecurityEventLog;
  introspection: boolean;
  batching: boolean;
  /** lexical tokens of a document at most */
  maximumTokens: number;
  persistedQueries: PersistedQueries;
  tracing?: Tracing | undefined;
}

export interface GraphQLServer {
  readonly apollo: ApolloServer<RequestContext>;
  /** what Apollo Server has executed before, to be executed without it */
  readonly prepared: CompiledExecutor['prepared'];
}

/** Apollo Server on the compiled executor, with everything off that instruments each field. */
export async function createGraphQLServer(options: GraphQLServerOptions): Promise<GraphQLServer> {
  const { schema, logger } = options;
  // A schema that is not shown is not to be guessed either: no "Did you mean".
  const told = { hideSuggestions: !options.introspection, maxErrors: MAXIMUM_ERRORS };
  const onUncompilable: UncompilableListener = (errors, operationName) => {
    logger.warn({ errors, operationName }, 'a document cannot be compiled');
  };
  const { execute, prepared } = createCompiledExecutor(schema, onUncompilable, told);
  const apollo = new ApolloServer<RequestContext>({
    gateway: gatewayOf(schema, unlessExecuted(tracedExecution(execute, options.tracing))),
    formatError: options.introspection ? formatError : formatErrorWithoutSuggestion,
    // Apollo's own appends a line break, which copies the whole answer once more.
    stringifyResult: JSON.stringify,
    introspection: options.introspection,
    allowBatchedHttpRequests: options.batching,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    validationOptions: told,
    // Both are second lines, behind the guard of documents.
    maxRecursiveSelections: MAXIMUM_RECURSIVE_SELECTIONS,
    parseOptions: { maxTokens: options.maximumTokens },
    documentStore: createDocumentStore(),
    persistedQueries: { cache: options.persistedQueries.cache },
    // The process's signals belong to main.ts, which stops everything in order.
    stopOnTerminationSignals: false,
    // Its default would log every refused operation as an error.
    logger: apolloLogger(logger),
    plugins: [
      // On by default, it asks for a cache policy on every field of the schema: half of a list's time.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      errorPlugin(logger, options.events),
    ],
  });
  await apollo.start();
  return { apollo, prepared };
}

/** Apollo Server takes another executor than graphql-js only from a gateway; this one has the schema and nothing else. */
function gatewayOf(schema: GraphQLSchema, executor: GatewayExecutor): GatewayInterface {
  return {
    load: async () => ({ executor }),
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}

/** Marks errors with the request id, logs the unexpected ones whole, and turns refusals of the whole request into HTTP. */
function errorPlugin(logger: Logger, events: SecurityEventLog): ApolloServerPlugin<RequestContext> {
  const listener = {
    async didResolveOperation({
      operationName,
      contextValue,
    }: GraphQLRequestContextDidResolveOperation<RequestContext>) {
      contextValue.record.operated(operationName ?? undefined);
    },
    async didEncounterErrors({
      errors,
      contextValue,
      operationName,
    }: GraphQLRequestContextDidEncounterErrors<RequestContext>) {
      for (const error of errors) {
        error.extensions.requestId = contextValue.requestId;
        const known = appErrorOf(error);
        if (known) recordRefusal(events, known, { userId: contextValue.actor.userId, origin: contextValue.origin });
        if (known) contextValue.record.failed(known);
        if (isUnexpected(error)) {
          logger.error(
            { err: error.originalError ?? error, requestId: contextValue.requestId, operationName },
            'operation failed',
          );
        }
      }
    },
    async willSendResponse({ response, errors, contextValue }: GraphQLRequestContextWillSendResponse<RequestContext>) {
      if (response.body.kind !== 'single') return;
      const { singleResult } = response.body;
      for (const { extensions } of singleResult.errors ?? []) {
        contextValue.record.failedWith({ code: extensions?.code as ErrorCode });
      }
      const { rateLimit } = contextValue;
      if (rateLimit) singleResult.extensions = { ...singleResult.extensions, rateLimit };
      if (!errors || singleResult.data != null) return;
      const refusal = errors
        .map(appErrorOf)
        .find((error) => error?.code === 'SERVICE_UNAVAILABLE' || error?.code === 'UNAUTHENTICATED');
      if (!refusal) return;
      response.http.status = ERROR_STATUS[refusal.code];
      if (refusal.details.retryAfter !== undefined)
        response.http.headers.set('retry-after', String(refusal.details.retryAfter));
    },
  };
  return { requestDidStart: async () => listener };
}

function apolloLogger(logger: Logger) {
  return {
    debug: (message: string) => logger.debug(message),
    info: (message: string) => logger.debug(message),
    warn: (message: string) => logger.warn(message),
    error: (message: string) => logger.error(message),
  };
}
