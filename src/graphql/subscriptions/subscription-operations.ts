import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { BadUserInputError, type UnauthenticatedError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { NEW_DOCUMENTS, type RateLimits, READS } from '../../core/rate-limits.ts';
import type { RequestContext } from '../../core/request-context.ts';
import type { SecurityEventLog } from '../../core/security-events.ts';
import { recordRefusal } from '../../http/refusals.ts';
import type { SubscriptionContext } from '../../sync/sync.resolver.ts';
import type { SyncService } from '../../sync/sync.service.ts';
import { appErrorOf, asGraphQLError, formatError, formatErrorWithoutSuggestion, isUnexpected } from '../errors.ts';
import type { Admission } from '../operation-request.ts';
import { mayLackField } from './root-field.ts';
import { createSharedSubscribe, type Subscribe } from './shared-subscribe.ts';

const MAXIMUM_DOCUMENTS = 500;
const MAXIMUM_CHARACTERS = 2_000_000;

export interface SubscriptionOperationsOptions {
  readonly schema: GraphQLSchema;
  readonly admission: Admission;
  readonly rateLimits: RateLimits;
  readonly sync: SyncService;
  readonly logger: Logger;
  readonly events: SecurityEventLog;
  readonly introspection: boolean;
}

/** What a transport hands over: nothing in it is what it should be yet. */
export interface SubscriptionRequest {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
}

export type ShownError = ReturnType<typeof formatError>;
export type ShownResult = Omit<ExecutionResult, 'errors'> & { errors?: readonly ShownError[] };

/** Subscriptions for every transport, by the rules of operations over HTTP: same limits, same errors. */
export interface SubscriptionOperations {
  /**
   * What graphql-js needs to begin, once the document is judged and the subscription counted; or what is wrong with it.
   * Empties the request, which may be large: whoever serves a subscription holds on to it for hours.
   * @throws AppError
   */
  prepare(request: SubscriptionRequest, context: RequestContext): Promise<ExecutionArgs | readonly GraphQLError[]>;
  /** Begins what was prepared. */
  readonly subscribe: Subscribe;
  /** The errors as clients see them; what nobody expected is in the log whole. */
  shown(errors: readonly GraphQLError[], context: RequestContext): ShownError[];
  /** The same of the end of a connection, which is the failure of no request: nothing is recorded. */
  ending(fault: UnauthenticatedError, context: RequestContext): ShownError;
  /** The result of one event likewise. */
  shownResult(result: ExecutionResult, context: RequestContext): ShownResult;
}

const EMPTY: SubscriptionRequest = { query: '', operationName: null, variables: null, extensions: null };

interface Checked {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

export function createSubscriptionOperations(options: SubscriptionOperationsOptions): SubscriptionOperations {
  const { schema, admission, rateLimits, sync, logger, events } = options;
  const format = options.introspection ? formatError : formatErrorWithoutSuggestion;
  const documents = new LRUCache<string, Checked>({
    max: MAXIMUM_DOCUMENTS,
    maxSize: MAXIMUM_CHARACTERS,
    sizeCalculation: (_checked, text) => text.length + 1,
  });

  /** Judged by admission before, so that parsing and validating are bounded. @throws GraphQLError for what cannot be parsed */
  function checked(text: string): Checked {
    const known = documents.get(text);
    if (known) return known;
    const document = parse(text, { noLocation: true });
    const result = { document, errors: validate(schema, document) };
    if (result.errors.length === 0) documents.set(text, result);
    return result;
  }

  async function argumentsOf(
    text: string,
    { operationName, variables }: SubscriptionRequest,
    context: RequestContext,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { document, errors } = checked(text);
    if (errors.length > 0) return errors;
    const name = typeof operationName === 'string' ? operationName : undefined;
    const operation = getOperationAST(document, name);
    if (operation?.operation !== 'subscription') throw noSubscription();
    if (mayLackField(operation, document)) {
      throw new BadUserInputError([], 'The field of a subscription cannot be left out by @skip or @include');
    }
    context.record.operated(operation.name?.value);
    await rateLimits.consume(READS, context.actor.userId);
    const contextValue: SubscriptionContext = { ...context, sync };
    const variableValues = declaredVariables(operation, variables);
    return { schema, document, contextValue, variableValues, operationName: name ?? null };
  }

  function shownError(error: GraphQLError, context: RequestContext): ShownError {
    const { actor, record, origin, requestId } = context;
    const known = appErrorOf(error);
    if (known) {
      record.failed(known);
      recordRefusal(events, known, { userId: actor.userId, origin });
    }
    if (isUnexpected(error)) logger.error({ err: error.originalError ?? error, requestId }, 'subscription failed');
    return formatted(error, requestId);
  }

  function formatted(error: GraphQLError, requestId: string): ShownError {
    const plain = error.toJSON();
    return format({ ...plain, extensions: { ...plain.extensions, requestId } }, error);
  }

  const shown: SubscriptionOperations['shown'] = (errors, context) => errors.map((error) => shownError(error, context));

  return {
    subscribe: createSharedSubscribe(),
    shown,
    ending: (fault, { requestId }) => formatted(asGraphQLError(fault), requestId),
    shownResult({ errors, ...result }, context) {
      return errors ? { ...result, errors: shown(errors, context) } : result;
    },
    async prepare(request, context) {
      const fresh = admission.newInBody(request);
      if (fresh.length > 0) await rateLimits.consume(NEW_DOCUMENTS, context.actor.userId, fresh.length);
      const { query } = admission.ofBody(request) as SubscriptionRequest;
      if (typeof query !== 'string') throw noSubscription();
      try {
        const prepared = await argumentsOf(query, request, context);
        if ('schema' in prepared) admission.prove(fresh);
        return prepared;
      } catch (error) {
        if (error instanceof GraphQLError) return [error];
        throw error;
      } finally {
        Object.assign(request, EMPTY);
      }
    },
  };
}

function noSubscription(): BadUserInputError {
  return new BadUserInputError([], 'Only subscriptions go here; send queries and mutations by HTTP');
}

/** What a client sends beside them would be kept for as long as the subscription lasts. */
function declaredVariables({ variableDefinitions = [] }: OperationDefinitionNode, variables: unknown) {
  if (!isRecord(variables)) return null;
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(variables, name)).map((name) => [name, variables[name]]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
