import { type ReactNode, useEffect, useRef } from 'react';
import { ListSkeleton } from './list-skeleton.tsx';
import { SortableTasks } from './sortable-tasks.tsx';
import { TaskRow } from './task-row.tsx';
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
        <ul className="tasks" aria-label="Tasks">
          {tasks.map((task) => (
            <TaskRow key={task.id} task={task} canMove={canMove} isInList={isInList} />
          ))}
        </ul>
      </SortableTasks>
      {hasMore && <LoadMore loadMore={loadMore} />}
    </>
  );
}

/** Loads the next page a screen before its end is reached; the button is for who does not scroll. */
function LoadMore({ loadMore }: { readonly loadMore: () => void }) {
  const end = useRef<HTMLButtonElement>(null);
  const latest = useRef(loadMore);
  latest.current = loadMore;

  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '100% 0px',
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  });

  return (
    <button ref={end} className="button button-plain load-more" type="button" onClick={loadMore}>
      Load more
    </button>
  );
}
