import { NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../apollo/problem.ts';
import { matches } from '../apollo/task-filter.ts';
import { type TaskFieldsFragment, TasksDocument, type TasksQueryVariables } from '../generated/graphql.ts';
import { showToast } from '../ui/toasts.tsx';
import { useToday } from '../ui/today.ts';
import { useWorkspace } from '../workspace/workspace-context.tsx';

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
  const { data, previousData, error, networkStatus, fetchMore } = useQuery(TasksDocument, {
    variables,
    notifyOnNetworkStatusChange: true,
  });
  useRefresh(data !== undefined, JSON.stringify(variables));
  // What is due today is another task tomorrow.
  useToday();
  // What was found before stays until there is an answer to what is asked now.
  const former = networkStatus === NetworkStatus.setVariables ? previousData : undefined;
  const nodes = (data ?? former)?.tasks.edges.map(({ node }) => node) ?? [];
  const tasks = useLingering(nodes, variables);
  const { endCursor, hasNextPage = false } = data?.tasks.pageInfo ?? {};
  const isBusy = networkStatus === NetworkStatus.fetchMore || networkStatus === NetworkStatus.loading;

  function loadMore(): void {
    if (isBusy || !hasNextPage) return;
    fetchMore({ variables: { after: endCursor ?? null } }).catch((failure) => showToast(problemOf(failure).message));
  }

  return {
    tasks,
    isLoading: data === undefined && error === undefined && tasks.length === 0,
    error: data === undefined ? error : undefined,
    hasMore: hasNextPage,
    loadMore,
  };
}

/** What was on the device already is shown at once, and asked for again behind it. */
function useRefresh(isKnown: boolean, key: string): void {
  const { lists } = useWorkspace();
  const known = useRef<{ key: string; isKnown: boolean }>(undefined);
  if (known.current?.key !== key) known.current = { key, isKnown };
  const wasKnown = known.current.isKnown;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list asks again
  useEffect(() => {
    if (wasKnown) lists.request();
  }, [lists, wasKnown, key]);
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
