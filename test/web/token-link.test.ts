import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client';
import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { IdempotencyLink } from '../../examples/web/src/apollo/idempotency-link.ts';
import { problemOf } from '../../examples/web/src/apollo/problem.ts';
import { TokenLink } from '../../examples/web/src/apollo/token-link.ts';

const REFUSED = { errors: [{ message: 'No', extensions: { code: 'UNAUTHENTICATED' } }] };
const ANSWER = { data: { done: true } };

/** A client whose server answers one after the other, and what it was asked. */
function clientOf(answers: ApolloLink.Result[]) {
  const asked: { authorization: unknown; key: unknown }[] = [];
  let tokens = 0;
  let token: string | undefined;
  const server = new ApolloLink((operation) => {
    const { headers } = operation.getContext();
    asked.push({ authorization: headers?.authorization, key: operation.variables.idempotencyKey });
    return of(answers[asked.length - 1] ?? ANSWER);
  });
  const source = {
    current: async () => {
      token ??= `token ${++tokens}`;
      return token;
    },
    forget() {
      token = undefined;
    },
  };
  const link = ApolloLink.from([new IdempotencyLink(), new TokenLink(source), server]);
  return { client: new ApolloClient({ link, cache: new InMemoryCache() }), asked };
}

const mutation = gql`
  mutation Do($idempotencyKey: String) {
    done(idempotencyKey: $idempotencyKey)
  }
`;

describe('a request', () => {
  it('is sent once more with a new token, and the same key, when the token is refused', async () => {
    const { client, asked } = clientOf([REFUSED]);
    await client.mutate({ mutation });
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer token 1', 'Bearer token 2']);
    expect(asked[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(asked[1]?.key).toBe(asked[0]?.key);
  });

  it('fails when the new token is refused as well', async () => {
    const { client, asked } = clientOf([REFUSED, REFUSED, ANSWER]);
    const problem = await client.mutate({ mutation }).catch(problemOf);
    expect(problem).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(asked).toHaveLength(2);
  });

  it('keeps the key that the caller chose', async () => {
    const { client, asked } = clientOf([]);
    await client.mutate({ mutation, variables: { idempotencyKey: 'mine' } });
    expect(asked.map(({ key }) => key)).toEqual(['mine']);
  });
});
