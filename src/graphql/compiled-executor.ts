import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { compilableSchema, isCompilable, withCoercedVariables } from './coerced-variables.ts';
import { type CoercionOptions, variableValues } from './variable-values.ts';

const MAXIMUM_COMPILED = 500;
/** Keys of documents that were seen once: a flood of distinct documents passes through here without being compiled. */
const MAXIMUM_SEEN_ONCE = 5000;

interface Compiled {
  query: CompiledQuery;
  operation: OperationDefinitionNode;
}

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
export function createCompiledExecutor(
  schema: GraphQLSchema,
  onUncompilable: UncompilableListener,
  coercion: CoercionOptions = { hideSuggestions: false, maxErrors: 50 },
): GatewayExecutor {
  const compilable = compilableSchema(schema);
  const compiled = new LRUCache<string, Compiled | 'uncompilable'>({ max: MAXIMUM_COMPILED });
  const seenOnce = new LRUCache<string, true>({ max: MAXIMUM_SEEN_ONCE });

  function compiledFor(key: string, { document, operationName }: Execution): Compiled | undefined {
    const known = compiled.get(key);
    if (known) return known === 'uncompilable' ? undefined : known;
    if (!seenOnce.has(key)) {
      seenOnce.set(key, true);
      return undefined;
    }
    seenOnce.delete(key);
    if (!isCompilable(document)) {
      compiled.set(key, 'uncompilable');
      return undefined;
    }
    const operation = getOperationAST(document, operationName);
    const query = compileQuery(compilable, withCoercedVariables(document), operationName, {
      disablingCapturingStackErrors: true,
    });
    if (operation && isCompiledQuery(query)) {
      const created = { query, operation };
      compiled.set(key, created);
      return created;
    }
    compiled.set(key, 'uncompilable');
    onUncompilable(isCompiledQuery(query) ? undefined : query.errors, operationName);
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
    const known = compiledFor(operationName === undefined ? queryHash : `${queryHash}:${operationName}`, execution);
    const operation = known?.operation ?? getOperationAST(document, operationName);
    if (!operation) return interpret(execution);
    const { coerced, errors } = variableValues(schema, operation, request.variables ?? {}, coercion);
    if (errors) return { errors };
    if (!known) return interpret(execution);
    // Without a prototype: to graphql-jit a variable called toString would be there even if it was not given.
    const variables = Object.assign(Object.create(null), coerced);
    const result = await known.query.query(undefined, context, variables);
    return result.errors ? { ...result, errors: result.errors.map(asGraphQLError) } : result;
  };
}

/** graphql-jit's errors look like GraphQLErrors but are none, and Apollo would mask them. */
function asGraphQLError(error: GraphQLError): GraphQLError {
  if (error.constructor === GraphQLError) return error;
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    path: error.path ?? null,
    // Who throws nothing, as undefined or null, must not pass for graphql-js, which finds fault with requests.
    originalError: error.originalError ?? (error.path ? new Error(error.message) : null),
  });
}
