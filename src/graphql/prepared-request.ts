import type { ServerResponse } from 'node:http';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import type { ExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from '../core/request-context.ts';
import type { CompiledExecutor, PreparedOperation } from './compiled-executor.ts';

/** Values of the Accept header whose answer is remembered, and their characters. */
const MAXIMUM_ACCEPTS = 100;
const MAXIMUM_ACCEPT_LENGTH = 200;

/** What an operation needs to be executed without Apollo Server. */
export interface PreparedRequest {
  readonly operation: PreparedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly contentType: string;
}

/** A context whose operation was executed already: Apollo Server has only to answer its errors. */
interface ExecutedContext extends RequestContext {
  executed?: ExecutionResult;
}

/**
 * Requests for operations that Apollo Server has executed before. Its pipeline (hashing, plugins, copies of the context, some
 * twenty promises) costs more than executing the operation, and has nothing to decide about one that it found valid.
 * Whatever is unusual about a request is left to it, errors included.
 */
export interface PreparedRequests {
  /** `body` has passed admission. */
  find(body: unknown, accept: string | undefined): PreparedRequest | undefined;
  /** To be told which media type Apollo Server chose for an answer. */
  learn(accept: string | undefined, contentType: string | undefined): void;
}

export function createPreparedRequests(prepared: CompiledExecutor['prepared']): PreparedRequests {
  const contentTypes = new LRUCache<string, string>({ max: MAXIMUM_ACCEPTS });

  return {
    find(body, accept = '') {
      const contentType = contentTypes.get(accept);
      if (contentType === undefined || !isPlain(body)) return undefined;
      const operation = prepared(body.query, body.operationName ?? undefined);
      return operation && { operation, variables: body.variables ?? {}, contentType };
    },
    learn(accept = '', contentType) {
      if (contentType !== undefined && accept.length <= MAXIMUM_ACCEPT_LENGTH) contentTypes.set(accept, contentType);
    },
  };
}

/** Writes the result of an operation that has no errors. */
export function sendResult(
  response: ServerResponse,
  { data }: ExecutionResult,
  { rateLimit }: RequestContext,
  contentType: string,
): void {
  const text = JSON.stringify(rateLimit ? { data, extensions: { rateLimit } } : { data });
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** The context with which Apollo Server answers what was executed without it. */
export function executedContext(context: RequestContext, executed: ExecutionResult): RequestContext {
  const answered: ExecutedContext = { ...context, executed };
  return answered;
}

/** Takes the result from the context, where there is one: a mutation must not run twice. */
export function unlessExecuted(execute: GatewayExecutor): GatewayExecutor {
  return async (request) => (request.context as ExecutedContext).executed ?? execute(request);
}

/** One operation in the usual form. Apollo Server says what is wrong with any other. */
interface PlainOperation {
  query: string;
  operationName?: string | null;
  variables?: Readonly<Record<string, unknown>> | null;
}

function isPlain(body: unknown): body is PlainOperation {
  if (!isRecord(body)) return false;
  const { query, operationName, variables, extensions } = body;
  return (
    typeof query === 'string' &&
    (operationName == null || (typeof operationName === 'string' && operationName !== '')) &&
    (variables == null || isRecord(variables)) &&
    (extensions == null || (isRecord(extensions) && extensions.persistedQuery === undefined))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
