import { ApolloLink, Observable } from '@apollo/client';
import { print } from 'graphql';
import { type Client, createClient } from 'graphql-sse';
import type { AccessTokens } from './access-tokens.ts';

/** milliseconds of silence after which a stream counts as broken; the server says something every 25 seconds */
const PATIENCE = 60_000;

/** Subscriptions over server-sent events, for networks that let no WebSocket pass. */
export class SseLink extends ApolloLink {
  readonly #client: Client;

  constructor(url: string, tokens: AccessTokens) {
    super();
    this.#client = createClient({
      url,
      headers: async () => ({ authorization: `Bearer ${await tokens.current()}` }),
      // ResumeLink comes back, from the right place.
      retryAttempts: 0,
      fetchFn: fetchImpatiently,
    });
  }

  override request({ query, variables, operationName, extensions }: ApolloLink.Operation) {
    return new Observable<ApolloLink.Result>((observer) =>
      this.#client.subscribe(
        { query: print(query), variables, extensions, ...(operationName === undefined ? {} : { operationName }) },
        {
          next: (result) => observer.next(result as ApolloLink.Result),
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        },
      ),
    );
  }
}

/** The body of the answer fails when nothing has come for too long, as it does when the network has gone without a word. */
async function fetchImpatiently(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  let silence: ReturnType<typeof setTimeout> | undefined;
  const wait = (stream: { error(reason: Error): void }) => {
    clearTimeout(silence);
    silence = setTimeout(() => stream.error(new Error('The stream has fallen silent')), PATIENCE);
  };
  init.signal?.addEventListener('abort', () => clearTimeout(silence));
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    start: wait,
    transform(chunk, stream) {
      wait(stream);
      stream.enqueue(chunk);
    },
    flush: () => clearTimeout(silence),
  });
  return new Response(response.body?.pipeThrough(watch) ?? null, response);
}
