import { type ApolloClient, CombinedGraphQLErrors } from '@apollo/client';
import { defer, lastValueFrom, retry, Subject, takeUntil } from 'rxjs';
import { type ComeBackOptions, comeBack } from './come-back.ts';
import { TaskCache } from './task-cache.ts';
import { TASK_CHANGED, TASK_SYNC, type TaskChange } from './task-feed.documents.ts';

/**
 * Where the last sync token is kept. It says what the cache holds: keep it where the cache is kept, and with it, or not at
 * all. `{ load: () => localStorage.getItem('tasks') ?? undefined, … }` is right for a cache that is in localStorage too.
 */
export interface Position {
  load(): string | undefined;
  save(syncToken: string | undefined): void;
}

export interface TaskFeedOptions extends ComeBackOptions {
  /** whose subscriptions go through a ResumeLink */
  readonly client: ApolloClient;
  /** in memory when absent: every feed then starts with all tasks */
  readonly position?: Position;
  /** hears of each start when the cache has it, which may have changed everything */
  readonly onStart?: () => void;
  /** hears of each change when the cache has it */
  readonly onChange?: (change: TaskChange) => void;
  /** hears why the feed has ended without being stopped: nobody is signed in, or the client asks for what it must not */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps the cache equal to the server: first all tasks, page by page, then every change. A subscription begins where the
 * start began, after the start is read, so that nothing that happens meanwhile has to be held back: it is told then.
 * Returns what stops it.
 */
export function followTasks(options: TaskFeedOptions): () => void {
  const { client, position = inMemory(), onStart, onChange, onFailure } = options;
  const tasks = new TaskCache(client.cache);
  const stopped = new Subject<void>();
  const restarted = new Subject<void>();
  let isStopped = false;

  async function start(): Promise<void> {
    // Half a start is none: whoever is interrupted here begins anew.
    position.save(undefined);
    const ids = new Set<string>();
    let since: string | undefined;
    for (let hasMore = true; hasMore; ) {
      const page = await readPage(since);
      if (isStopped || page === undefined) return;
      tasks.takePage(page.changed);
      for (const { id } of page.changed) ids.add(id);
      ({ hasMore, syncToken: since } = page);
    }
    tasks.keepOnly(ids);
    position.save(since);
    onStart?.();
    if (since !== undefined) listen(since);
  }

  function readPage(since: string | undefined) {
    const ask = () => client.query({ query: TASK_SYNC, variables: { since }, fetchPolicy: 'no-cache' });
    const page = defer(ask).pipe(retry(comeBack(options).config), takeUntil(stopped));
    return lastValueFrom(page, { defaultValue: undefined }).then((answer) => answer?.data?.taskSync);
  }

  function listen(since: string, isKept = false): void {
    // The cache must not take a task over before its version is looked at.
    client
      .subscribe({ query: TASK_CHANGED, variables: { since }, fetchPolicy: 'no-cache' })
      .pipe(takeUntil(stopped), takeUntil(restarted))
      .subscribe(({ data, error }) => {
        if (data) take(data.taskChanged);
        else if (isKept && isNotGiven(error)) restart();
        else fail(error);
      });
  }

  function take(change: TaskChange): void {
    if (change.type === 'RESYNC') {
      restart();
      return;
    }
    tasks.take(change);
    position.save(change.syncToken);
    onChange?.(change);
  }

  function restart(): void {
    restarted.next();
    start().catch(fail);
  }

  function fail(error: unknown): void {
    if (!isStopped) onFailure(error);
  }

  const since = position.load();
  if (since === undefined) restart();
  else listen(since, true);
  return () => {
    isStopped = true;
    stopped.next();
  };
}

/** The token that was kept is another user's, or of another server. */
function isNotGiven(error: unknown): boolean {
  return (
    CombinedGraphQLErrors.is(error) && error.errors.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT')
  );
}

function inMemory(): Position {
  let kept: string | undefined;
  return {
    load: () => kept,
    save(syncToken) {
      kept = syncToken;
    },
  };
}
