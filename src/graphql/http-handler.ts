import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Authenticator } from '../auth/authenticator.ts';
import type { ConnectedActor } from '../core/actor.ts';
import { AppError, type ErrorCode, UnauthenticatedError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { NEW_DOCUMENTS, type RateLimits } from '../core/rate-limits.ts';
import type { RequestContext } from '../core/request-context.ts';
import type { RequestRecord } from '../core/request-record.ts';
import type { SecurityEventLog } from '../core/security-events.ts';
import { readJson } from '../http/body.ts';
import { failedRequest } from '../http/failed-request.ts';
import { originOf } from '../http/origin.ts';
import { recordRefusal } from '../http/refusals.ts';
import { requestIdOf } from '../http/request-id.ts';
import { recordOf } from '../http/request-record.ts';
import { type Admission, operationOfSearch } from './operation-request.ts';
import { executedContext, type PreparedAnswer } from './prepared-answer.ts';
import type { PreparedRequests } from './prepared-request.ts';
import { refuseOperation } from './refusal.ts';
import { acceptsEventStream, type EventStreamHandler, wantsEventStream } from './subscriptions/event-stream-handler.ts';

export interface GraphQLHandlerOptions {
  server: ApolloServer<RequestContext>;
  authenticator: Authenticator;
  rateLimits: RateLimits;
  logger: Logger;
  events: SecurityEventLog;
  /** bytes of a body at most */
  bodyLimit: number;
  /** operations in one request at most; 0 = no batches */
  batchLimit: number;
  admission: Admission;
  prepared: PreparedRequests;
  answerPrepared: PreparedAnswer;
  /** answers subscriptions */
  answerStream: EventStreamHandler;
  /** answers browsers that ask for a page, where there is one */
  playground: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

/** What reaches the client of the headers of an answer: Apollo Server also takes over those that an error carries. */
const HEADERS_FROM_APOLLO = new Set(['content-type', 'allow', 'retry-after']);

/** What Apollo Server looks at; a map of all headers for every request would cost more than parsing the query. */
const HEADERS_FOR_APOLLO = ['content-type', 'accept'];

/**
 * GraphQL over HTTP, straight on Node's request and response: the ready-made integrations build a URL and a header map
 * for each request. Refuses before it reads: no token, no work.
 */
export function createGraphQLHandler(options: GraphQLHandlerOptions) {
  const { server, authenticator, rateLimits, bodyLimit, batchLimit, admission, playground } = options;
  const { prepared, answerPrepared, answerStream } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let actor: ConnectedActor | undefined;
    try {
      const seen = authenticator.authenticate(request);
      actor = seen instanceof Promise ? await seen : seen;
      recordOf(request).userId = actor.userId;
      await operate(actor, request, response);
    } catch (error) {
      refuse(request, response, { error, userId: actor?.userId }, options);
    }
  }

  async function operate(actor: ConnectedActor, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const sent = method === 'POST' ? await readJson(request, bodyLimit) : undefined;
    assertBatchSize(sent, batchLimit);
    const { url = '' } = request;
    const parameters = method === 'GET' && url.includes('?') ? url.slice(url.indexOf('?')) : '';
    if (acceptsEventStream(request)) {
      const operation = (method === 'GET' ? operationOfSearch(parameters) : sent) ?? {};
      if (wantsEventStream(request, operation)) {
        await answerStream(request, response, operation, { actor, ...aboutRequest(request) });
        return;
      }
    }
    // Where batches are off Apollo Server refuses them as a whole.
    const isRefused = Array.isArray(sent) && batchLimit === 0;
    const fresh = parameters === '' && !isRefused ? admission.newInBody(sent) : admission.newInSearch(parameters);
    if (fresh.length > 0) await rateLimits.consume(NEW_DOCUMENTS, actor.userId, fresh.length);
    const body = isRefused ? sent : admission.ofBody(sent);
    const search = parameters === '' ? '' : admission.ofSearch(parameters);
    let context: RequestContext = { actor, ...aboutRequest(request) };
    const { record } = context;
    const known = fresh.length === 0 ? prepared.find(request, { body, search }) : undefined;
    if (known) {
      record.operated(known.operation.name);
      const failed = await answerPrepared(request, response, known, context);
      if (!failed) return;
      context = executedContext(context, failed);
    }
    const result = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: headersForApollo(request), search, body },
      context: async () => context,
    });
    if (fresh.length > 0 && result.status !== 400) admission.prove(fresh);
    if (result.status === undefined && !Array.isArray(body)) {
      prepared.learn(request, result.headers.get('content-type'));
    }
    if (Array.isArray(body)) record.operation = 'batch';
    send(response, result, context);
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    if (playground && wantsPage(request)) {
      playground(request, response);
      return;
    }
    void answer(request, response);
  };
}

function aboutRequest(request: IncomingMessage): Omit<RequestContext, 'actor'> {
  return { requestId: requestIdOf(request), origin: originOf(request), record: recordOf(request) };
}

function wantsPage({ method, headers, url = '' }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept?.includes('text/html') ?? false) && !/[?&](query|extensions)=/.test(url);
}

function headersForApollo({ method, headers }: IncomingMessage): HeaderMap {
  // Apollo's defence against forged requests asks for a header that makes browsers ask first. Authorization, without
  // which nobody gets here, is one; and `readJson` let only JSON pass.
  const map = new HeaderMap([['apollo-require-preflight', 'true']]);
  for (const name of HEADERS_FOR_APOLLO) {
    const value = headers[name];
    if (typeof value === 'string' && !(method === 'POST' && name === 'content-type')) map.set(name, value);
  }
  return map;
}

function assertBatchSize(body: unknown, limit: number): void {
  if (!Array.isArray(body) || limit === 0 || body.length <= limit) return;
  throw new AppError('QUERY_TOO_COMPLEX', `A batch may hold ${limit} operations`, { limit, value: body.length });
}

function send(
  response: ServerResponse,
  result: HTTPGraphQLResponse,
  { requestId, record }: Pick<RequestContext, 'requestId' | 'record'>,
): void {
  const { status = 200, headers, body } = result;
  const answer = body.kind === 'complete' ? body.string : '';
  const text = status >= 400 ? withRequestId(answer, requestId, record) : answer;
  for (const [name, value] of headers) {
    if (HEADERS_FROM_APOLLO.has(name)) response.setHeader(name, value);
  }
  if (status === 401) response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Requests that Apollo refuses before there is an operation have no context that could name the request. */
function withRequestId(body: string, requestId: string, record: RequestRecord): string {
  const answer = JSON.parse(body) as { errors?: { extensions?: { code?: ErrorCode } & Record<string, unknown> }[] };
  for (const error of answer.errors ?? []) {
    error.extensions = { ...error.extensions, requestId };
    if (error.extensions.code) record.failedWith({ code: error.extensions.code });
  }
  return JSON.stringify(answer);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { error, userId }: { error: unknown; userId: string | undefined },
  { logger, events }: Pick<GraphQLHandlerOptions, 'logger' | 'events'>,
): void {
  const answer = failedRequest(request, error, logger);
  if (error instanceof UnauthenticatedError)
    logger.debug({ err: error, requestId: requestIdOf(request) }, 'token refused');
  recordRefusal(events, answer, { userId, origin: originOf(request) });
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  refuseOperation(request, response, answer);
}
