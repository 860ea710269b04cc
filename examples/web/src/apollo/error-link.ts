import { ErrorLink } from '@apollo/client/link/error';
import { type Problem, problemOf } from './problem.ts';

export interface ErrorHandlers {
  /** no new token is to be had: the user has to sign in */
  readonly onSignedOut: () => void;
  /** hears of every failure, for a log or a sign */
  readonly onProblem?: ((problem: Problem, operationName: string | undefined) => void) | undefined;
}

/**
 * The one place that every failure passes, after all repetitions: what is to be done whoever asked stands here, by code.
 * What only the caller can do, such as resolving a CONFLICT, stays with the caller. Goes before the RetryLink.
 */
export function createErrorLink({ onSignedOut, onProblem }: ErrorHandlers): ErrorLink {
  return new ErrorLink(({ error, operation }) => {
    const problem = problemOf(error);
    if (problem.code === 'UNAUTHENTICATED') onSignedOut();
    onProblem?.(problem, operation.operationName);
  });
}
