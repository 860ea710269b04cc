import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type DocumentNode, type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

const MAXIMUM_COMPILED = 500;
/** Keys of documents that were seen once: a flood of distinct documents passes through here without being compiled. */
const MAXIMUM_SEEN_ONCE = 5000;

/** One execution as the executor sees it. */
interface Execution {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
  context: unknown;
}

/** Hears of a document that cannot be compiled: it works all the same, but slowly. */
export type UncompilableListener = (errors: ExecutionResult['errors'], operationName: string | undefined) => void;

/**
 * Executes documents by compiled code (graphql-jit) once they are seen again, and by graphql-js otherwise. Compiling
 * costs milliseconds and memory, so a document must come twice to be worth it, and the cache is bounded. graphql-jit's
 * own JSON serialiser is left off: it knows no custom scalars and fails for every document with a DateTime.
 */
export function createCompiledExecutor(schema: GraphQLSchema, onUncompilable: UncompilableListener): GatewayExecutor {
  const compiled = new LRUCache<string, CompiledQuery | 'uncompilable'>({ max: MAXIMUM_COMPILED });
  const seenOnce = new LRUCache<string, true>({ max: MAXIMUM_SEEN_ONCE });

  function compiledFor(key: string, { document, operationName }: Execution): CompiledQuery | undefined {
    const known = compiled.get(key);
    if (known) return known === 'uncompilable' ? undefined : known;
    if (!seenOnce.has(key)) {
      seenOnce.set(key, true);
      return undefined;
    }
    seenOnce.delete(key);
    const result = compileQuery(schema, document, operationName, { disablingCapturingStackErrors: true });
    if (isCompiledQuery(result)) {
      compiled.set(key, result);
      return result;
    }
    compiled.set(key, 'uncompilable');
    onUncompilable(result.errors, operationName);
    return undefined;
  }

  function interpret({ document, operationName, variables, context }: Execution) {
    return execute({
      schema,
      document,
      contextValue: context,
      variableValues: variables ?? null,
      operationName: operationName ?? null,
    });
  }

  return async ({ request, context, document, queryHash }) => {
    const operationName = request.operationName ?? undefined;
    const execution = { document, operationName, variables: request.variables, context };
    const query = compiledFor(operationName === undefined ? queryHash : `${queryHash}:${operationName}`, execution);
    if (!query) return interpret(execution);
    const result = await query.query(undefined, context, request.variables ?? {});
    // No data at all: the variables were refused before any resolver ran. graphql-js words that as Apollo expects it.
    if (result.data === undefined) return interpret(execution);
    return result.errors ? { ...result, errors: result.errors.map(asGraphQLError) } : result;
  };
}

/** graphql-jit's errors look like GraphQLErrors but are none, and Apollo would mask them. */
function asGraphQLError(error: GraphQLError): GraphQLError {
  if (error.constructor === GraphQLError) return error;
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    originalError: error.originalError ?? null,
  });
}
