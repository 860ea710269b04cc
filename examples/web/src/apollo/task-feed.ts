import { type ApolloClient, CombinedGraphQLErrors } from '@apollo/client';
import { defer, lastValueFrom, retry, Subject, takeUntil } from 'rxjs';
import {
  TaskChangedDocument,
  type TaskChangedSubscription,
  type TaskFieldsFragment,
  TaskSyncDocument,
} from '../generated/graphql.ts';
import { type AccessTokens, comeBack } from './live-links.ts';
import type { SyncPosition } from './saved-cache.ts';
import { putTask, removeTask, writeTask } from './task-cache.ts';

type TaskChange = TaskChangedSubscription['taskChanged'];

export interface TaskFeedOptions {
  /** whose subscriptions go through a ResumeLink */
  readonly client: ApolloClient;
  readonly tokens: AccessTokens;
  /** where the sync token is kept: with the cache or not at all */
  readonly position: SyncPosition;
  /** the cache has changed; what only the server can say, such as who belongs to a list, is to be asked again */
  readonly onChange: () => void;
  /** everything up to now has been taken over */
  readonly onCaughtUp: () => void;
  /** it has ended without being stopped: nobody is signed in, or the client asks for what it must not */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps the cache equal to the server, as docs/sync.md says: pull until there is no more, then follow from there. What
 * happens between the two is told, as the subscription begins behind the last pull; a device that was away catches up by
 * the same pull; `RESYNC` and `fullSync` start anew. Returns what stops it.
 */
export function followTasks(options: TaskFeedOptions): () => void {
  const { client, position, onChange, onCaughtUp, onFailure } = options;
  const stopped = new Subject<void>();
  let isStopped = false;

  async function begin(): Promise<void> {
    /** of a start, all that are there; of a pull of changes, nothing is known of the others */
    let present: Set<string> | undefined;
    let since = position.load();
    for (let hasMore = true; hasMore; ) {
      const page = await readPage(since);
      if (isStopped || page === undefined) return;
      if (page.fullSync) present ??= new Set();
      take(page.changed, page.deletedIds, page.fullSync);
      for (const { id } of page.changed) present?.add(id);
      ({ hasMore, syncToken: since } = page);
      // Half a start is none: whoever is interrupted here begins anew.
      position.save(hasMore && present ? undefined : since);
    }
    if (present) removeAllBut(present);
    onCaughtUp();
    listen(since);
  }

  function take(changed: readonly TaskFieldsFragment[], deletedIds: readonly string[], isStart: boolean): void {
    client.cache.batch({
      update(cache) {
        // A start counts whatever the cache has, which may be of a history that the server knows nothing of.
        for (const task of changed) (isStart ? writeTask : putTask)(cache, task);
        for (const id of deletedIds) removeTask(cache, id);
      },
    });
  }

  function removeAllBut(present: ReadonlySet<string>): void {
    const keys = Object.keys(client.cache.extract() as object).filter((key) => key.startsWith('Task:'));
    const gone = keys.map((key) => key.slice('Task:'.length)).filter((id) => !present.has(id));
    take([], gone, true);
  }

  function readPage(since: string | undefined) {
    const ask = () => client.query({ query: TaskSyncDocument, variables: { since }, fetchPolicy: 'no-cache' });
    const page = defer(ask).pipe(retry(comeBack(options).config), takeUntil(stopped));
    return lastValueFrom(page, { defaultValue: undefined }).then((answer) => answer?.data?.taskSync);
  }

  function listen(since: string | undefined): void {
    // The cache must not take a task over before its version is looked at.
    client
      .subscribe({ query: TaskChangedDocument, variables: { since }, fetchPolicy: 'no-cache' })
      .pipe(takeUntil(stopped))
      .subscribe(({ data, error }) => {
        if (data) hear(data.taskChanged);
        else if (!isStopped) onFailure(error);
      });
  }

  function hear({ type, task, deletedTaskId, syncToken }: TaskChange): void {
    position.save(type === 'RESYNC' ? undefined : syncToken);
    // Later changes follow on the same connection, and a start reads what it may have missed.
    if (type === 'RESYNC') restart();
    else take(task ? [task] : [], deletedTaskId === null ? [] : [deletedTaskId], false);
    // Of changed tags and lists (`LABELS`) it is told only that they are to be asked for again.
    onChange();
  }

  function restart(): void {
    stopped.next();
    begin().catch(recover);
  }

  /** The token that was kept is another user's, or of another server: without one it begins anew. */
  function recover(error: unknown): void {
    if (isStopped) return;
    if (position.load() !== undefined && isRefusal(error)) {
      position.save(undefined);
      restart();
    } else onFailure(error);
  }

  restart();
  return () => {
    isStopped = true;
    stopped.next();
  };
}

function isRefusal(error: unknown): boolean {
  return (
    CombinedGraphQLErrors.is(error) && error.errors.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT')
  );
}
