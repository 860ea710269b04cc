import { ApolloLink, CombinedGraphQLErrors } from '@apollo/client';
import { defer, mergeMap, retry, tap } from 'rxjs';
import { type ComeBackOptions, comeBack, SignedOutError } from './come-back.ts';
import type { TaskChangedData } from './task-feed.documents.ts';

/**
 * Makes one subscription to `taskChanged` of as many connections as it takes: each begins behind the last change that came,
 * so that none is missed and none comes twice. It needs a `since` to begin with. The clients of both transports can come
 * back by themselves, but would send the first `since` again: theirs is to be off, `retryAttempts: 0`.
 */
export class ResumeLink extends ApolloLink {
  readonly #options: ComeBackOptions;

  constructor(options: ComeBackOptions) {
    super();
    this.#options = options;
  }

  override request(operation: ApolloLink.Operation, forward: ApolloLink.ForwardFunction) {
    const { tokens } = this.#options;
    const { config, wentWell } = comeBack(this.#options);
    let since: unknown = operation.variables.since;
    if (typeof since !== 'string') throw new TypeError('Only a subscription with a `since` can be resumed');
    return defer(() => tokens.current()).pipe(
      mergeMap((token) => {
        if (token === undefined) throw new SignedOutError('Nobody is signed in');
        operation.variables = { ...operation.variables, since };
        return forward(operation);
      }),
      tap((result) => {
        // Over server-sent events also the end of a token arrives as a result.
        if (result.errors?.length) throw new CombinedGraphQLErrors(result);
        since = (result.data as TaskChangedData).taskChanged.syncToken;
        wentWell();
      }),
      retry(config),
    );
  }
}
