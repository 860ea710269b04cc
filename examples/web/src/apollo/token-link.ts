import { ApolloLink, CombinedGraphQLErrors } from '@apollo/client';
import { defer, mergeMap, retry, tap, throwError, timer } from 'rxjs';
import { type AccessTokens, SignedOutError } from './live-links.ts';
import { problemOf } from './problem.ts';

/**
 * Sends the access token with each request. A token that the server refuses is forgotten and the request sent once more
 * with a new one, which does no harm: nothing is carried out before the token is accepted. Goes right before the HttpLink.
 */
export class TokenLink extends ApolloLink {
  readonly #tokens: AccessTokens;

  constructor(tokens: AccessTokens) {
    super();
    this.#tokens = tokens;
  }

  override request(operation: ApolloLink.Operation, forward: ApolloLink.ForwardFunction) {
    let token: string | undefined;
    return defer(() => this.#tokens.current()).pipe(
      mergeMap((current) => {
        token = current;
        if (token === undefined) throw new SignedOutError('Nobody is signed in');
        const { headers = {} } = operation.getContext();
        operation.setContext({ headers: { ...headers, authorization: `Bearer ${token}` } });
        return forward(operation);
      }),
      // The refusal is a well-formed answer of GraphQL, so it comes as a result.
      tap((result) => {
        if (result.errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) {
          throw new CombinedGraphQLErrors(result);
        }
      }),
      retry({ count: 1, delay: (error: unknown) => this.#renew(error, token) }),
    );
  }

  #renew(error: unknown, refused: string | undefined) {
    if (error instanceof SignedOutError || problemOf(error).code !== 'UNAUTHENTICATED') return throwError(() => error);
    this.#tokens.forget(refused);
    return timer(0);
  }
}
