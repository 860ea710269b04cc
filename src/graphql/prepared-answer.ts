import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayExecutor } from '@apollo/server-gateway-interface';
import type { ExecutionResult } from 'graphql';
import { RateLimitedError, ServiceUnavailableError } from '../core/errors.ts';
import type { RateLimits } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { Lookup, ResultCache } from '../core/result-cache.ts';
import { isCurrent, nameRevision } from '../http/revalidation.ts';
import type { PreparedOperation } from './compiled-executor.ts';
import type { PreparedRequest } from './prepared-request.ts';

export interface PreparedAnswerOptions {
  results: ResultCache;
  rateLimits: RateLimits;
}

/**
 * Answers an operation that Apollo Server has executed before, without it: its pipeline (hashing, plugins, copies of the
 * context, some twenty promises) costs more than executing the operation and has nothing left to decide. An answer that
 * nothing has changed since is sent as it was kept. See decisions 14 and 15.
 *
 * @returns `undefined` when the request is answered; a result with errors, which are for Apollo Server to answer
 */
export type PreparedAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  prepared: PreparedRequest,
  context: RequestContext,
) => Promise<ExecutionResult | undefined>;

export function createPreparedAnswer({ results, rateLimits }: PreparedAnswerOptions): PreparedAnswer {
  /** Counts like the fields of the operation would, and says whether it may be answered without executing them. */
  async function isWithinLimits({ revisedLimits = [] }: PreparedOperation, context: RequestContext): Promise<boolean> {
    try {
      for (const limit of revisedLimits) context.rateLimit = await rateLimits.consume(limit, context.actor.userId);
      return true;
    } catch (error) {
      // The fields refuse in their own form.
      if (error instanceof RateLimitedError) return false;
      throw error;
    }
  }

  async function lookUp(userId: string, key: string, mustKnow: boolean): Promise<Lookup | undefined> {
    try {
      return await results.lookUp(userId, key, mustKnow);
    } catch (error) {
      // Where there is no connection, the fields would only wait for one again.
      if (error instanceof ServiceUnavailableError) throw error;
      // Whatever else is wrong, they meet as well, and answer and log it in their own form.
      return undefined;
    }
  }

  return async (request, response, prepared, context) => {
    const { operation, variables, isGet } = prepared;
    const key = operation.revisedLimits && `${operation.id} ${JSON.stringify(variables)}`;
    const mustKnow = isGet && request.headers['if-none-match'] !== undefined;
    const found = key === undefined ? undefined : await lookUp(context.actor.userId, key, mustKnow);
    const revision = isGet ? found?.revision : undefined;
    const isKnown = found?.text !== undefined || isCurrent(request, revision);
    if (isKnown && (await isWithinLimits(operation, context))) {
      if (revision !== undefined) nameRevision(response, revision);
      if (isCurrent(request, revision)) response.writeHead(304).end();
      else send(response, found?.text ?? '', context, prepared);
      return undefined;
    }
    const result = await operation.execute(context, variables);
    if (result.errors) return result;
    const data = JSON.stringify(result.data);
    if (!context.isTimeBound) {
      found?.keep(data);
      if (revision !== undefined) nameRevision(response, revision);
    }
    send(response, data, context, prepared);
    return undefined;
  };
}

function send(
  response: ServerResponse,
  data: string,
  { rateLimit }: RequestContext,
  { contentType }: PreparedRequest,
): void {
  const extensions = rateLimit ? `,"extensions":{"rateLimit":${JSON.stringify(rateLimit)}}` : '';
  const text = `{"data":${data}${extensions}}`;
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** A context whose operation was executed already: Apollo Server has only to answer its errors. */
interface ExecutedContext extends RequestContext {
  executed?: ExecutionResult;
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
