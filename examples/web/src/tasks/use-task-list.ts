import { NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { matches } from '../apollo/task-filter.ts';
import { type TaskFieldsFragment, TasksDocument, type TasksQueryVariables } from '../generated/graphql.ts';

/** milliseconds that a task stays after it has ceased to belong to the list, so that the eye can follow */
const LINGER = 650;

export interface TaskListState {
  readonly tasks: readonly TaskFieldsFragment[];
  /** nothing is there to be shown yet */
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}

/** One list, page by page, without what the cache knows not to belong there any more. */
export function useTaskList(variables: TasksQueryVariables): TaskListState {
  const { data, error, networkStatus, fetchMore } = useQuery(TasksDocument, {
    variables,
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  });
  const nodes = data?.tasks.edges.map(({ node }) => node) ?? [];
  const { endCursor, hasNextPage = false } = data?.tasks.pageInfo ?? {};
  const isBusy = networkStatus === NetworkStatus.fetchMore || networkStatus === NetworkStatus.loading;

  function loadMore(): void {
    if (isBusy || !hasNextPage) return;
    // What fails is tried again with the next scrolling.
    fetchMore({ variables: { after: endCursor ?? null } }).catch(() => undefined);
  }

  return {
    tasks: useLingering(nodes, variables),
    isLoading: data === undefined && error === undefined,
    error: data === undefined ? error : undefined,
    hasMore: hasNextPage,
    loadMore,
  };
}

function useLingering(nodes: readonly TaskFieldsFragment[], { filter }: TasksQueryVariables) {
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const leaving = nodes.filter((task) => matches(task, filter) === false).map(({ id }) => id);
  const key = leaving.join(' ');

  useEffect(() => {
    const timer = setTimeout(() => setGone(new Set(key.split(' '))), LINGER);
    return () => clearTimeout(timer);
  }, [key]);

  return nodes.filter(({ id }) => !(leaving.includes(id) && gone.has(id)));
}
