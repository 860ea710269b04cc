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
import type { RateLimit } from '../core/rate-limits.ts';
import { compilableSchema, isCompilable, variablesInLiterals, withCoercedVariables } from './coerced-variables.ts';
import { revisedLimits } from './revised-operation.ts';
import { type CoercionOptions, variableValues } from './variable-values.ts';

const MAXIMUM_COMPILED = 500;
/** Keys of documents that were seen once: a flood of distinct documents passes through here without being compiled. */
const MAXIMUM_SEEN_ONCE = 5000;
/** of the texts in each of both: they are the keys */
const MAXIMUM_CHARACTERS = 4_000_000;

/** An operation of a document that was executed before, compiled. */
export interface PreparedOperation {
  /** Coerces the variables and executes. Errors of the request and of fields are in the result; nothing is thrown. */
  execute(context: unknown, variables: Readonly<Record<string, unknown>>): Promise<ExecutionResult> | ExecutionResult;
  readonly name: string | undefined;
  readonly isQuery: boolean;
  /** names the operation as long as it is compiled */
  readonly id: number;
  /** what an answer that was kept counts against; `undefined` where none may be kept */
  readonly revisedLimits: readonly RateLimit[] | undefined;
}

export interface CompiledExecutor {
  /** for Apollo Server: compiles what it sees again */
  readonly execute: GatewayExecutor;
  /**
   * The operation of a document that Apollo Server has parsed, found valid and executed before; `undefined` for anything
   * else, and for what cannot be compiled.
   */
  prepared(text: string, operationName: string | undefined): PreparedOperation | undefined;
}

/** One execution as the executor sees it. */
interface Execution {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>> | undefined;
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
): CompiledExecutor {
  const compilable = compilableSchema(schema);
  const sizes = { maxSize: MAXIMUM_CHARACTERS, sizeCalculation: (_value: unknown, key: string) => key.length };
  const compiled = new LRUCache<string, PreparedOperation | 'uncompilable'>({ max: MAXIMUM_COMPILED, ...sizes });
  const seenOnce = new LRUCache<string, true>({ max: MAXIMUM_SEEN_ONCE, ...sizes });

  let ids = 0;

  function compile({ document, operationName }: Execution): PreparedOperation | 'uncompilable' {
    if (!isCompilable(document)) return 'uncompilable';
    const operation = getOperationAST(document, operationName);
    const query = compileQuery(compilable, withCoercedVariables(document), operationName, {
      disablingCapturingStackErrors: true,
    });
    if (operation && isCompiledQuery(query)) {
      return {
        execute: executionOf(query, operation, document),
        name: operation.name?.value,
        isQuery: operation.operation === 'query',
        id: ++ids,
        revisedLimits: revisedLimits(schema, operation),
      };
    }
    onUncompilable(isCompiledQuery(query) ? undefined : query.errors, operationName);
    return 'uncompilable';
  }

  function executionOf(
    { query }: CompiledQuery,
    operation: OperationDefinitionNode,
    document: DocumentNode,
  ): PreparedOperation['execute'] {
    const inLiterals = variablesInLiterals(document);
    const operationName = operation.name?.value;
    return (context, variables) => {
      const { coerced, errors } = variableValues(schema, operation, variables, coercion);
      if (errors) return { errors };
      // Without a prototype: a variable called toString would be there even if it was not given.
      const given: Record<string, unknown> = Object.assign(Object.create(null), coerced);
      if (inLiterals.some((name) => given[name] == null)) {
        return interpret({ document, operationName, variables, context });
      }
      const result = query(undefined, context, given);
      return result instanceof Promise ? result.then(withGraphQLErrors) : withGraphQLErrors(result as ExecutionResult);
    };
  }

  /** The compiled operation, if this document was seen before; from the second time on it is compiled. */
  function compiledFor(key: string, execution: Execution): PreparedOperation | undefined {
    let known = compiled.get(key);
    if (known === undefined) {
      if (!seenOnce.has(key)) {
        seenOnce.set(key, true);
        return undefined;
      }
      seenOnce.delete(key);
      known = compile(execution);
      compiled.set(key, known);
    }
    return known === 'uncompilable' ? undefined : known;
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
    async execute({ request, context, document, source }) {
      const operationName = request.operationName ?? undefined;
      if (getOperationAST(document, operationName)?.operation === 'subscription') return { errors: [noStream()] };
      const execution = { document, operationName, variables: request.variables, context };
      const known = compiledFor(keyOf(source, operationName), execution);
      if (known) return known.execute(context, request.variables ?? {});
      const operation = getOperationAST(document, operationName);
      const { errors } = operation ? variableValues(schema, operation, request.variables ?? {}, coercion) : {};
      return errors ? { errors } : interpret(execution);
    },
    prepared(text, operationName) {
      const known = compiled.get(keyOf(text, operationName));
      return known === 'uncompilable' ? undefined : known;
    },
  };
}

/** Executed as if it were a query, a subscription would answer once and with nothing. */
function noStream(): GraphQLError {
  return new GraphQLError('Subscriptions are answered over WebSocket, or with Accept: text/event-stream');
}

/** No document begins with a name and NUL. */
function keyOf(text: string, operationName: string | undefined): string {
  return operationName === undefined ? text : `${operationName}\0${text}`;
}

function withGraphQLErrors(result: ExecutionResult): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(asGraphQLError) } : result;
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
