import { createClient as createStreamClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import type { TestApp } from '../../support/app.ts';

export const TASK_CHANGED = `subscription Follow($since: String) {
  taskChanged(since: $since) { type task { id title completed version } deletedTaskId syncToken }
}`;

export interface Change {
  type: string;
  task: { id: string; title: string; completed: boolean; version: number } | null;
  deletedTaskId: string | null;
  syncToken: string;
}

/** A subscription whose events are awaited one by one, and kept. */
export interface Subscriber {
  /** all that came so far */
  readonly changes: readonly Change[];
  /** resolves with the next one that was not taken yet */
  next(): Promise<Change>;
  /** resolves when it has ended, with what it ended with, if anything */
  readonly ended: Promise<unknown>;
  stop(): void;
}

type Subscribe = (
  request: { query: string; variables: Record<string, unknown> },
  sink: { next(result: unknown): void; error(error: unknown): void; complete(): void },
) => () => void;

/** Both transports of GraphQL, by the clients that front ends use. */
export const TRANSPORTS = ['WebSocket', 'event stream'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export async function subscribe(
  app: Pick<TestApp, 'url' | 'token'>,
  user: string,
  { transport = 'WebSocket', since, token }: { transport?: Transport; since?: string | undefined; token?: string } = {},
): Promise<Subscriber> {
  const given = token ?? (await app.token(user));
  const client = transport === 'WebSocket' ? socketClient(app.url, given) : streamClient(app.url, given);
  return follow(
    (request, sink) => client.subscribe(request, sink as never),
    () => client.dispose(),
    since,
  );
}

function socketClient(url: string, token: string) {
  return createSocketClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    connectionParams: { Authorization: `Bearer ${token}` },
    retryAttempts: 0,
    // A token that is refused is told by the end of the subscription.
    onNonLazyError: () => {},
  });
}

function streamClient(url: string, token: string) {
  return createStreamClient({
    url: `${url}/graphql`,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
}

function follow(subscribe: Subscribe, dispose: () => unknown, since: string | undefined): Subscriber {
  const changes: Change[] = [];
  let taken = 0;
  let arrived = Promise.withResolvers<void>();
  const end = Promise.withResolvers<unknown>();
  const stop = subscribe(
    { query: TASK_CHANGED, variables: { since } },
    {
      next(result) {
        const { data, errors } = result as { data?: { taskChanged: Change }; errors?: unknown };
        if (errors) end.resolve(errors);
        if (!data?.taskChanged) return;
        changes.push(data.taskChanged);
        arrived.resolve();
        arrived = Promise.withResolvers();
      },
      error: end.resolve,
      complete: () => end.resolve(undefined),
    },
  );
  return {
    changes,
    ended: end.promise,
    async next() {
      while (taken >= changes.length) {
        const hasEnded = await Promise.race([arrived.promise.then(() => false), end.promise.then(() => true)]);
        if (hasEnded && taken >= changes.length) throw new Error(`it has ended: ${JSON.stringify(await end.promise)}`);
      }
      taken += 1;
      return changes[taken - 1]!;
    },
    stop() {
      stop();
      void dispose();
    },
  };
}
