import { useQuery } from '@apollo/client/react';
import { problemOf } from '../apollo/problem.ts';
import { putTask } from '../apollo/task-cache.ts';
import { DeletedTasksDocument, PurgeTaskDocument, RestoreTaskDocument } from '../generated/graphql.ts';
import { showToast } from '../ui/toasts.tsx';
import { useWorkspace } from '../workspace/workspace-context.tsx';

const PAGE = 40;

/** What was deleted. It stays out of the cache: there its tasks would come back into their lists. */
export function useTrash() {
  const { client, lists } = useWorkspace();
  const fetchPolicy = 'no-cache';
  const { data, error, fetchMore, refetch } = useQuery(DeletedTasksDocument, {
    variables: { first: PAGE },
    fetchPolicy,
  });
  const { endCursor, hasNextPage = false } = data?.deletedTasks.pageInfo ?? {};

  async function attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
      await refetch();
      lists.request();
    } catch (failure) {
      showToast(problemOf(failure).message);
    }
  }

  return {
    tasks: data?.deletedTasks.edges.map(({ node }) => node),
    error,
    hasMore: hasNextPage,
    loadMore: () =>
      void fetchMore({
        variables: { after: endCursor ?? null },
        updateQuery: (before, { fetchMoreResult: { deletedTasks } }) => ({
          deletedTasks: { ...deletedTasks, edges: [...before.deletedTasks.edges, ...deletedTasks.edges] },
        }),
      }).catch((failure: unknown) => showToast(problemOf(failure).message)),
    restore: (id: string) =>
      attempt(async () => {
        const { data: answer } = await client.mutate({ mutation: RestoreTaskDocument, variables: { id }, fetchPolicy });
        if (answer) putTask(client.cache, answer.restoreTask.task);
        showToast('It is back in its place');
      }),
    purge: (id: string) =>
      attempt(() => client.mutate({ mutation: PurgeTaskDocument, variables: { id }, fetchPolicy })),
  };
}
