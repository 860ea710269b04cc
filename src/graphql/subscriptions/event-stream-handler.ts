import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { ConnectedActor } from '../../core/actor.ts';
import { UnauthenticatedError } from '../../core/errors.ts';
import type { RequestContext } from '../../core/request-context.ts';
import { EVENT_STREAM_TYPE, type EventStream, openEventStream, type StreamEvent } from '../../http/event-stream.ts';
import type { LiveConnections } from '../../http/live-connections.ts';
import { asGraphQLError } from '../errors.ts';
import type { SubscriptionOperations, SubscriptionRequest } from './subscription-operations.ts';

export interface EventStreamHandlerOptions {
  readonly connections: LiveConnections;
  readonly operations: SubscriptionOperations;
}

/**
 * Answers a subscription with a stream of events, by the protocol of graphql-sse in its distinct connections mode
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): `next` for each result, `complete` at its end.
 * @throws AppError for what is refused before there is a stream
 */
export type EventStreamHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  operation: SubscriptionRequest,
  context: RequestContext & { readonly actor: ConnectedActor },
) => Promise<void>;

/** A document that begins with a subscription, behind what GraphQL ignores. */
const BEGINS_WITH_SUBSCRIPTION = /^(?:[\s,\uFEFF]|#[^\r\n]*)*subscription\b/;

export function acceptsEventStream({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes(EVENT_STREAM_TYPE) ?? false;
}

/** Whether the answer is to be a stream, which some clients accept for whatever they ask, and JSON as well. */
export function wantsEventStream({ headers: { accept = '' } }: IncomingMessage, operation: unknown): boolean {
  if (!/json|\*\/\*|application\/\*/.test(accept)) return true;
  const { query } = (operation ?? {}) as SubscriptionRequest;
  return typeof query === 'string' && BEGINS_WITH_SUBSCRIPTION.test(query);
}

const COMPLETE: StreamEvent = { event: 'complete', data: '' };

export function createEventStreamHandler({ connections, operations }: EventStreamHandlerOptions): EventStreamHandler {
  const next = (data: unknown): StreamEvent => ({ event: 'next', data: JSON.stringify(data) });

  async function run(stream: EventStream, results: AsyncIterable<ExecutionResult>, context: RequestContext) {
    try {
      for await (const result of results) await stream.send(next(operations.shownResult(result, context)));
      await stream.send(COMPLETE);
      stream.end();
    } catch (error) {
      if (error instanceof UnauthenticatedError) {
        stream.end('unauthenticated');
        return;
      }
      await stream.send(next({ errors: operations.shown([asGraphQLError(error)], context) }));
      stream.end();
    }
  }

  return async (request, response, operation, context) => {
    const results = await resultsOf(operation, context);
    try {
      const stream = openEventStream(request, response, context.actor, {
        transport: 'graphql_sse',
        connections,
        // Without `complete` a client knows that there would be more, and comes back.
        lastEvent: (fault) => next({ errors: [operations.ending(fault, context)] }),
      });
      stream.onGone(() => void results.return());
      await run(stream, results, context);
    } finally {
      await results.return();
    }
  };

  async function resultsOf(
    operation: SubscriptionRequest,
    context: RequestContext,
  ): Promise<AsyncGenerator<ExecutionResult, void, void>> {
    const prepared = await operations.prepare(operation, context);
    const begun = 'schema' in prepared ? await operations.subscribe(prepared) : { errors: prepared };
    return Symbol.asyncIterator in begun ? begun : only(begun);
  }
}

/** What is wrong with a subscription is its one result. */
async function* only(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, void> {
  yield result;
}
