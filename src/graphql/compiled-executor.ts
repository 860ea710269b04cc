import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import { type DocumentNode, type ExecutionResult, execute, GraphQLError, type GraphQLSchema } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

const MAXIMUM_COMPILED = 500;
/** Keys of documents that were seen once: a flood of distinct documents passes through here without being compiled. */
const MAXIMUM_SEEN_ONCE = 5000;

/** One execution as the executor sees it. */
interface Execution {
  /** hash of the document's text */
  queryHash: string;
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown> | undefined;
  context: unknown;
}

export interface CompiledExecutor {
  execute: GatewayExecutor;
  /** JSON of a whole GraphQL answer, by the serialiser compiled for its document where there is one */
  stringify(answer: ExecutionResult): string;
}

/**
 * Executes documents by compiled code (graphql-jit) once they are seen again, and by graphql-js otherwise. Compiling
 * costs milliseconds and memory, so a document must come twice to be worth it, and the cache is bounded.
 */
export function createCompiledExecutor(schema: GraphQLSchema): CompiledExecutor {
  const compiled = new LRUCache<string, CompiledQuery | 'not compilable'>({ max: MAXIMUM_COMPILED });
  const seenOnce = new LRUCache<string, true>({ max: MAXIMUM_SEEN_ONCE });
  const serialisers = new WeakMap<object, (answer: ExecutionResult) => string>();

  function compiledFor(key: string, { document, operationName }: Execution): CompiledQuery | undefined {
    const known = compiled.get(key);
    if (known) return known === 'not compilable' ? undefined : known;
    if (!seenOnce.has(key)) {
      seenOnce.set(key, true);
      return undefined;
    }
    seenOnce.delete(key);
    const result = compileQuery(schema, document, operationName, {
      disablingCapturingStackErrors: true,
      customJSONSerializer: true,
    });
    compiled.set(key, isCompiledQuery(result) ? result : 'not compilable');
    return isCompiledQuery(result) ? result : undefined;
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

  return {
    async execute({ request, context, document, queryHash }) {
      const operationName = request.operationName ?? undefined;
      const execution = { queryHash, document, operationName, variables: request.variables, context };
      const query = compiledFor(operationName === undefined ? queryHash : `${queryHash}:${operationName}`, execution);
      if (!query) return interpret(execution);
      const result = await query.query(undefined, context, request.variables ?? {});
      // No data at all: the variables were refused before any resolver ran. graphql-js words that as Apollo expects it.
      if (result.data === undefined) return interpret(execution);
      if (result.errors) return { ...result, errors: result.errors.map(asGraphQLError) };
      if (result.data) serialisers.set(result.data, query.stringify);
      return result;
    },

    stringify(answer) {
      const serialise = answer.data && !answer.errors && !answer.extensions && serialisers.get(answer.data);
      return serialise ? serialise(answer) : JSON.stringify(answer);
    },
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
