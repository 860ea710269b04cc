import { ApolloLink, CombinedGraphQLErrors } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { retry, tap, throwError, timer } from 'rxjs';
import { problemOf, UNREACHABLE } from './problem.ts';

const ATTEMPTS = 3;
/** milliseconds before the second attempt; twice as long before each further one */
const FIRST_DELAY = 300;
/** milliseconds that a user is left waiting for one attempt at most, whatever the server asks for */
const PATIENCE = 5_000;

const PASSING: readonly string[] = ['SERVICE_UNAVAILABLE', 'RATE_LIMITED', UNREACHABLE];

/**
 * Sends again what got no answer, or the answer that it may go well later: queries, and mutations that carry an
 * `idempotencyKey`, since the server does these once however often they come. A mutation without one is never repeated.
 * Goes behind the IdempotencyLink and before the TokenLink.
 */
export class RetryLink extends ApolloLink {
  override request(operation: ApolloLink.Operation, forward: ApolloLink.ForwardFunction) {
    return forward(operation).pipe(
      tap((result) => {
        const { errors } = result;
        // An answer in part is an answer.
        if (errors?.length && !result.data && isPassing(new CombinedGraphQLErrors(result))) {
          throw new CombinedGraphQLErrors(result);
        }
      }),
      retry({
        count: ATTEMPTS - 1,
        delay: (error: unknown, failures) =>
          mayRepeat(operation) && isPassing(error) ? timer(delayOf(error, failures)) : throwError(() => error),
      }),
    );
  }
}

function mayRepeat({ operationType, variables }: ApolloLink.Operation): boolean {
  return operationType === OperationTypeNode.QUERY || typeof variables.idempotencyKey === 'string';
}

/** A device that knows it is offline need not try: the offline queue takes over. */
function isPassing(error: unknown): boolean {
  return navigator.onLine && PASSING.includes(problemOf(error).code);
}

/** With a part of chance, so that clients that were cut off together do not come back together. */
function delayOf(error: unknown, failures: number): number {
  const { retryAfter } = problemOf(error);
  const delay = retryAfter === undefined ? FIRST_DELAY * 2 ** (failures - 1) : retryAfter * 1000;
  return Math.min(delay * (0.75 + Math.random() / 2), PATIENCE);
}
