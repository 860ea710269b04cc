import { type ReactNode, useEffect, useRef } from 'react';
import { useOnline } from '../ui/use-online.ts';
import { ListSkeleton } from './list-skeleton.tsx';
import { SortableTasks } from './sortable-tasks.tsx';
import { TaskRow } from './task-row.tsx';
import { useKeptFocus } from './use-kept-focus.ts';
import type { TaskListState } from './use-task-list.ts';

interface TaskListProps {
  readonly list: TaskListState;
  readonly canMove: boolean;
  readonly isInList: boolean;
  /** shown when there is nothing else */
  readonly empty: ReactNode;
}

/** The list with whatever stands in its place: its outline while it is read, a reason, or that there is nothing. */
export function TaskList({
  list: { tasks, isLoading, error, hasMore, loadMore },
  canMove,
  isInList,
  empty,
}: TaskListProps) {
  const rows = useRef<HTMLUListElement>(null);
  const focus = useKeptFocus(rows);
  if (isLoading) return <ListSkeleton />;
  if (error) {
    return (
      <p className="notice" role="alert">
        The tasks could not be read. They will be there again with the connection.
      </p>
    );
  }
  if (tasks.length === 0 && !hasMore) return empty;
  return (
    <>
      <SortableTasks tasks={tasks} canMove={canMove}>
        <ul ref={rows} className="tasks" aria-label="Tasks" {...focus}>
          {tasks.map((task) => (
            <TaskRow key={task.id} task={task} canMove={canMove} isInList={isInList} />
          ))}
        </ul>
      </SortableTasks>
      {hasMore && <LoadMore count={tasks.length} loadMore={loadMore} />}
    </>
  );
}

interface LoadMoreProps {
  /** of the tasks: as long as it stays the same, as after a failure, nothing is asked by itself */
  readonly count: number;
  readonly loadMore: () => void;
}

/** Loads the next page a screen before its end is reached; the button is for who does not scroll. */
function LoadMore({ count, loadMore }: LoadMoreProps) {
  const end = useRef<HTMLButtonElement>(null);
  const isOnline = useOnline();
  const latest = useRef(loadMore);
  latest.current = loadMore;

  // biome-ignore lint/correctness/useExhaustiveDependencies: whether the end is in view is asked again after each page, and with the network
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '100% 0px',
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [count, isOnline]);

  return (
    <button ref={end} className="button button-plain load-more" type="button" onClick={loadMore}>
      Load more
    </button>
  );
}
